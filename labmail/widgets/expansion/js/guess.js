/* Predict: what will the next piece become? Its value is not on the page before there is a guess. */

import { el, icon } from "../../kit/dom.js";
import { outcome } from "./values.js";

export function drawGuess(app) {
  const row = app.view.rows[app.view.stops[app.step]], done = app.guess !== null;
  const ask = row.kind === "condition" ? choose(app, row) : type(app, row);
  return [
    el("div", { class: "question" }, icon("quiz"), el("span", {}, row.kind === "condition" ? "Is it true?" : "What does it become?")),
    el("p", { class: "source" }, el("code", {}, row.source)),
    ask,
    el("p", { class: "verdict", role: "status" }, done ? verdict(app, row) : ""),
    el("div", { class: "after" }, el("button", { class: done ? "btn main" : "btn", key: "reveal", onclick: () => app.go(app.step + 1, app.step + 1 < app.view.stops.length ? "guess" : "play") },
      done ? `Show step ${app.step + 1}` : "Just show me")),
  ];
}

function verdict(app, row) {
  const right = !row.failed && app.guess === row.value;
  return [el("span", { class: `sign ${right ? "ok" : "bad"}` }, icon(right ? "check" : "cross"), right ? "so it is" : "not so"),
    right ? "" : el("span", {}, row.kind === "condition" ? "it is " : row.failed ? "it " : "it becomes "), right ? "" : outcome(row), row.failed || ""];
}

function choose(app, row) {
  return el("fieldset", { class: "choices" }, el("legend", { class: "vh" }, "Is it true?"), ["true", "false"].map((words, i) =>
    el("label", {}, el("input", { type: "radio", name: app.names.guess, key: i ? "guess-false" : "guess", value: words, disabled: app.guess !== null, checked: app.guess === words,
      onchange: () => { app.make(words); app.root.querySelector('[data-key="reveal"]').focus(); } }), words)));
}

function type(app, row) {
  const field = el("input", { class: "field", key: "guess", id: app.names.guess, autocomplete: "off", autocapitalize: "off", spellcheck: "false", disabled: app.guess !== null });
  if (app.guess !== null) field.value = app.guess;
  const make = () => { app.make(field.value); app.root.querySelector('[data-key="reveal"]').focus(); };
  field.addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    make();
  });
  return el("div", { class: "mine" }, el("label", { class: "vh", for: app.names.guess }, "Your guess"), field,
    app.guess === null ? el("button", { class: "btn", key: "guess-it", onclick: make }, "Guess") : null);
}
