/* The rail: the list of steps, the scrubber and the breakpoints in one, below the columns.

   It is a listbox: ← → Home End go, Space plays, B sets a breakpoint, Enter opens a folded chapter. */

import { el, icon, measure } from "../../kit/dom.js";
import { firstPlace, places, slotAt, stepOf, titleOf } from "./slots.js";

/* Draws the rail into `box`. */
export function drawRail(app, box) {
  const { gutter, ask } = app.columns, now = slotAt(app);
  const words = app.slots.map((slot, i) => wordsOf(app, slot, i));
  const shown = [1, 2].map(row => roomy(app, words.map(parts => parts[row]), now));
  const list = el("div", { class: "steps", role: "listbox", "aria-orientation": "horizontal",
    "aria-label": "Steps of the journey" }, app.slots.map((slot, i) => option(app, slot, i, now, words[i], shown.map(row => row.has(i)))));
  list.addEventListener("keydown", event => keys(app, event));
  box.replaceChildren(
    el("div", { class: "lead", "aria-hidden": "true" }, el("span", {}, "step"), el("span", {}, gutter > 150 ? "time, not to scale" : "time")),
    list,
    ask === null ? "" : el("div", { class: "ask", "aria-hidden": "true", style: `left:${ask}px` }, "?"),
    app.other ? "" : el("div", { class: "breaks", "aria-hidden": "true" }, app.slots.map((slot, i) => breakpoint(app, slot, i))),
    differs(app) ?? "");
}

/* What stands below a column: its number, its label, and its time where that has changed. */
function wordsOf(app, slot, i) {
  const step = stepIn(app, slot), before = i ? stepIn(app, app.slots[i - 1]).time : "";
  const time = step.time === before ? "" : step.time;
  const [first, last] = slot.p;
  if (!slot.folded) return [String(first + 1), step.label, time];
  return [`${first + 1}–${last + 1}`, `${last - first + 1} steps`, time];
}

/* Which of these texts have room beside each other; the one where the reader is comes first. */
function roomy(app, texts, now) {
  const taken = [], found = new Set();
  for (const i of [now, ...texts.keys()]) {
    if (found.has(i) || !texts[i]) continue;
    const { m } = app.columns.cols[i], half = measure(texts[i], "400 11px", app.font) / 2;
    if (m + half > app.columns.width - 2 || taken.some(([from, to]) => m - half < to + 4 && m + half > from - 4)) continue;
    taken.push([m - half, m + half]);
    found.add(i);
  }
  return found;
}

function option(app, slot, i, now, [number, label, time], [labelled, timed]) {
  const { x, w } = app.columns.cols[i];
  const fits = measure(number, "600 11px", app.font) <= w + 2;
  return el("div", { role: "option", key: `step-${i}`, "aria-selected": String(i === now), tabindex: i === now ? 0 : -1,
    class: i > now ? "todo" : "", style: `left:${x}px;width:${w}px`, "aria-label": spoken(app, slot, stepIn(app, slot), number),
    "data-slot": i, onclick: () => app.go(stepOf(app, i), true), ondblclick: () => app.open(slot) },
  el("b", {}, fits ? number : number.split("–").pop()),
  el("span", {}, labelled ? label : "\u00a0"),
  el("i", {}, timed ? time : ""));
}

export function stepIn(app, slot) {
  return slot.a ? app.data.steps[slot.a[1]] : app.other.steps[slot.b[1]];
}

function spoken(app, slot, step, number) {
  const question = step.answers[0]?.question ?? step.label;
  if (slot.folded) {
    return `Steps ${slot.p[0] + 1} to ${slot.p[1] + 1}, folded: ${titleOf(app, slot)}. Enter opens them.`;
  }
  const stop = !app.other && slot.a && app.stops(slot.a[0]) ? " (breakpoint)" : "";
  const differs = app.other && app.pairs.first === slot.p[0] ? " (the first difference)" : "";
  return `Step ${number}: ${question}${stop}${differs}`;
}

function keys(app, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const now = slotAt(app), last = app.slots.length - 1;
  const to = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1 }[event.key];
  if (event.key === "Home") app.go(firstPlace(app), true);
  else if (event.key === "End") app.go(app.hides ? app.view.step : places(app) - 1, true);
  else if (to !== undefined) {
    if (to >= 0 && to <= last) app.go(stepOf(app, to), true);
    else if (to > last && app.hides) app.focusGuess();
  } else if (event.key === " ") app.play();
  else if (event.key === "b" || event.key === "B") app.toggleStop(app.slots[now]);
  else if (event.key === "Enter") app.open(app.slots[now]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/* For the mouse; the keyboard has B. */
function breakpoint(app, slot, i) {
  const { x, w } = app.columns.cols[i];
  if (slot.folded) return null;
  return el("span", { class: app.stops(slot.a[0]) ? "on" : "", style: `left:${x}px;width:${w}px`,
    title: "Stop before this step (B)", onclick: () => app.toggleStop(slot) }, icon("stop"));
}

function differs(app) {
  if (!app.other || app.pairs.first === null) return null;
  const { x, w } = app.columns.cols[slotAt(app, app.pairs.first)];
  const left = x + w / 2 > app.columns.width / 2;
  return el("div", { class: "differs", "aria-hidden": "true",
    style: left ? `right:${app.columns.width - x - w}px` : `left:${x}px` }, "the first difference");
}
