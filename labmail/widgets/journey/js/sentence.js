/* The sentence: which step this is, what was asked, what was answered. A screen reader says it. */

import { el, icon } from "../../kit/dom.js";
import { SEVERAL, folds, slotAt, titleOf } from "./slots.js";

const FEW = 4;

/* What stands in the sentence now. */
export function drawSentence(app) {
  const slot = app.slots[slotAt(app)];
  if (!slot) return [];
  if (app.other) return both(app, slot);
  if (slot.folded) return [fold(app, slot)];
  return [one(app, app.data.steps[slot.a[1]], slot)];
}

function one(app, step, slot, number = step.number, data = app.data) {
  const [first, ...rest] = step.answers;
  const shown = rest.slice(0, FEW - 1), left = rest.length - shown.length + step.more;
  return el("div", { class: "said" },
    el("span", { class: "n" }, String(number)),
    el("div", { class: "words" },
      el("p", { class: "say" }, first?.question ?? step.label, step.tries.length ? ` (${step.label})` : ""),
      answer(first),
      shown.map(other => answer(other, other.question)),
      left > 0 && el("p", { class: "ans" }, `… and ${left} more`)),
    el("span", { class: "t" }, moment(step, data), slot && !app.other ? refold(app, slot) : null));
}

/* An answer, behind its question where that is not said above already. */
function answer(told, question = "") {
  if (!told?.answer) return null;
  return el("p", { class: "ans" }, question && el("b", {}, `${question} `),
    told.ok ? null : el("span", { class: "sign bad" }, icon("cross"), el("span", { class: "vh" }, "no: ")), told.answer);
}

function moment(step, data) {
  const start = data.steps.find(other => other.component === "mua") ?? data.steps[0];
  return `${step.time} after “${start.label}”`;
}

/* A folded chapter: its title, its steps, and the last thing that was asked in it. */
function fold(app, slot) {
  const last = app.data.steps[slot.a[1]];
  const count = slot.p[1] - slot.p[0] + 1;
  return el("div", { class: "said" },
    el("span", { class: "n" }, `${slot.p[0] + 1}–${slot.p[1] + 1}`),
    el("div", { class: "words" },
      el("p", { class: "say" }, titleOf(app, slot)),
      el("p", { class: "ans" }, `${last.answers[0]?.question ?? last.label} ${last.answers[0]?.answer ?? ""}`)),
    el("span", { class: "t" }, moment(last, app.data),
      el("button", { class: "btn", key: "open", onclick: () => app.open(slot) }, icon("unfold"), `Open ${count} steps`)));
}

function refold(app, slot) {
  if (app.data.long || !folds(app) || slot.chapter === null || slot.chapter === SEVERAL) return null;
  return el("button", { class: "btn", key: "open", onclick: () => app.open(slot) }, icon("unfold"), "Fold this chapter");
}

/* Two journeys: what each says, side by side; a dash where one has no such step. */
function both(app, slot) {
  const side = (range, data, which) => range
    ? one(app, data.steps[range[1]], null, which, data)
    : el("div", { class: "said" }, el("span", { class: "n" }, which), el("div", { class: "words" },
      el("p", { class: "quiet" }, icon("dash"), " no such step in this journey")), el("span", {}));
  const at = slotAt(app), first = app.pairs.first;
  const note = first === null ? "The two journeys do not differ."
    : at === slotAt(app, first) ? "The first difference." : null;
  return [
    note && el("p", { class: "note", }, icon("two"), note),
    el("div", { class: "pair" }, side(slot.a, app.data, "1"), side(slot.b, app.other, "2")),
  ].filter(Boolean);
}
