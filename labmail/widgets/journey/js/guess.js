/* Predict: a question before the next step is shown. What is not known yet is not on the page: no
   outcome, no later step, not even how many there are. */

import { el, icon } from "../../kit/dom.js";

/* The question about the next step. */
export function drawGuess(app) {
  const next = app.data.steps[app.view.step + 1], { guess } = app.view;
  const { question, choices, right, because } = next.guess;
  const done = guess !== null;
  return [
    el("fieldset", {},
      el("legend", {}, icon("quiz"), question),
      el("div", { class: "choices" }, choices.map((words, i) => choice(app, words, i, right)))),
    el("div", { class: "after" },
      el("p", { class: done ? "grow" : "grow quiet", role: "status" }, done ? because : "Guess first."), el("button", { class: done ? "btn main" : "btn", key: "reveal",
      onclick: () => app.go(app.view.step + 1, "guess") }, done ? `Show step ${app.view.step + 2}` : "Just show me")),
  ];
}

function choice(app, words, index, right) {
  const { guess } = app.view, done = guess !== null;
  const verdict = done && index === right ? "ok" : done && index === guess ? "bad" : "";
  return el("label", { class: verdict },
    el("input", { type: "radio", name: app.names.guess, key: `choice-${index}`, disabled: done, checked: guess === index,
      onchange: () => app.change({ guess: index }) }),
    el("span", { class: "grow" }, words),
    verdict && el("span", { class: "sign" }, icon(verdict === "ok" ? "check" : "cross"), verdict === "ok" ? "so it is" : "not so"));
}
