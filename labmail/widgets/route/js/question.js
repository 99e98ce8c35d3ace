/* The question: where would this configuration send this address, and that one? Enter asks. */

import { el, icon } from "../../kit/dom.js";

export function makeQuestion(app) {
  const field = (name, value) => {
    const input = el("input", { id: app.names[name], class: "field", key: name, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    input.value = value;
    input.addEventListener("keydown", event => event.stopPropagation());
    return input;
  };
  app.address = field("address", app.view.address);
  app.compare = field("compare", app.view.compare);
  app.compare.placeholder = "nothing";
  app.send = el("button", { class: "btn main", key: "send", type: "submit" }, icon("next"), "Walk");
  app.text = el("button", { class: "btn toggle", key: "twin", type: "button", title: "print(picture)", onclick: () => app.toggle() }, icon("text"), "Text");
  return el("form", { class: "question", onsubmit: event => { event.preventDefault(); app.ask(); } },
    el("h3", {}, "Where would it send"), el("label", { for: app.names.address, class: "vh" }, "Address"), app.address,
    el("label", { for: app.names.compare, class: "quiet" }, "compared with"), app.compare,
    app.send, app.text);
}

export function readyQuestion(app) {
  const closed = Boolean(app.still || app.gone);
  for (const part of [app.address, app.compare, app.send]) part.disabled = closed;
  app.text.setAttribute("aria-pressed", String(app.twin));
}
