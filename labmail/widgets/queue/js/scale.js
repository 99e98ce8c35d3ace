/* The scale: which stretch of time is shown, and where a moment lies on it, in percent.

   It begins when the lab does. When the clock comes near its end, a longer one is taken, unless the
   reader has chosen; after the longest, the window moves along, so that "now" is always in it. */

import { DAY, HOUR, MINUTE } from "./times.js";

export const SPANS = [[6 * HOUR, "6 h"], [2 * DAY, "2 d"], [5 * DAY, "5 d"]];
const BEFORE = 15 * MINUTE;
const TICKS = { [6 * HOUR]: HOUR, [2 * DAY]: 12 * HOUR, [5 * DAY]: DAY };

export function scale(view, chosen) {
  const last = Math.max(view.now, ...view.rows.map(row => row.end ?? row.plan[0] ?? 0));
  const fits = SPANS.find(([span]) => last - view.start < 0.9 * span) ?? SPANS.at(-1);
  const span = chosen ?? fits[0];
  const late = view.now - view.start > 0.9 * span;
  const from = late ? view.now - 0.8 * span : view.start;
  const at = time => (100 * (time - from + BEFORE)) / (span + BEFORE);
  return { span, at, inside: time => at(time) >= 0 && at(time) <= 100, ticks: ticks(from, span) };
}

/* Round times inside the stretch. */
function ticks(from, span) {
  const step = TICKS[span], found = [];
  for (let time = Math.ceil(from / step) * step; time <= from + span; time += step) found.push(time);
  return found;
}
