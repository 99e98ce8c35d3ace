/* The configuration beside the path: its lines with marks, or a field in which it can be changed. */

import { el, icon } from "../../kit/dom.js";
import { reveal, whenShown } from "./showing.js";

export function makeEditor(app) {
  const editor = el("textarea", { id: app.names.editor, class: "field editor", key: "editor", rows: 24, autocomplete: "off", autocapitalize: "off", spellcheck: "false", wrap: "off" });
  editor.value = app.view.configuration;
  editor.addEventListener("input", () => app.soon());
  editor.addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.key === "Escape") app.edit(false);
  });
  return editor;
}

export function drawSide(app) {
  const { side } = app.parts;
  const closed = Boolean(app.still || app.gone);
  const head = el("div", { class: "row top" }, el("h4", { class: "grow" }, icon("file"), el("span", {}, `${app.view.name}, tried on ${app.view.place}`)),
    el("button", { class: "btn", key: "edit", type: "button", disabled: closed, "aria-pressed": String(app.editing), onclick: () => app.edit(!app.editing) },
      icon(app.editing ? "check" : "pencil"), app.editing ? "Done" : "Edit"));
  if (app.editing && side.contains(app.editor)) {
    side.querySelector(".mistake")?.remove();
    if (app.view.trouble) app.editor.before(mistake(app.view.trouble));
    return;
  }
  if (app.editing) {
    side.replaceChildren(head, el("label", { class: "vh", for: app.names.editor }, "Configuration"),
      ...(app.view.trouble ? [mistake(app.view.trouble)] : []), app.editor,
      el("p", { class: "key" }, "The path moves as you type. Escape: done."));
    return;
  }
  const before = side.querySelector(".cfg")?.scrollTop;
  const rows = listing(app);
  side.replaceChildren(head, rows, key(app));
  aim(app, rows, before);
}

/* The line that decides is to be seen. Whoever has scrolled elsewhere stays there until another router
   is looked at. */
function aim(app, rows, before) {
  const line = decisive(app), mark = `${app.hop?.router} ${line}`;
  if (before !== undefined && mark === app.aimed) { rows.scrollTop = before; return; }
  app.aimed = mark;
  const row = rows.children[line - 1];
  if (row) whenShown(rows, () => reveal(rows, row));
}

/* The line to look at: the mistake, or what made the router that is looked at say what it says. */
function decisive({ view, hop }) {
  if (view.trouble) return view.trouble.line ?? 1;
  const asked = (hop?.asked ?? []).filter(one => one.line !== null && !one.file);
  return (asked.find(one => one.mark !== "yes") ?? asked.at(-1))?.line ?? 1;
}

/* The cursor goes to that line, too. */
export function aimEditor(app) {
  const line = decisive(app), { editor } = app;
  const start = editor.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  editor.setSelectionRange(start, start);
  editor.scrollTop = (line / editor.value.split("\n").length) * editor.scrollHeight - editor.clientHeight / 3;
}

function mistake(trouble) {
  return el("p", { class: "mistake", role: "alert" }, icon("cross"),
    el("span", {}, `${trouble.line === null ? "" : `line ${trouble.line}: `}${trouble.message}`, trouble.help ? el("span", { class: "small" }, ` (${trouble.help})`) : null));
}

function listing(app) {
  const { view, hop } = app;
  const marks = new Map();
  for (const asked of hop?.asked ?? []) if (!asked.file && marks.get(asked.line) !== "no") marks.set(asked.line, asked.mark === "yes" ? "hit" : "no");
  const block = hop && !view.trouble ? view.routers.find(router => router.name === hop.router && router.here) : null;
  const rows = view.configuration.replace(/\n$/, "").split("\n").map((text, at) => {
    const line = at + 1;
    const mark = view.trouble ? "" : marks.get(line) ?? "";
    const wrong = view.trouble?.line === line;
    const inside = block && line >= block.from && line <= block.to;
    return el("div", { class: [wrong ? "wrong" : mark, inside ? "blk" : ""].join(" ").trim() || null },
      el("span", { class: "n" }, String(line)),
      el("span", {}, text || " ", mark ? el("span", { class: "vh" }, mark === "no" ? " (false)" : " (true)") : null, wrong ? mistake(view.trouble) : null));
  });
  return el("div", { class: "cfg mono", tabindex: 0, role: "region", "aria-label": "Configuration" }, rows);
}

function key({ hop, view }) {
  if (!hop || view.trouble) return el("p", { class: "key" }, view.trouble ? "Nothing is walked until this can be read." : "No router was asked.");
  return el("div", { class: "key" }, el("span", {}, el("i", { class: "true" }), "true: it helped to decide"),
    el("span", {}, el("i", { class: "false" }), "false: here the router declined"),
    el("span", {}, `shown for ${hop.router}, asked about ${hop.of}`));
}
