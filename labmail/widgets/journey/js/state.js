/* The pane State: what lay in queues and mailboxes before this step, what lies there after it, and
   which files came and went. */

import { el, icon } from "../../kit/dom.js";

const FEW = 6; /* with so many stores or fewer a step shows all, changed or not */
const SIGNED = { "+": ["add", "+ new      "], "-": ["del", "− removed  "], "~": ["chg", "~ changed  "] };

/* Queues and mailboxes around a step. */
export function drawState(app, step, data) {
  const cards = pastOf(data, step)
    .filter(([, was, now]) => was !== now || data.stores.length <= FEW).map(part => card(...part));
  return el("div", {},
    cards.length ? el("div", { class: "cards" }, cards) : el("p", { class: "empty" }, "No queue and no mailbox has had this letter."),
    step.state.files.length ? el("div", { class: "well mono files" }, step.state.files.map(file)) : null,
    cards.length ? el("p", { class: "small quiet" }, "Shown is what belongs to this letter.") : null);
}

/* Each queue and mailbox, with the numbers of its states before and after a step. */
function pastOf(data, step) {
  const { before, after } = step.state;
  return data.stores.map(store => [store, stateAt(store, before), stateAt(store, after ?? Infinity)]);
}

function stateAt(store, number) {
  return store.numbers.findLastIndex(since => since <= number);
}

/* Does anything change in this step? */
export function changesState(data, step) {
  return step.state.files.length > 0 || pastOf(data, step).some(([, was, now]) => was !== now);
}

function card(store, was, now) {
  const changed = was !== now;
  const before = lines(store, was), after = lines(store, now);
  return el("div", { class: changed ? "chg" : "" },
    el("h4", {}, icon(store.kind === "queue" ? "queue" : "mailbox"), store.title),
    store.path && el("p", { class: "small quiet mono path" }, `${store.host}:${store.path}`),
    changed ? el("div", { class: "was" }, el("span", { class: "vh" }, "before: "), before.map(line => item(line))) : null,
    el("div", {}, changed ? el("span", { class: "vh" }, "after: ") : null,
      after.map(line => item(line))),
    changed ? null : el("p", { class: "small quiet" }, "unchanged"));
}

/* A letter or file; indented below it, for whom it is and in which state. */
function item(line) {
  if (line.startsWith("  ")) return el("div", { class: "sub" }, line.trim());
  return el("div", { class: line === "empty" ? "" : "mono" }, line);
}

function lines(store, index) {
  const past = index < 0 ? [] : store.past[index];
  return past.length ? past : ["empty"];
}

function file([sign, host, path]) {
  const [cls, words] = SIGNED[sign];
  return el("div", { class: cls }, `${words}${host}: ${path}`);
}
