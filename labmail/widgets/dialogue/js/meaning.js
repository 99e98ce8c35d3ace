/* The meaning of a reply: its sentence here, and its digits one by one, each with what it says. */

import { el } from "../../kit/dom.js";
import { explained, verdictOf } from "./log.js";

export function drawMeaning(app) {
  const at = explained(app);
  const line = at === null ? null : app.view.log[at - app.view.first];
  const mine = line?.mine;
  const words = mine ? "what your answer means" : "what the reply means";
  if (!line) return [el("h4", {}, words), el("p", { class: "quiet" }, "No reply yet.")];
  const meaning = line.meaning, [colour] = verdictOf(meaning);
  return [
    el("h4", {}, `${words}: `, el("code", {}, shortened(meaning.reply))),
    el("p", { class: "sentence", "aria-live": "polite" }, meaning.sentence),
    el("div", { class: `code ${colour}` }, digits(meaning.code), meaning.enhanced.length ? digits(meaning.enhanced) : none(app)),
    el("p", { class: "law" }, laws(meaning)),
  ];
}

function shortened(reply) {
  return reply.length > 72 ? `${reply.slice(0, 71)}…` : reply;
}

/* Digits in their order; below each what it says. */
function digits(signs) {
  return el("div", { class: "digits", role: "list" }, signs.map(([text, says, law], at) => el("div", { role: "listitem", title: law },
    el("div", { class: at ? "digit" : "digit first" }, text), el("div", { class: "says" }, says))));
}

/* Where it is written, each place once. */
function laws(meaning) {
  const places = [...meaning.code, ...meaning.enhanced].map(([, , law]) => law).concat(meaning.law).filter(Boolean);
  let last = "";
  const short = [...new Set(places.flatMap(place => place.split(", ")))].map(place => {
    const [, rfc, rest] = place.match(/^(RFC \d+) (.*)$/) ?? [null, place, ""];
    const said = rfc === last ? rest : place;
    last = rfc;
    return said;
  });
  return `see ${short.join(", ")}`;
}

function none(app) {
  if (app.view.service === "pop3") return "";
  return el("p", { class: "quiet none" }, "no enhanced code: none was given");
}
