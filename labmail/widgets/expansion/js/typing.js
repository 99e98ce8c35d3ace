/* The string itself, to be changed: Enter expands it anew, Shift and Enter make a new line. */

import { el, icon } from "../../kit/dom.js";

export function makeTyping(app) {
  const field = el("textarea", { id: app.names.text, class: "field", key: "field", rows: 1, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  field.value = app.view.text;
  const grow = () => { field.style.height = "auto"; field.style.height = `${Math.min(160, field.scrollHeight + 2)}px`; };
  field.addEventListener("input", grow);
  field.addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    app.ask(field.value);
  });
  app.field = field;
  app.fit = grow;
  app.send = el("button", { class: "btn main", key: "send", type: "submit" }, icon("next"), "Expand");
  return el("form", { class: "type", onsubmit: event => { event.preventDefault(); app.ask(field.value); } },
    el("label", { for: app.names.text }, "String"), field, app.send);
}

export function readyTyping(app) {
  const closed = Boolean(app.still || app.gone);
  app.field.disabled = closed;
  app.send.disabled = closed;
  requestAnimationFrame(() => app.fit());
}
