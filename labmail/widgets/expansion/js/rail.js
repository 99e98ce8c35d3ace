/* The rail: the steps in the order in which they are computed. ← → Home End go, Space plays. */

import { el } from "../../kit/dom.js";
import { called } from "./values.js";

export function drawRail(app) {
  const { view } = app;
  if (!view.stops.length) return [el("p", { class: "quiet" }, "There is nothing to compute: this text stands for itself.")];
  const shown = view.stops.slice(0, app.hides ? app.step : view.stops.length);
  const list = el("div", { class: "steps", role: "listbox", "aria-orientation": "horizontal", "aria-label": "Steps of the expansion" },
    [option(app, 0, "start", "As it is written"), ...shown.map((at, i) => option(app, i + 1, called(view.rows[at]), spoken(view.rows[at])))]);
  list.addEventListener("keydown", event => keys(app, event));
  return [list, app.hides ? el("span", { class: "next quiet", "aria-hidden": "true" }, "?") : ""];
}

function option(app, step, label, words) {
  const here = step === app.step;
  return el("div", { role: "option", key: `step-${step}`, class: step > app.step ? "todo" : "", "aria-selected": String(here), tabindex: here ? 0 : -1,
    "aria-label": step ? `Step ${step}: ${words}` : words, onclick: () => { app.pause(); app.go(step, `step-${step}`); } },
  el("b", {}, step ? String(step) : "·"), el("span", {}, short(label)));
}

function short(label) {
  return label.length > 18 ? `${label.slice(0, 17)}…` : label;
}

function spoken(row) {
  const became = row.failed ? `fails: ${row.failed}` : row.value === "" ? "is empty" : `is ${row.value}`;
  return `${called(row)} ${became}${row.tainted ? ", tainted" : ""}`;
}

function keys(app, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const last = app.hides ? app.step : app.view.stops.length;
  const to = { ArrowRight: app.step + 1, ArrowDown: app.step + 1, ArrowLeft: app.step - 1, ArrowUp: app.step - 1, Home: 0, End: last }[event.key];
  if (to === undefined && event.key !== " ") return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === " ") { if (!app.predict) app.play(); return; }
  app.pause();
  if (to > last) { app.root.querySelector(".guess input")?.focus(); return; }
  if (to >= 0) app.go(to, `step-${to}`);
}
