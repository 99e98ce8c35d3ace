/* The line of one letter: when it was tried, when it will be, and how it ended.

     × × × ×━━━│now   ◯      ○            each try in vain, the next one, those after it */

import { el, icon } from "../../kit/dom.js";
import { SIGNS_OF } from "./signs.js";
import { DAY, HOUR, clock, hour, moment } from "./times.js";

export function drawLine(row, view, time) {
  const shown = times => times.filter(time.inside);
  const at = moment => `left:${time.at(moment)}%`;
  const end = row.end ?? view.now;
  const from = Math.max(0, time.at(row.born)), to = Math.min(100, Math.max(from, time.at(end)));
  const mark = (kind, when, words, ...kids) => el("span", { class: kind, style: at(when), title: words }, ...kids);
  return el("div", { class: `line ${row.state === "frozen" ? "ice" : ""}`, role: "img", "aria-label": inWords(row) },
    el("span", { class: "base" }),
    el("span", { class: "lived", style: `left:${from}%;width:${to - from}%` }),
    el("span", { class: "nowbar", style: at(view.now) }),
    row.tries.map((when, n) => time.inside(when) && mark("x", when, `tried ${moment(when)}: ${row.failures[n]}`, icon("cross"))),
    shown(row.plan).map((when, n) => mark(when === row.plan[0] ? "o next" : "o", when, `${n ? "then" : "next"}: ${moment(when)}`)),
    row.end && time.inside(row.end) && mark(`end ${SIGNS_OF[row.state][0]}`, row.end, `${row.state} ${moment(row.end)}`, icon(SIGNS_OF[row.state][1])));
}

function inWords(row) {
  const tried = `${row.tries.length} ${row.tries.length === 1 ? "try" : "tries"} in vain`;
  if (row.end) return `${tried}; ${row.state} ${moment(row.end)}`;
  return row.plan.length ? `${tried}, next at ${moment(row.plan[0])}` : tried;
}

/* The head of the column: hours or days, and "now". */
export function drawAxis(view, time, narrow) {
  const room = [8, 16, 36][narrow];
  const words = when => (time.span > DAY ? (time.span > 2 * DAY ? moment(when).slice(0, 3) : hour(when)) : clock(when));
  const far = when => Math.abs(time.at(when) - time.at(view.now)) > room && time.at(when) < 99;
  const kept = time.ticks.filter((when, n) => far(when) && (!narrow || n % 2 === 0) && (time.span > 6 * HOUR || when % HOUR === 0));
  return el("div", { class: "axis" }, el("span", { class: "vh" }, "Tries"),
    kept.map(when => el("span", { "aria-hidden": "true", style: `left:${time.at(when)}%` }, words(when))),
    el("span", { class: "nowl", "aria-hidden": "true", style: `left:${time.at(view.now)}%` }, "now"));
}
