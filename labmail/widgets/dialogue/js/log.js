/* The log: every line to the byte. What is no text is a small tag, made of text all the same.

   New lines are put behind the old ones, so that a screen reader reads out what is new and no more. */

import { el, icon, roving } from "../../kit/dom.js";

/* For each verdict the class of its colour, its drawing and its word. */
const VERDICTS = {
  "done": ["ok", "check", "done"], "go on": ["now", "next", "go on"], "not now": ["wait", "clock", "not now"],
  "no": ["bad", "cross", "no"], "": ["ice", "quiz", "no reply"],
};

export function verdictOf(meaning) {
  return VERDICTS[meaning.verdict] ?? VERDICTS[""];
}

/* Which entry is explained: the one that was picked, else the last reply. */
export function explained(app) {
  const { log, first } = app.view;
  if (app.picked !== null && log[app.picked - first]?.meaning) return app.picked;
  for (let at = log.length - 1; at >= 0; at -= 1) if (log[at].meaning) return first + at;
  return null;
}

export function drawLog(app) {
  const { parts: { log: box }, view } = app;
  if (!box.dataset.ready) {
    box.dataset.ready = "yes";
    roving(box, ".ask", node => { app.explain(Number(node.dataset.at)); focusReply(box, node.dataset.at); });
  }
  const before = app.drawn, end = view.first + view.log.length;
  box.querySelector(".unfinished")?.remove();
  if (before.first !== view.first || before.count === 0) box.replaceChildren(...elided(view));
  for (let at = before.first !== view.first || before.count === 0 ? view.first : before.count; at < end; at += 1) {
    box.append(entry(app, view.log[at - view.first], at));
  }
  app.drawn = { first: view.first, count: end };
  const halves = view.unfinished.filter(([, runs]) => runs.length);
  if (halves.length) box.append(el("div", { class: "unfinished" }, halves.map(([who, runs]) => row(who, "half", bytes(runs), ""))));
  mark(app, box);
  if (end !== before.count) box.scrollTop = box.scrollHeight;
}

function elided(view) {
  return view.first ? [el("p", { class: "note quiet" }, `${view.first} earlier lines are in the transcript.`)] : [];
}

function entry(app, line, at) {
  if (line.note !== undefined) return note(line);
  const words = bytes(line.runs);
  const name = `${line.who === "C" ? "client" : "server"}${line.mine ? ", you" : ""}`;
  const inner = line.meaning
    ? el("button", { class: "ask", key: `reply-${at}`, "data-at": at, tabindex: -1, title: "Explain this reply", onclick: () => app.explain(at) }, words)
    : words;
  return row(line.who, line.mine ? "me" : "", inner, line.meaning ? verdict(line.meaning) : "", name, at);
}

function row(who, kind, words, after, name = "", at = "") {
  return el("div", { class: `line ${who.toLowerCase()} ${kind}`, "data-line": at },
    el("span", { class: "speaker" }, el("span", { "aria-hidden": "true" }, `${who}:`), name ? el("span", { class: "vh" }, `${name}:`) : ""), words, after);
}

/* Octets, as runs of text and tags. */
export function bytes(runs) {
  return el("span", { class: "txt" }, runs.map(([kind, text]) => kind === "tag"
    ? [text === "CRLF" || text === "LF" ? " " : "", el("span", { class: "crlf" }, text)]
    : text));
}

function verdict(meaning) {
  const [colour, drawing, word] = verdictOf(meaning);
  return el("span", { class: `cls ${colour}` }, icon(drawing), word);
}

function note(line) {
  const why = line.why.length > 1 ? el("ul", { class: "why", hidden: true }, line.why.map(text => el("li", {}, text))) : null;
  const more = why && el("button", { class: "small more", "aria-expanded": "false", onclick: event => {
    why.hidden = !why.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!why.hidden));
  } }, "why");
  return el("div", { class: "note" }, icon("next"), el("span", {}, line.note, more ? " " : "", more), why);
}

/* One reply is the tab stop of the log: the one that is explained. */
function mark(app, box) {
  const at = explained(app);
  const replies = [...box.querySelectorAll(".ask")];
  for (const reply of replies) {
    const here = Number(reply.dataset.at) === at;
    reply.tabIndex = here ? 0 : -1;
    reply.setAttribute("aria-pressed", String(here));
    reply.closest(".line").classList.toggle("cur", here);
  }
  if (replies.length) box.removeAttribute("tabindex"); else box.setAttribute("tabindex", "0");
  box.setAttribute("data-lm-suppress-shortcuts", "true");
}

function focusReply(box, at) {
  box.querySelector(`.ask[data-at="${at}"]`)?.focus();
}
