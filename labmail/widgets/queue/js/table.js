/* The table: a row for each letter, its line, and what can be done with it. */

import { el, icon } from "../../kit/dom.js";
import { chip } from "./signs.js";
import { drawAxis, drawLine } from "./timeline.js";
import { lasting, moment } from "./times.js";

export function drawTable(app) {
  const { view, time } = app;
  if (!view.rows.length) return [drawEmpty(view)];
  const head = (text, props = {}) => el("th", { scope: "col", ...props }, text);
  return [el("table", {},
    el("caption", { class: "vh" }, `Queue of ${view.host} at ${moment(view.now)}`),
    el("thead", {}, el("tr", {}, head("Letter"), head("Age, size", { class: "age" }), head("State"),
      head(drawAxis(view, time, app.narrow), { class: "when" }), head(el("span", { class: "vh" }, "Actions")))),
    el("tbody", {}, view.rows.map(row => drawRow(app, row)))),
  (view.more > 0 || view.left > 0) && el("p", { class: "more quiet" }, others(view))];
}

/* Letters that are only counted: the rest of those that wait, and those that left before the last ones. */
function others({ more, left }) {
  const words = [more > 0 && `${more} more that wait`, left > 0 && `${left} more that have left`];
  return `and ${words.filter(Boolean).join(", ")}`;
}

function drawRow(app, row) {
  const { view, time } = app, chosen = row.id === app.here;
  const more = row.to.length > 2 ? ` and ${row.to.length - 1} more` : row.to.length > 1 ? ` and ${row.to[1]}` : "";
  const tries = row.tries.length === 1 ? "1 try" : `${row.tries.length} tries`;
  return el("tr", { class: chosen ? "chosen" : "", onclick: () => app.look(row.id) },
    el("td", {}, el("button", { class: "who", key: `row ${row.id}`, "aria-pressed": String(chosen), tabindex: chosen ? 0 : -1 }, row.to[0] + more),
      el("div", { class: "quiet small" }, `from ${row.from}`), el("div", { class: "id" }, row.id)),
    el("td", { class: "num age" }, lasting((row.end ?? view.now) - row.born), el("div", { class: "quiet small" }, row.size)),
    el("td", {}, chip(row.state), el("div", { class: "quiet small num" }, tries)),
    el("td", {}, drawLine(row, view, time)),
    el("td", {}, el("div", { class: "acts" }, drawActions(app, row, false))));
}

/* Every button says which real command it stands for. */
export function drawActions(app, row, words) {
  const button = (drawing, label, wish) => el("button", {
    class: words ? "btn" : "", key: `${wish} ${row.id} ${words}`, disabled: app.idle,
    "aria-label": `${label}: ${row.to[0]}`, title: wish === "clear" ? label : `${label}  (exim ${wish} ${row.id})`,
    onclick: event => { event.stopPropagation(); app.ask({ do: wish, id: row.id }); },
  }, icon(drawing), words && label, words && wish !== "clear" && el("code", { class: "quiet" }, `exim ${wish}`));
  if (row.end) return [button("check", "Clear", "clear")];
  const ice = row.state === "frozen" ? button("clock", "Thaw", "-Mt") : button("frost", "Freeze", "-Mf");
  return [button("play", "Try now", "-M"), ice, button("trash", "Remove", "-Mrm")];
}

function drawEmpty(view) {
  return el("div", { class: "empty" }, icon("check"), el("p", {}, el("b", {}, "The queue is empty.")),
    el("p", { class: "quiet" }, `Every letter that ${view.host} has taken was delivered, returned or removed.`));
}
