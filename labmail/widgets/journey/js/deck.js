/* The deck: first, back, play, on, last; where to stop; and the other ways to look at a journey. */

import { el, icon } from "../../kit/dom.js";
import { folds, places } from "./slots.js";

const KINDS = [["router", "routers"], ["ACL", "ACLs"]];

/* The buttons. */
export function drawDeck(app) {
  const { step, predict } = app.view, last = places(app) - 1;
  const key = (drawn, label, to, off, name) => el("button", { key: name, "aria-label": label, title: label,
    disabled: off, onclick: () => to() }, icon(drawn));
  const playing = app.timer !== null;
  return [
    el("div", { class: "keys", role: "toolbar", "aria-label": "Play" },
      key("first", "First step (Home)", () => app.hop(-Infinity), step <= 0, "first"),
      key("prev", "Step back (←)", () => app.hop(-1), step <= 0, "prev"),
      el("button", { class: `btn ${predict ? "" : "main"}`, key: "play", disabled: predict, onclick: () => app.play() },
        icon(playing ? "pause" : "play"), playing ? "Pause" : step >= last ? "Play again" : "Play"),
      key("next", "Step on (→)", () => app.hop(1), step >= last || app.hides, "next"),
      key("last", "Last step (End)", () => app.hop(Infinity), step >= last || app.hides, "last")),
    app.other ? compareKeys(app) : stopKeys(app),
    el("div", { class: "grow" }),
    app.other ? null : toggle(app, "predict", "quiz", "Predict", () => app.predict()),
    toggle(app, "inside", "host", "Inside the hosts", () => app.change({ inside: !app.view.inside })),
    toggle(app, "twin", "text", "Text", () => app.change({ twin: !app.view.twin })),
  ];
}

function stopKeys(app) {
  const there = KINDS.filter(([label]) => app.hides || app.data.steps.some(step => step.label === label));
  if (!there.length) return null;
  return el("div", { class: "row", role: "group", "aria-label": "Stop before" },
    el("span", { class: "quiet words", "aria-hidden": "true" }, "Stop before"),
    there.map(([label, words]) => el("button", { class: "toggle btn", key: `stop-${label}`,
      "aria-pressed": String(app.view.words.has(label)), title: `Stop before ${words}`,
      onclick: () => app.toggleStops(label) }, icon("stop"), words)),
    folds(app) && app.view.opened.size
      ? el("button", { class: "btn", key: "foldall", onclick: () => app.foldAll() }, icon("unfold"), "Fold all") : null);
}

function compareKeys(app) {
  const { first } = app.pairs;
  return el("button", { class: "btn", key: "difference", disabled: first === null,
    onclick: () => app.go(first, true) }, icon("two"), first === null ? "No difference" : "First difference");
}

function toggle(app, name, drawn, words, act) {
  return el("button", { class: "toggle btn", key: name, "aria-pressed": String(Boolean(app.view[name])), onclick: act },
    icon(drawn), words);
}
