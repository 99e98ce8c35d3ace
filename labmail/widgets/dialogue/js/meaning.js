/* The meaning of a reply: its sentence here, and its digits one by one, each with what it says. */

import { el } from "../../kit/dom.js";
import { explained, verdictOf } from "./log.js";

export function drawMeaning(app) {
  const at = explained(app);
  const line = at === null ? null : app.view.log[at - app.view.first];
  const mine = line?.mine;
  const head = el("h4", { id: app.names.mean }, mine ? "what you said with it" : "what the reply means");
  if (!line) return [head, el("p", { class: "quiet" }, "No reply yet.")];
  const meaning = line.meaning, [colour] = verdictOf(meaning);
  return [
    head,
    el("div", { "aria-live": "polite" },
      el("p", { class: "sentence" }, el("code", {}, meaning.reply.slice(0, 80)), " ", meaning.sentence)),
    el("div", { class: `code ${colour}` }, digits(meaning.code), meaning.enhanced.length ? digits(meaning.enhanced) : none(app)),
  ];
}

/* Digits in their order; below each what it says, and the law. */
function digits(signs) {
  return el("dl", { class: "digits" }, signs.map(([text, says, law], at) => el("div", {},
    el("dt", { class: at ? "" : "first" }, text), el("dd", {}, says, law ? el("span", { class: "law" }, law) : ""))));
}

function none(app) {
  if (app.view.service === "pop3") return "";
  return el("p", { class: "quiet none" }, "no enhanced code: none was given");
}
