/* One step of the picture. Shape says the kind: a diamond decides, a square keeps, a circle is asked
   or acts, a thin line with two tips is talk, and one that ends in a cross is a call in vain. */

import { svg } from "../../kit/dom.js";
import { DRAWINGS } from "../../kit/drawings.js";
import { LINE, endsOf } from "./layout.js";

const ROOMY = 29; /* a column of this width has nodes of full size */

/* The step or steps in slot `i` of journey `side`; nothing where it has none. */
export function drawSlot(app, data, side, rows, i, done) {
  const range = app.slots[i][side ? "b" : "a"];
  if (!range) return null;
  const col = app.columns.cols[i];
  if (range[1] > range[0]) return bundle(data, app, rows, range, col, done);
  return single(app, data, rows, range[0], col, done);
}

function single(app, data, rows, index, col, done) {
  const step = data.steps[index];
  const [own, peer] = endsOf(app, data, index);
  const y = rows.y[own] + step.offset * LINE;
  const there = peer === null ? null : rows.y[peer];
  const crosses = step.arrives !== null;
  const parts = [];
  let node = null;
  if (there === null) node = y;
  else if (!crosses) {
    const gap = step.role === "ask" ? 12 : 2;
    for (const x of strokes(step, col)) parts.push(...wire(x, y, there, step, gap));
    if (step.role === "ask") node = there;
  }
  if (node !== null) {
    const size = Math.min(1, col.w / ROOMY);
    parts.push(svg("g", { transform: `translate(${col.m},${node}) scale(${size})` },
      shape(step.role), drawing(step.icon, 13), step.partly && badge()));
  }
  const kind = step.ok ? step.role : "fail";
  return svg("g", { class: `step ${done ? "done" : "todo"} ${kind}` }, parts);
}

function shape(role) {
  if (role === "decide") {
    return svg("rect", { class: "shape", x: -10, y: -10, width: 20, height: 20, rx: 3, transform: "rotate(45)" });
  }
  return svg("rect", { class: "shape", x: -12, y: -12, width: 24, height: 24, rx: role === "keep" ? 4 : 12 });
}

/* A drawing around the origin. */
export function drawing(name, size, cls = "pic") {
  const half = size / 2;
  return svg("path", { class: cls, d: DRAWINGS[name], transform: `translate(${-half},${-half}) scale(${size / 16})` });
}

/* Some of the answers were no. */
function badge() {
  return svg("g", { class: "badge", transform: "translate(11,-11)" },
    svg("circle", { r: 6 }), svg("path", { d: "M-2.3-2.3l4.6 4.6M2.3-2.3l-4.6 4.6" }));
}

/* Where the lines of a step are: one in the middle, or one for each try, in their rhythm. */
function strokes(step, col) {
  if (!step.tries.length) return [col.m];
  return step.tries.map(part => col.x + 8 + (col.w - 16) * part);
}

function wire(x, y, there, step, gap) {
  const down = there > y ? 1 : -1;
  const from = y + down * 3;
  if (step.ok) {
    const to = there - down * gap;
    return [
      svg("path", { class: "wire", d: `M${x} ${from + down * 6}V${to - down * 6}` }),
      tip(x, to, down), tip(x, from, -down),
    ];
  }
  const half = step.tries.length > 1 ? 2.5 : 4;
  const to = there - down * 18;
  return [svg("path", { class: "wire", d: `M${x} ${from}V${to - down * half}` }), svg("path", { class: "wire",
    d: `M${x - half} ${to - half}l${2 * half} ${2 * half}m0 ${-2 * half}l${-2 * half} ${2 * half}` })];
}

function tip(x, y, down) {
  return svg("path", { class: "tip", d: `M${x} ${y}l-4 ${-7 * down}h8z` });
}

/* Several steps folded into one: a capsule with their number, where the last of them happened. */
function bundle(data, app, rows, [first, last], col, done) {
  const [own] = endsOf(app, data, last);
  const failed = data.steps.slice(first, last + 1).some(step => !step.ok);
  const wide = Math.min(col.w - 6, 46);
  return svg("g", { class: `step bundle ${done ? "done" : "todo"} ${failed ? "fail" : "person"}`,
    transform: `translate(${col.m},${rows.y[own]})` },
  svg("rect", { class: "shape", x: -wide / 2, y: -12, width: wide, height: 24, rx: 12 }),
  svg("text", { class: "count", y: 4 }, String(last - first + 1)));
}
