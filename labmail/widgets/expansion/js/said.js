/* What happens in this step: the piece, what it has become, and why. */

import { el, icon } from "../../kit/dom.js";
import { KINDS, called, outcome, taint, value } from "./values.js";

export function drawSaid(app) {
  const { now, view } = app;
  if (!now) return [el("h4", {}, "nothing has been computed yet"), el("p", { class: "quiet" }, view.stops.length ? "What is innermost comes first." : "")];
  return [
    el("h4", {}, el("span", { class: "n" }, app.step), KINDS[now.kind] ?? now.kind, now.kind === "text" || now.kind === now.name ? "" : el("code", {}, ` ${called(now)}`)),
    el("p", { class: "became-row" }, icon("next"), outcome(now), now.tainted ? taint() : null),
    now.failed ? el("p", { class: "trouble-words" }, now.failed) : null,
    now.failed && view.help ? el("p", { class: "quiet" }, view.help) : null,
    now.why ? el("p", { class: "why" }, now.why) : null,
    now.about ? el("p", { class: "quiet" }, now.about) : null,
    numbers(now), rounds(now),
  ].filter(Boolean);
}

/* $0, $1 …: what a pattern or a lookup has left. */
function numbers(row) {
  if (!row.numeric.length) return null;
  return el("div", { class: "numbers" }, el("h4", {}, "it has left"),
    el("dl", {}, row.numeric.map((text, i) => [el("dt", { class: "mono" }, `$${i}`), el("dd", { class: "mono" }, value(text))])));
}

function rounds(row) {
  if (!row.rounds.length) return null;
  return el("div", { class: "numbers" }, el("h4", {}, `${row.rounds.length} rounds`),
    el("dl", {}, row.rounds.map((text, i) => [el("dt", {}, String(i + 1)), el("dd", { class: "mono" }, value(text))])));
}
