/* Predict: a question before the next step is shown. What is not known yet is not on the page: no
   outcome, no later step, not even how many there are. */

import { el, icon } from "../../kit/dom.js";

const CHOICES = 4;

/* The question about the next step. */
export function drawGuess(app) {
  const next = app.data.steps[app.view.step + 1], { guess } = app.view;
  const { because } = next.guess;
  const { question, choices, right } = questionOf(app.data, app.view.step + 1);
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

/* The step's own question; or who acts next, among what other steps of this journey do. */
function questionOf(data, index) {
  const { guess } = data.steps[index];
  if (guess.choices.length) return guess;
  const others = data.steps.map((step, i) => ({ ...step.guess, far: Math.abs(i - index - 1) }))
    .filter(other => other.ordinary && other.act !== guess.act).sort((a, b) => a.far - b.far);
  const wrong = [...new Set(others.map(other => other.act))].slice(0, CHOICES - 1);
  const choices = [guess.act, ...wrong].sort((a, b) => stir(a, index) - stir(b, index));
  return { question: "What happens next?", choices, right: choices.indexOf(guess.act) };
}

/* An order that follows from the words and the step alone. */
function stir(words, index) {
  let sum = index + 7;
  for (const char of words) sum = (sum * 31 + char.codePointAt(0)) % 65521;
  return sum;
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
