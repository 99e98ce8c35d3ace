/* The route: how it begins, and what is drawn when.

   Python tells all there is to know of the walks in one dictionary, `view`, made anew for each
   question. The page keeps for itself: which hop is looked at (`here`), whether the configuration is
   being edited, and whether words are shown in place of the picture.

       view ─┬─▶ question · chains · configuration · summary
       here ─┘ */

import { el, keepFocus, roving, unique } from "../../kit/dom.js";
import { watchKernel } from "../../kit/kernel.js";
import { drawChains } from "./chains.js";
import { aimEditor, drawSide, makeEditor } from "./side.js";
import { makeQuestion, readyQuestion } from "./question.js";
import { reveal, whenShown } from "./showing.js";
import { drawSummary } from "./summary.js";

const SLOW = 200;      /* milliseconds: below this a wait is not shown */
const LOST = 8000;     /* milliseconds: above this the kernel is asked about */

function renderRoute({ model, el: place }) {
  const app = begin(model, place);
  const fresh = () => take(app, model.get("view"));
  const leave = watchKernel(app.root, model, () => {
    app.gone = true;
    tell(app, "The kernel is gone. This is the route as it was; run the cell again to change it.");
    drawAll(app);
  });
  model.on("change:view", fresh);
  drawAll(app);
  return () => { model.off("change:view", fresh); leave(); [app.slow, app.lost, app.later].forEach(clearTimeout); };
}

function begin(model, place) {
  const part = (name, props = {}) => el("div", { class: name, ...props });
  const view = model.get("view");
  const app = { model, view, turn: 0, waiting: false, editing: false, twin: false, still: Boolean(model.still),
    names: { address: unique("address"), compare: unique("compare"), editor: unique("editor") } };
  const parts = app.parts = { gone: el("p", { class: "gone", role: "status", hidden: true }), busy: part("busy", { hidden: true }),
    trouble: el("pre", { class: "trouble", role: "status", hidden: true }), chains: part("chains"), side: part("side"),
    sum: part("sum", { role: "status" }),
    words: el("pre", { class: "words mono", tabindex: 0, role: "region", "aria-label": "The route in words", hidden: true }) };
  Object.assign(app, actions(app));
  app.here = start(view);
  parts.question = makeQuestion(app);
  app.editor = makeEditor(app);
  parts.body = el("div", { class: "body" }, parts.chains, parts.side);
  app.root = el("section", { class: "lm lm-live lm-route", "aria-label": "The route of an address" },
    parts.gone, parts.question, parts.busy, parts.trouble, parts.body, parts.words, parts.sum);
  roving(parts.chains, ".hop > button", node => app.look(JSON.parse(node.dataset.key), true));
  place.append(app.root);
  return app;
}

/* The hop that decided about the first address. */
function start(view) {
  const hops = view.chains[0].passes[0].hops;
  const decided = hops.findIndex(hop => hop.sign !== "nay");
  return [0, 0, decided < 0 ? Math.max(0, hops.length - 1) : decided];
}

/* What the reader can do. */
function actions(app) {
  const ask = () => {
    clearTimeout(app.later);
    if (app.still || app.gone) return;
    if (app.waiting) { app.again = true; return; }
    app.turn += 1;
    app.waiting = true;
    app.slow = setTimeout(() => { app.parts.busy.hidden = false; }, SLOW);
    app.lost = setTimeout(() => tell(app, "The kernel does not answer yet. It may be busy with another cell; if it stays so, run this cell again."), LOST);
    app.model.send({ do: "route", turn: app.turn, address: app.address.value.trim(), compare: app.compare.value.trim(), configuration: app.editor.value });
  };
  return {
    ask,
    soon: () => { clearTimeout(app.later); app.later = setTimeout(ask, 500); },
    look: (here, focus) => {
      app.here = here;
      drawAll(app);
      if (focus) app.root.querySelector(".hop > button[aria-pressed='true']")?.focus({ preventScroll: false });
    },
    edit: on => {
      app.editing = on;
      if (!on && app.editor.value !== app.view.configuration) ask();
      drawAll(app);
      if (on) { app.editor.focus({ preventScroll: true }); aimEditor(app); }
      else app.root.querySelector("[data-key='edit']")?.focus();
    },
    toggle: () => { app.twin = !app.twin; drawAll(app); },
  };
}

function take(app, view) {
  app.view = view;
  if (view.turn === app.turn) {
    app.waiting = false;
    clearTimeout(app.slow);
    clearTimeout(app.lost);
    app.parts.busy.hidden = true;
    app.parts.gone.hidden = true;
  } else if (!app.editing) {
    app.address.value = view.address;
    app.compare.value = view.compare;
    app.editor.value = view.configuration;
  }
  const [chain, pass, hop] = app.here;
  if (!view.chains[chain]?.passes[pass]?.hops[hop] || !view.trouble) app.here = kept(app.here, view);
  drawAll(app);
  if (app.again) { app.again = false; app.ask(); }
}

/* The hop that was looked at, if it is still there; otherwise the one that decides now. */
function kept(here, view) {
  const [chain, pass, hop] = here;
  return view.chains[chain]?.passes[pass]?.hops[hop] && chain + pass > 0 ? here : start(view);
}

function drawAll(app) {
  const { parts, view } = app;
  const [chain, pass, hop] = app.here;
  app.hop = view.chains[chain]?.passes[pass]?.hops[hop];
  keepFocus(app.root, () => {
    readyQuestion(app);
    parts.chains.replaceChildren(...drawChains(app));
    revealHop(app);
    drawSide(app);
    parts.sum.replaceChildren(...drawSummary(app));
  });
  app.shown = app.here;
  parts.body.classList.toggle("two", view.chains.length > 1);
  parts.body.classList.toggle("old", Boolean(view.trouble));
  parts.sum.classList.toggle("old", Boolean(view.trouble));
  parts.body.hidden = app.twin;
  parts.words.hidden = !app.twin;
  parts.words.textContent = view.words;
  const trouble = view.trouble && (view.trouble.line === null || app.twin);
  parts.trouble.hidden = !trouble;
  parts.trouble.textContent = trouble ? [view.trouble.message, view.trouble.help].filter(Boolean).join("\n") : "";
  if (app.still) tell(app, "This is the route as it was. To change it, run the notebook with a kernel.");
}

/* The hop that is looked at, when it has become another one. */
function revealHop({ parts, here, shown }) {
  const pressed = parts.chains.querySelector("[aria-pressed='true']");
  if (pressed && String(here) !== String(shown)) whenShown(parts.chains, () => reveal(parts.chains, pressed));
}

function tell(app, words) {
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = words;
}

const routeWidget = { render: renderRoute };
export default routeWidget;
