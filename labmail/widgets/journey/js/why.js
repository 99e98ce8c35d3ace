/* The pane Why: question, answer, what decided, and why not the others. ✕ was asked and said no;
   – was not asked. */

import { el, icon } from "../../kit/dom.js";

const SIGN = { no: ["cross", "bad", "no: "], unasked: ["dash", "", "not asked: "] };

/* The reasons of a step, one part for each answer. */
export function drawWhy(app, step) {
  const parts = step.why.map(part);
  const left = step.more;
  return el("div", {}, parts, left ? el("p", { class: "quiet" }, `… and ${left} more`) : null);
}

function part(why) {
  return el("div", { class: "two" },
    el("div", {},
      why.questions.map(question => el("p", { class: "q" }, question)),
      why.answer && el("p", { class: "a" }, el("span", { class: `sign ${why.ok ? "ok" : "bad"}` },
        icon(why.ok ? "check" : "cross"), el("span", { class: "vh" }, why.ok ? "yes: " : "no: ")), el("span", {}, why.answer)),
      why.decided.length ? [el("h4", {}, "what decided"), el("ul", { class: "well reasons" }, why.decided.map(line => el("li", {}, line)))] : null,
      why.proof && el("p", { class: "small proof" }, "to be seen in ", el("code", {}, why.proof))),
    el("div", {}, why.others.length
      ? [el("h4", {}, "why not the others?"), el("ul", { class: "nots" }, why.others.map(other))]
      : el("p", { class: "quiet" }, "There was no other way to choose from.")));
}

function other({ sign, name, text }) {
  const [drawn, colour, spoken] = SIGN[sign];
  return el("li", {}, el("span", { class: `sign ${colour}` }, icon(drawn), el("span", { class: "vh" }, spoken)),
    name ? el("code", {}, name) : el("span", {}, text), name ? el("span", { class: "quiet" }, text) : null);
}
