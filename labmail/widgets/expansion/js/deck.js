/* The deck: first, back, play, on, last. */

import { el, icon } from "../../kit/dom.js";

export function drawDeck(app) {
  const last = app.view.stops.length, { step } = app, playing = app.timer !== null;
  if (!last) return [];
  const key = (drawn, label, by, off, name) => el("button", { key: name, "aria-label": label, title: label, disabled: off, onclick: () => app.hop(by) }, icon(drawn));
  return [el("div", { class: "keys", role: "toolbar", "aria-label": "Play" },
    key("first", "As it is written (Home)", -Infinity, step <= 0, "first"),
    key("prev", "Step back (←)", -1, step <= 0, "prev"),
    app.hides ? "" : el("button", { class: "btn", key: "play", onclick: () => app.play() },
      icon(playing ? "pause" : "play"), playing ? "Pause" : step >= last ? "Play again" : "Play"),
    key("next", "Step on (→)", 1, step >= last || app.hides, "next"),
    key("last", "Last step (End)", Infinity, step >= last || app.hides, "last")),
  el("span", { class: "quiet" }, app.hides ? `step ${step}` : `step ${step} of ${last}`)];
}
