/* The string twice: as it is written, with the piece that is computed now marked; and so far, with
   every piece that has been computed replaced by its value. */

import { el } from "../../kit/dom.js";
import { value } from "./values.js";

export function drawWritten(app) {
  return [line("as written", "whole", marked(app)), line("so far", "sofar", soFar(app))];
}

function line(words, name, parts) {
  return el("div", { class: `line ${name}` }, el("span", { class: "label" }, words), el("code", {}, parts));
}

/* As written. Where it failed, the place that is complained of; while predicting, what is asked for. */
function marked(app) {
  const { view, now } = app;
  if (app.hides) return marks(view.text, view.rows[view.stops[app.step]], "ask");
  if (!now) return view.text;
  if (!now.failed) return marks(view.text, now, "now");
  const place = view.position;
  if (place === null || place <= now.start) return marks(view.text, now, "bad");
  return [view.text.slice(0, now.start), el("mark", { class: "bad" }, view.text.slice(now.start, place)),
    el("mark", { class: "bad here" }, view.text.slice(place, now.end) || el("span", { class: "ends" }, "ends here")), view.text.slice(now.end)];
}

function marks(text, { start, end }, look) {
  return [text.slice(0, start), el("mark", { class: look }, text.slice(start, end)), text.slice(end)];
}

/* From the tree: a row that has a value stands for all that is below it. */
function soFar(app) {
  const below = new Map();
  app.view.rows.forEach((row, at) => below.set(row.above, [...(below.get(row.above) ?? []), at]));
  return piece(app, 0, below);
}

function piece(app, at, below) {
  const row = app.view.rows[at];
  if (dead(app, row, below)) return [el("s", {}, row.source)];
  if (row.plain) return [row.source];
  if (row.order && row.order <= app.until && !row.failed) {
    const now = app.now === row;
    return [el("span", { class: `became ${row.kind === "condition" ? "cond" : ""} ${row.tainted ? "tainted" : ""} ${now ? "now" : ""}` }, value(row.value))];
  }
  const parts = [];
  let from = row.start;
  for (const kid of below.get(at) ?? []) {
    const inner = app.view.rows[kid];
    if (inner.start < from) continue;
    parts.push(app.view.text.slice(from, inner.start), ...piece(app, kid, below));
    from = inner.end;
  }
  parts.push(app.view.text.slice(from, row.end));
  if (app.now === row && row.failed) return [el("mark", { class: "bad" }, parts)];
  return parts;
}

/* The branch that is not taken, from the moment in which that is known. */
export function dead(app, row, below) {
  if (row.order || row.above < 0 || app.hides) return false;
  const kin = app.view.rows.filter(other => other.above === row.above && other.order && other !== row);
  const known = kin.filter(other => other.kind === "condition");
  const first = (known.length ? known : kin).map(other => other.order);
  return first.length > 0 && Math.max(...first) <= app.until;
}
