/* The line that you type, its line end, and ready lines to pick.

   The field is made once and kept, so that nothing that comes in takes a half-typed line away. What
   is pasted with line ends in it is sent as so many lines. ↑ and ↓ bring back what you said before. */

import { el, icon, roving } from "../../kit/dom.js";

const LINE_ENDS = [["CRLF", "CRLF"], ["LF", "LF alone"], ["none", "nothing"]];

export function makeTyping(app) {
  const field = el("input", { id: app.names.line, class: "field", key: "field", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const end = el("select", { id: app.names.end, key: "end", title: "What is put behind the line: real servers insist on CR LF" },
    LINE_ENDS.map(([value, words]) => el("option", { value }, words)));
  const tag = el("span", { class: "crlf" }, "CRLF");
  const send = el("button", { class: "btn main", key: "send", type: "submit" }, "Send", tag);
  end.addEventListener("change", () => { tag.textContent = end.value; tag.hidden = end.value === "none"; });
  field.addEventListener("keydown", event => { if (!enter(app, field, event)) recall(app, field, event); });
  field.addEventListener("paste", event => paste(app, field, event));
  app.field = field;
  app.lineEnd = end;
  app.sendButton = send;
  app.speaker = el("label", { for: app.names.line });
  return el("form", { class: "type", onsubmit: event => { event.preventDefault(); sayLine(app, field.value); } },
    app.speaker, field, el("label", { class: "vh", for: app.names.end }, "Line end"), end, send);
}

const MORE = " ⏎ ";    /* stands in the field between lines that are said together */

/* Puts a ready line into the field, to be changed or sent. */
export function offer(app, line) {
  app.field.value = line.replaceAll("\n", MORE);
  app.field.focus();
}

export function sayLine(app, line) {
  if (app.field.disabled || app.waiting) return;
  app.said.push(line);
  app.back = 0;
  app.field.value = "";
  app.ask("say", { line: line.replaceAll(MORE, "\n"), end: app.lineEnd.value });
  app.field.focus({ preventScroll: true });
}

/* Enter is heard here, not left to the form: JupyterLab would take it for "edit this cell". */
function enter(app, field, event) {
  if (event.key !== "Enter" || event.isComposing) return false;
  event.preventDefault();
  event.stopPropagation();
  sayLine(app, field.value);
  return true;
}

function recall(app, field, event) {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  app.back = Math.max(0, Math.min(app.said.length, app.back + step));
  field.value = app.back ? app.said[app.said.length - app.back] : "";
}

function paste(app, field, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\r\n]/.test(text)) return;
  event.preventDefault();
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  sayLine(app, field.value + lines);
}

/* The field and its neighbours, as the dialogue now stands. */
export function readyTyping(app) {
  const { view } = app, server = view.role === "server";
  const closed = view.over || app.still || app.gone;
  app.speaker.replaceChildren(el("span", { "aria-hidden": "true" }, server ? "S:" : "C:"),
    el("span", { class: "vh" }, server ? "Your answer, as the server" : view.speaking === "content" ? "A line of the letter" : "Your command, as the client"));
  app.field.placeholder = placeholder(app, server, closed);
  for (const node of [app.field, app.lineEnd, app.sendButton]) node.disabled = Boolean(closed);
}

function placeholder(app, server, closed) {
  const { view } = app;
  if (app.still || app.gone) return "";
  if (closed) return server ? "nobody is on the line" : "the line is closed";
  if (server) return `answer ${view.asked || "when it has spoken"}`;
  if (view.speaking === "content") return "a line of the letter; a dot alone ends it";
  return view.speaking === "login" ? "the answer, in base64" : "type a command, or pick one below";
}

/* Ready lines, and what can be done without a word. */
export function drawPieces(app) {
  const { view } = app;
  if (app.still || app.gone) return [];
  const deeds = el("span", { class: "deeds", role: "group", "aria-label": "Without a word" }, deedsOfRole(app));
  const lines = view.pieces.filter(([, , aside]) => !aside).map(([line, words], at) => piece(app, line, words, `piece-${at}`));
  if (!lines.length) return [deeds];
  const box = el("span", { class: "ready", role: "toolbar", "aria-label": "Ready lines" }, lines);
  oneStop(box);
  return [box, deeds];
}

function piece(app, line, words, key) {
  return el("button", { type: "button", class: "piece", key, title: words, onclick: () => offer(app, line) },
    line ? line.replaceAll("\n", MORE) : el("span", { class: "quiet" }, "empty line"));
}

export function oneStop(box) {
  const all = [...box.querySelectorAll("button")];
  all.forEach((node, at) => { node.tabIndex = at ? -1 : 0; });
  roving(box, "button", node => {
    all.forEach(other => { other.tabIndex = other === node ? 0 : -1; });
    node.focus();
  });
}

function deedsOfRole(app) {
  const { view } = app, server = view.role === "server";
  const name = server ? "desk" : "talk";
  const deed = (key, words, drawing, title, go) => el("button", { type: "button", class: "small btn", key, title, onclick: go }, icon(drawing), words);
  if (server && view.over) {
    return [el("button", { type: "button", class: "btn main", key: "call", title: "desk.let_call()", onclick: () => app.ask("call") }, icon("talk"), "Let a client call")];
  }
  if (view.over) return [];
  const patience = server && view.asked.startsWith("the letter") ? "10m" : "5m";
  return [
    deed("wait", `Say nothing for ${parseInt(patience, 10)} minutes`, "clock", `${name}.wait("${patience}")`, () => app.ask("wait", { by: patience })),
    deed("hang-up", "Hang up", "cross", `${name}.hang_up()`, () => app.ask("hang up")),
  ];
}
