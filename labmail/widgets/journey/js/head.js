/* The head: the subject, one line of outcome, a chip for each recipient (sign and word), and why it
   did not arrive. */

import { el, icon } from "../../kit/dom.js";
import { SIGNS } from "../../kit/drawings.js";

/* The head of journey `side`. With several recipients a chip is a button that shows one road. */
export function drawHead(app, data, side) {
  const tag = app.other ? el("span", { class: "which" }, side ? "2" : "1") : null;
  return el("header", {},
    el("div", { class: "title" },
      el("h3", {}, tag, icon("letter"), el("span", {}, data.subject)),
      el("p", {}, data.people, data.fate && !app.hides ? ` · ${data.fate}` : "")),
    el("div", { class: "chips", role: data.ends.length > 1 && !app.other ? "group" : null,
      "aria-label": data.ends.length > 1 && !app.other ? "Recipients" : null },
    data.ends.map((end, i) => chip(app, data, end, i))),
    app.hides || !data.fates?.length ? null : el("div", { class: "fates" }, data.fates.map((fate, i) => why(app, data, fate, i))));
}

/* Why it did not arrive, and the way to the step where that was said. */
function why(app, data, fate, index) {
  const [colour] = SIGNS[fate.state] ?? SIGNS["under way"], many = data.ends.length > 1;
  const who = fate.who.length > 2 ? `${fate.who[0]} and ${fate.who.length - 1} more` : fate.who.join(" and ");
  return el("p", { class: colour }, el("span", {}, el("span", { class: "k" }, "why"), many ? el("b", {}, `${who}: `) : null, fate.words),
    fate.step === null || app.other ? null
      : el("button", { class: "btn small", key: `fate-${index}`, onclick: () => { app.pause(); app.go(fate.step); } }, `step ${fate.step + 1}`));
}

function chip(app, data, end, index) {
  const [colour, drawn] = app.hides ? SIGNS["under way"] : SIGNS[end.state] ?? SIGNS["under way"];
  const words = app.hides ? "under way" : end.words;
  const counted = app.hides && data.ends.length > 1 && !end.recipient.includes("@");
  const inner = el("span", { class: `chip ${colour}` }, icon(drawn),
    counted && index ? null : el("b", {}, counted ? "several recipients" : end.recipient), counted && index ? null : words);
  if (counted && index) return null;
  if (data.ends.length < 2 || app.other || app.hides) return inner;
  const pressed = app.view.only === index;
  return el("button", { key: `chip-${index}`, "aria-pressed": String(pressed),
    title: pressed ? "Show all roads" : "Show only this recipient’s road",
    onclick: () => app.change({ only: pressed ? null : index }) }, inner);
}
