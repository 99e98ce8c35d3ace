/* The tree: every piece of the string under the one that it is a part of. What has not been computed
   yet has no value; what was never asked for has a dash. ↑ ↓ Home End go from row to row. */

import { el, icon, roving } from "../../kit/dom.js";
import { called, outcome, taint } from "./values.js";
import { dead } from "./written.js";

export function drawTree(app) {
  const { view } = app;
  const here = app.now ? view.rows.indexOf(app.now) : 0;
  const list = el("ul", { role: "tree", "aria-label": "The parts of the string" }, view.rows.map((row, at) => item(app, row, at, at === here)));
  roving(list, "[role=treeitem]", (node, to) => pick(app, Number(node.dataset.row), true));
  return [el("h4", {}, "its parts, the innermost computed first"), list];
}

function item(app, row, at, here) {
  const state = stateOf(app, row);
  return el("li", { role: "treeitem", key: `row-${at}`, "data-row": at, class: `${state} ${app.now === row ? "here" : ""}`, "aria-level": row.depth + 1,
    "aria-selected": String(app.now === row), tabindex: here ? 0 : -1, style: `--depth:${Math.min(row.depth, 12)}`,
    "aria-label": spoken(row, state), onclick: () => pick(app, at) },
  el("span", { class: "name" }, sign(row, state), el("code", {}, row.source.trim() ? row.source : el("i", { class: "nothing" }, "blank"))),
  el("span", { class: "val" }, state === "done" ? (row.plain ? "" : [outcome(row), row.tainted ? taint() : null]) : state === "never" ? el("span", { class: "quiet" }, "not asked") : ""),
  state === "done" && row.why ? el("span", { class: "why quiet" }, row.why) : null);
}

function stateOf(app, row) {
  if (row.order && (row.order <= app.until || row.plain)) return "done";
  if (!row.order && dead(app, row)) return "never";
  return row.plain ? "text" : "todo";
}

function sign(row, state) {
  if (state === "never") return icon("dash");
  if (row.plain) return el("span", { class: "dot", "aria-hidden": "true" });
  return el("span", { class: `kind ${row.kind}` }, row.kind === "text" ? "…" : row.kind === "variable" || row.kind === "header" ? "$" : called(row));
}

function spoken(row, state) {
  const what = row.plain ? `text ${row.source}` : `${row.kind} ${row.kind === row.name ? "" : row.name}, ${row.source}`;
  if (state === "never") return `${what}: not asked`;
  if (state !== "done" || row.plain) return what;
  return `${what}: ${row.failed ? `fails, ${row.failed}` : row.value || "empty"}${row.tainted ? ", tainted" : ""}${row.why ? `; ${row.why}` : ""}`;
}

/* To the step in which a row was computed. */
function pick(app, at, focus = false) {
  const stop = app.view.stops.indexOf(at);
  if (stop >= 0 && !(app.hides && stop >= app.step)) { app.pause(); app.go(stop + 1, focus ? `row-${at}` : ""); return; }
  if (focus) moveTo(app, at);
}

function moveTo(app, at) {
  const all = [...app.parts.tree.querySelectorAll("[role=treeitem]")];
  all.forEach(node => { node.tabIndex = Number(node.dataset.row) === at ? 0 : -1; });
  all.find(node => Number(node.dataset.row) === at)?.focus({ preventScroll: true });
}
