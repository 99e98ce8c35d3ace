/* The detail of a step: three panes, Dialogue, Why and State, or the whole journey as text. */

import { el, icon, roving } from "../../kit/dom.js";
import { drawDialogue } from "./dialogue.js";
import { changesState, drawState } from "./state.js";
import { drawWhy } from "./why.js";
import { slotAt } from "./slots.js";

const PANES = {
  dialogue: { words: "Dialogue", has: step => step.talk !== null, draw: drawDialogue },
  why: { words: "Why", has: step => step.why.length > 0, draw: drawWhy },
  state: { words: "State", has: (step, data) => changesState(data, step), draw: drawState },
};
const LIKELY = { talk: "dialogue", ask: "dialogue", decide: "why", keep: "state", person: "state" };

/* What lies below the deck. */
export function drawDetail(app) {
  if (app.view.twin) return [twin(app)];
  if (app.hides) return [];
  const { step, data, side } = subject(app);
  if (!step) return [];
  const shown = paneOf(app, step, data);
  const bar = el("div", { class: "tabs" },
    el("div", { class: "row", role: "tablist", "aria-label": `Step ${step.number} in detail` },
      Object.entries(PANES).map(([name, pane]) => tab(app, name, pane.has(step, data), shown))),
    el("div", { class: "grow" }),
    app.other ? sides(app, side) : null,
    el("button", { class: "small", key: "fold", "aria-expanded": String(app.view.open),
      onclick: () => app.change({ open: !app.view.open }) }, app.view.open ? "Close" : "Details of this step", icon(app.view.open ? "less" : "more")));
  roving(bar, "[role=tab]", (node, i) => app.change({ tab: Object.keys(PANES)[i], open: true }, `tab-${Object.keys(PANES)[i]}`));
  if (!app.view.open) return [bar];
  const body = PANES[shown].has(step, data) || shown === "state" ? PANES[shown].draw(app, step, data) : nothing(app, step, data, shown);
  return [bar, el("div", { class: "pane", role: "tabpanel", id: app.names.pane, "aria-labelledby": `${app.names.pane}-${shown}` }, body)];
}

/* The step in question, and of two journeys in which of them. */
function subject(app) {
  const slot = app.slots[slotAt(app)];
  if (!slot) return {};
  const side = app.other && slot.b && (app.view.side === 1 || !slot.a) ? 1 : 0;
  const data = side ? app.other : app.data;
  return { data, side, step: data.steps[side ? slot.b[1] : slot.a[1]] };
}

function paneOf(app, step, data) {
  const likely = LIKELY[step.role] ?? "why";
  if (app.view.tab) return app.view.tab;
  return [likely, "why", "dialogue", "state"].find(name => PANES[name].has(step, data)) ?? likely;
}

function tab(app, name, has, shown) {
  const here = app.view.open && name === shown;
  return el("button", { role: "tab", key: `tab-${name}`, id: `${app.names.pane}-${name}`, "aria-selected": String(here),
    tabindex: name === shown ? 0 : -1, class: has ? "has" : "", "aria-controls": here ? app.names.pane : null,
    onclick: () => app.change({ tab: name, open: !(here && app.view.tab === name) }) }, PANES[name].words,
  has ? null : el("span", { class: "vh" }, " (nothing)"));
}

function sides(app, side) {
  return el("div", { class: "seg", role: "group", "aria-label": "Of which journey" }, [0, 1].map(number =>
    el("button", { key: `side-${number}`, "aria-pressed": String(side === number), "aria-label": `Journey ${number + 1}`,
      onclick: () => app.change({ side: number, open: true }) }, String(number + 1))));
}

function nothing(app, step, data, shown) {
  const words = { dialogue: "Nobody spoke in this step.", why: "Nothing was decided in this step." }[shown];
  const to = Object.keys(PANES).find(name => PANES[name].has(step, data)) ?? "state";
  return el("p", { class: "empty" }, `${words} `,
    el("button", { key: "see", onclick: () => app.change({ tab: to }) }, `See ${PANES[to].words}`));
}

/* The text twin: what print(story) says; in Predict only as far as the reader has come. */
function twin(app) {
  const text = data => [app.hides ? data.subject : data.twin,
    ...(app.hides ? data.steps.slice(0, app.view.step + 1) : data.steps).flatMap(step => step.text)];
  const words = [...text(app.data), ...(app.other ? ["", ...text(app.other)] : [])]
    .map((line, i, all) => el("span", { class: "line" }, i < all.length - 1 ? `${line}\n` : line));
  return el("pre", { class: "well twin", tabindex: 0, key: "words", role: "region", "aria-label": "The journey in words" }, words);
}
