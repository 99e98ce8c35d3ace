/* The pane Dialogue: what was said, byte for byte, line by line. C is the client, S the server. */

import { el, icon } from "../../kit/dom.js";

const MASK = "***";

/* The lines of a step. */
export function drawDialogue(app, step) {
  const { who, lines } = step.talk;
  return el("div", {},
    el("div", { class: "row above" }, el("span", { class: "quiet grow" }, who),
      el("button", { class: "toggle btn small", key: "ends", "aria-pressed": String(app.view.ends),
        onclick: () => app.change({ ends: !app.view.ends }) }, "Show line ends")),
    el("div", { class: "well mono wire", role: "log", tabindex: 0, key: "wire", "aria-label": "Dialogue" }, lines.map(line => said(app, line))));
}

function said(app, line) {
  if (line.note) return el("div", { class: "remark" }, icon(line.lock ? "lock" : "dash"), line.note);
  const client = line.who === "C";
  return el("div", { class: client ? "c" : "s" }, el("b", {}, `${line.who}:`),
    el("span", {}, line.masked ? masked(line.text) : line.text,
      app.view.ends && line.end ? el("span", { class: "crlf" }, line.end) : null));
}

/* The secret itself never was on the page: the event has it masked. */
function masked(text) {
  const [before, after] = text.split(MASK);
  return [before, el("span", { class: "mask" }, "●●●●●● secret"), after];
}
