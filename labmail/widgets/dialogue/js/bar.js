/* The bar: who you are, whom you speak to, in which role and protocol, and the way back. */

import { el, icon } from "../../kit/dom.js";

export function drawBar(app) {
  const { view } = app;
  const off = app.still || app.gone;
  return [
    el("div", { class: "who" }, el("h3", {}, view.title), el("span", { class: "quiet mono" }, view.place),
      el("span", { class: "quiet" }, view.who)),
    choice("Your role", [["client", iAm("client")], ["server", iAm("server")]], view.role, off, role => app.ask("again", { role })),
    view.services.length > 1 ? choice("Protocol", view.services, view.service, off, service => app.ask("again", { service })) : "",
    el("button", { class: "btn", key: "again", disabled: off, onclick: () => app.ask("again"),
      title: view.role === "client" ? `lab.talk("${view.host}", "${view.service}")` : `lab.answer("${view.host}", "${view.service}")` }, "Start again"),
    el("button", { class: "btn toggle", key: "words", "aria-pressed": String(app.words), onclick: app.toggleWords, title: "print(console)" }, icon("text"), "Text"),
  ];
}

/* Where there is little room, the word alone. */
function iAm(what) {
  return [el("span", { class: "long" }, "I am the"), what];
}

function choice(label, list, chosen, off, set) {
  return el("span", { class: "seg", role: "group", "aria-label": label }, list.map(([name, words]) =>
    el("button", { key: `set-${name}`, "aria-pressed": String(name === chosen), disabled: off,
      "aria-label": label === "Your role" ? `I am the ${name}` : null, onclick: () => { if (name !== chosen) set(name); } }, words)));
}
