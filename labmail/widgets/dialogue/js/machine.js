/* The machine beside the log: where the dialogue is, and what may come now.

   All of it is drawn from the table that the server obeys. For somebody who is the server, the
   lower half is what the client will make of each answer. */

import { el, icon } from "../../kit/dom.js";
import { SIGNS } from "../../kit/drawings.js";
import { offer, oneStop } from "./typing.js";

export function drawMachine(app) {
  const { view } = app;
  return [
    el("div", {}, el("h4", {}, "where the dialogue is"),
      el("ol", { class: "states" }, view.machine.nodes.map(node => state(app, node)))),
    el("div", {}, view.role === "server" ? foretold(app) : allowed(app)),
  ];
}

function state(app, node) {
  return el("li", { class: node.here ? "here" : node.been ? "been" : "", "aria-current": node.here ? "step" : null, "data-state": node.name },
    el("span", { class: "name" }, node.name), node.here && node.words ? el("span", { class: "quiet" }, ` · ${node.words}`) : "",
    el("span", { class: "vh" }, node.here ? " (here)" : node.been ? " (passed)" : ""));
}

function allowed(app) {
  const { machine, over } = app.view;
  if (over) return [el("h4", {}, "allowed now"), el("p", { class: "quiet" }, "Nothing: the conversation is over. Start again to begin another.")];
  return [
    el("h4", {}, "allowed now"),
    machine.may.length
      ? el("ul", { class: "verbs" }, machine.may.filter(move => !move.aside).map(move => may(app, move)), always(machine))
      : el("p", { class: "quiet" }, "Nothing."),
    ...(machine.later.length ? [el("h4", {}, "not now"), el("ul", { class: "verbs" }, machine.later.map(later))] : []),
  ];
}

function may(app, move) {
  const leads = move.leads ? el("span", { class: "leads" }, ` → ${move.leads}`) : "";
  return el("li", { class: "may", title: move.law, onmouseenter: () => point(app, move.leads, true), onmouseleave: () => point(app, move.leads, false) },
    icon("check"), el("code", {}, move.verb), el("span", {}, move.words, leads));
}

/* What may come too and brings nothing forward, in one line. */
function always(machine) {
  const verbs = machine.may.filter(move => move.aside);
  if (!verbs.length) return "";
  return el("li", { class: "may aside" }, icon("check"), el("span", {}, verbs.map(move => [el("code", { title: `${move.words}, ${move.law}` }, move.verb), " "]), el("span", { class: "quiet small" }, "change nothing")));
}

/* The state that a verb would lead to is marked while the verb is pointed at. */
function point(app, name, on) {
  for (const node of app.parts.machine.querySelectorAll("[data-state]")) node.classList.toggle("next", on && node.dataset.state === name);
}

function later(move) {
  return el("li", { class: "not", title: move.law }, icon("dash"), el("code", {}, move.verb), el("span", { class: "small" }, move.when));
}

/* What the client will do: its own rules, asked beforehand. */
function foretold(app) {
  const { view } = app;
  if (!view.prospects.length) return [el("h4", {}, "if you answer"), el("p", { class: "quiet" }, view.over ? "Nobody waits for an answer." : "It is the client's turn.")];
  const list = el("ul", { class: "prospects", role: "toolbar", "aria-orientation": "vertical", "aria-label": "What you could do" }, view.prospects.map((each, at) => prospect(app, each, at)));
  oneStop(list);
  return [el("h4", {}, "to ", /^[A-Z]{4}/.test(view.asked) ? el("code", {}, view.asked) : view.asked, " you could answer"), list];
}

function prospect(app, each, at) {
  const off = app.still || app.gone;
  const act = { say: () => offer(app, each.line),
    silence: () => app.ask("wait", { by: each.words.includes("ten") ? "10m" : "5m" }), "hang up": () => app.ask("hang up") }[each.deed];
  const [colour, drawing] = SIGNS[each.end] ?? ["now", "next"];
  return el("li", { role: "presentation" },
    el("button", { type: "button", key: `prospect-${at}`, disabled: off, onclick: act, title: each.why || each.then },
      el("code", {}, each.deed === "say" ? each.line.split("\n")[0] : each.words),
      el("span", { class: "then" }, each.end ? el("span", { class: `sign ${colour}` }, icon(drawing), ` ${each.end}. `) : "", each.then)));
}
