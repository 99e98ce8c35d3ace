/* The head: where it is computed, what came of the whole, and the other ways to look at it. */

import { el, icon } from "../../kit/dom.js";
import { taint, value } from "./values.js";

export function drawHead(app) {
  const { view } = app;
  return [
    el("div", { class: "who grow" }, el("h3", {}, "What does it come to?"),
      el("span", { class: "quiet" }, `on ${view.place}`), view.given.map(words => el("span", { class: "quiet mono" }, words))),
    app.hides ? null : result(view),
    el("button", { class: "btn toggle", key: "predict", "aria-pressed": String(app.predict), disabled: !view.stops.length, onclick: () => app.toggle("predict") }, icon("quiz"), "Predict"),
    el("button", { class: "btn toggle", key: "twin", "aria-pressed": String(app.twin), title: "print(picture)", onclick: () => app.toggle("twin") }, icon("text"), "Text"),
  ].filter(Boolean);
}

function result(view) {
  if (!view.failed) return el("span", { class: "chip ok" }, icon("check"), el("b", { class: "mono" }, value(cut(view.value))), view.tainted ? taint() : null);
  return view.forced
    ? el("span", { class: "chip wait" }, icon("flag"), "fails on purpose")
    : el("span", { class: "chip bad" }, icon("cross"), "fails");
}

function cut(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
