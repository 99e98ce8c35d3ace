/* Under the table: why the chosen letter is still here, and what the retry rule says. */

import { el } from "../../kit/dom.js";
import { drawActions } from "./table.js";
import { moment } from "./times.js";

export function drawReason(app) {
  const row = app.view.rows.find(each => each.id === app.here);
  if (!row) return [];
  return [
    el("div", {}, el("h4", {}, row.end ? "how it ended" : "why is it still here?"), el("p", {}, row.why),
      el("div", { class: "row deeds" }, drawActions(app, row, true))),
    el("div", {}, el("h4", {}, "when is it tried again?"), when(row)),
  ];
}

function when(row) {
  if (row.end) return el("p", {}, "Never.");
  if (row.state === "frozen") return el("p", {}, "Not at all: a frozen letter waits for a person. Thaw it or remove it.");
  if (!row.plan.length) return el("p", {}, row.tries.length ? "At the next queue run." : "As soon as its turn comes.");
  const { parts, current, place } = row.rule, next = `next try ${moment(row.plan[0])}`;
  if (!parts.length) return el("p", {}, next);
  const holds = current === null ? "The last cut-off has passed" : `${parts[current]} holds now`;
  return el("div", {},
    el("div", { class: "rules" }, parts.map((part, n) => el("code", { class: n === current ? "cur" : "" }, part))),
    el("p", { class: "quiet" }, `${holds}; ${next}, given up ${moment(row.plan.at(-1))}. `, el("span", { class: "mono" }, place)));
}
