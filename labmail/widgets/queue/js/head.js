/* The clock: what time it is in the lab, and how it is moved. */

import { el, icon } from "../../kit/dom.js";
import { SPANS } from "./scale.js";
import { clock, date, lasting, moment } from "./times.js";

const LEAPS = [["15m", "15 min"], ["1h", "1 h"], ["1d", "1 d"], ["5d", "5 d"]];

export function drawHead(app) {
  const { view, time } = app;
  const next = Math.min(...view.rows.flatMap(row => row.plan.slice(0, 1)));
  const manner = view.live ? "real time" : "virtual time";
  return [icon("clock"),
    el("div", { role: "timer", "aria-live": "polite" }, el("div", { class: "time" }, moment(view.now)),
      el("div", { class: "quiet small" }, `${date(view.now)}, ${manner}, ${lasting(view.now - view.start)} after the start`)),
    el("div", { class: "row" }, !view.live && drawNext(app, next),
      !view.live && LEAPS.map(([by, words]) => el("button", { class: "btn", key: `leap ${by}`, disabled: app.idle,
        title: `lab.clock.advance("${by}")`, onclick: () => app.ask({ do: "advance", by }) }, `+ ${words}`))),
    el("span", { class: "grow" }),
    el("span", { class: "seg", role: "group", "aria-label": "Time shown" }, SPANS.map(([span, words]) =>
      el("button", { key: `span ${span}`, "aria-pressed": String(span === time.span), onclick: () => app.show(span) }, words)))];
}

function drawNext(app, next) {
  const none = !Number.isFinite(next);
  const words = none ? "No try planned" : `To the next try, ${clock(next)}`;
  return el("button", { class: "btn main", key: "play", disabled: none || app.idle,
    onclick: () => app.ask({ do: "next" }) }, icon("next"), words);
}
