/* The queue: how it begins, and what is drawn when.

   Python tells all there is to know in one dictionary, `view`, made anew after each deed. The page
   keeps for itself: which letter is looked at (`here`), and how long a stretch of time is shown.

       view ─┬─▶ clock · table with a line for each letter · why
       here ─┘ */

import { el, icon, keepFocus, roving } from "../../kit/dom.js";
import { watchKernel } from "../../kit/kernel.js";
import { drawHead } from "./head.js";
import { drawReason } from "./reason.js";
import { scale } from "./scale.js";
import { drawTable } from "./table.js";

const LOST = 8000;     /* milliseconds: above this the kernel is asked about */
const NARROW = 780;    /* pixels: above this a page is wide */
const SLIM = 520;      /* the width of a phone */

function renderQueue({ model, el: place }) {
  const app = begin(model, place);
  const fresh = () => take(app, model.get("view"));
  const leave = watchKernel(app.root, model, () => stop(app, "The kernel is gone. This is the queue as it was; run the cell again."));
  const width = new ResizeObserver(() => { const narrow = narrowness(app.root.clientWidth); if (narrow !== app.narrow) { app.narrow = narrow; draw(app); } });
  model.on("change:view", fresh);
  if (model.still) stop(app, "This is the queue as it was. To work on it, run the notebook with a kernel.");
  draw(app);
  width.observe(app.root);
  return () => { model.off("change:view", fresh); width.disconnect(); leave(); clearTimeout(app.lost); };
}

function begin(model, place) {
  const view = model.get("view");
  const app = { model, view, turn: 0, narrow: 0, idle: false, chosen: null, here: view.rows[0]?.id };
  const part = (name, props = {}) => el("div", { class: name, ...props });
  app.parts = { gone: el("p", { class: "gone", role: "status", hidden: true }), clock: part("clock"), table: part("wrap"),
    said: part("said", { role: "status" }), why: part("why") };
  app.look = id => { app.here = id; draw(app); };
  app.show = span => { app.chosen = span; draw(app); };
  app.ask = wish => {
    if (app.idle) return;
    app.turn += 1;
    app.lost = setTimeout(() => tell(app, "The kernel does not answer yet. It may be busy with another cell."), LOST);
    model.send({ ...wish, turn: app.turn });
  };
  app.root = el("section", { class: "lm lm-live lm-queue", "aria-label": `Queue of ${view.host}` }, ...Object.values(app.parts));
  roving(app.parts.table, ".who", node => { app.look(node.dataset.key.slice(4)); app.root.querySelector(".who[aria-pressed='true']")?.focus(); });
  place.append(app.root);
  return app;
}

function take(app, view) {
  app.view = view;
  if (view.turn === app.turn) { clearTimeout(app.lost); app.parts.gone.hidden = true; }
  draw(app);
}

function draw(app) {
  const { parts, view } = app;
  if (!view.rows.some(row => row.id === app.here)) app.here = view.rows[0]?.id;
  app.time = scale(view, app.chosen);
  keepFocus(app.root, () => {
    parts.clock.replaceChildren(...kept(drawHead(app)));
    parts.table.replaceChildren(...kept(drawTable(app)));
    parts.said.replaceChildren(...kept(drawSaid(view)));
    parts.why.replaceChildren(...drawReason(app));
  });
  parts.why.hidden = !view.rows.length;
}

/* 0: wide, 1: narrow, 2: slim. */
const narrowness = width => (width < SLIM ? 2 : width < NARROW ? 1 : 0);

const kept = kids => kids.flat().filter(Boolean);

function drawSaid({ said: [command, note] }) {
  return [command && el("b", {}, command), el("span", { class: "grow" }, note),
    el("span", { class: "legend", "aria-hidden": "true" }, el("i", { class: "x" }, icon("cross")), "tried in vain", el("i", { class: "o next" }), "next try", el("i", { class: "o" }), "later")];
}

function stop(app, words) {
  app.idle = true;
  tell(app, words);
  draw(app);
}

function tell(app, words) {
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = words;
}

const queueWidget = { render: renderQueue };
export default queueWidget;
