/* The dialogue console: how it begins, and what is drawn when.

   Python tells all there is to know in one dictionary, `view`, made anew after each word. The page
   keeps three things for itself: what is being typed, which reply is explained, and whether the
   words or the picture are shown. What was typed is sent with a number, `turn`; the view that comes
   back with it is the answer.

       view ─▶ bar · log · typing · meaning · machine          typing ─▶ send({do, turn, …}) */

import { el, keepFocus, unique } from "../../kit/dom.js";
import { watchKernel } from "../../kit/kernel.js";
import { drawBar } from "./bar.js";
import { drawLog } from "./log.js";
import { drawMachine } from "./machine.js";
import { drawMeaning } from "./meaning.js";
import { drawPieces, makeTyping, readyTyping } from "./typing.js";

const SLOW = 200;      /* milliseconds: below this a wait is not shown */
const LOST = 8000;     /* milliseconds: above this the kernel is asked about */

function renderDialogue({ model, el: place }) {
  const app = beginDialogue(model, place);
  const fresh = () => take(app, model.get("view"));
  const leave = watchKernel(app.root, model, () => dead(app));
  model.on("change:view", fresh);
  drawAll(app);
  return () => { model.off("change:view", fresh); leave(); clearTimeout(app.slow); clearTimeout(app.lost); };
}

function beginDialogue(model, place) {
  const part = (name, props = {}) => el("div", { class: name, ...props });
  const parts = { bar: part("bar"), gone: el("p", { class: "gone", role: "status", hidden: true }),
    log: part("log", { role: "log", "aria-label": "Dialogue" }), busy: part("busy", { hidden: true }), pieces: part("pieces"),
    trouble: el("p", { class: "trouble", role: "status", hidden: true }), mean: part("mean"), machine: part("machine"),
    words: el("pre", { class: "words mono", tabindex: 0, role: "region", "aria-label": "The dialogue in words", hidden: true }) };
  const app = { model, parts, view: model.get("view"), picked: null, words: false, drawn: { first: 0, count: 0 },
    turn: 0, waiting: false, still: Boolean(model.still), said: [], back: 0, names: { line: unique("line"), end: unique("end"), mean: unique("mean") } };
  Object.assign(app, deedsOf(app));
  parts.typing = makeTyping(app);
  parts.main = el("div", { class: "main2" },
    el("div", { class: "desk" }, parts.log, parts.busy, parts.typing, parts.pieces, parts.trouble, parts.mean), parts.machine);
  app.root = el("section", { class: "lm lm-live lm-dialogue", "aria-label": "Speak it yourself" }, parts.bar, parts.gone, parts.main, parts.words);
  place.append(app.root);
  return app;
}

/* What the reader can do. */
function deedsOf(app) {
  return {
    redraw: () => drawAll(app),
    ask: (deed, more = {}) => {
      if (app.waiting || app.still || app.gone) return;
      app.turn += 1;
      app.waiting = true;
      app.slow = setTimeout(() => { app.parts.busy.hidden = false; }, SLOW);
      app.lost = setTimeout(() => goneSince(app, "The kernel does not answer yet. It may be busy with another cell; if it stays so, run this cell again."), LOST);
      app.model.send({ do: deed, turn: app.turn, ...more });
    },
    explain: at => { app.picked = at; drawAll(app); },
    toggleWords: () => { app.words = !app.words; drawAll(app); },
  };
}

function take(app, view) {
  const grown = view.first + view.log.length !== app.view.first + app.view.log.length || view.host !== app.view.host;
  const anew = view.role !== app.view.role || view.service !== app.view.service || view.first + view.log.length < app.view.first + app.view.log.length;
  app.view = view;
  if (grown || anew) app.picked = null;
  if (anew) app.drawn = { first: 0, count: 0 };
  if (view.turn === app.turn) {
    answered(app);
    app.parts.gone.hidden = true;
  }
  drawAll(app);
}

/* The kernel has answered, or never will. */
function answered(app) {
  app.waiting = false;
  clearTimeout(app.slow);
  clearTimeout(app.lost);
  app.parts.busy.hidden = true;
}

function drawAll(app) {
  const { parts, view } = app;
  keepFocus(app.root, () => {
    parts.bar.replaceChildren(...drawBar(app));
    drawLog(app);
    readyTyping(app);
    parts.pieces.replaceChildren(...drawPieces(app));
    parts.mean.replaceChildren(...drawMeaning(app));
    parts.machine.replaceChildren(...drawMachine(app));
  });
  parts.trouble.hidden = !view.trouble;
  parts.trouble.textContent = view.trouble ?? "";
  parts.words.textContent = view.text;
  parts.words.hidden = !app.words;
  parts.main.hidden = app.words;
  if (app.still) goneSince(app, "This is the dialogue as it was. To speak yourself, run the notebook with a kernel.");
}

function goneSince(app, words) {
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = words;
}

/* Without a kernel nobody answers: what was said can still be read and explained. */
function dead(app) {
  if (app.gone) return;
  app.gone = true;
  answered(app);
  goneSince(app, "The kernel is gone. This is the dialogue as it was; run the cell again to speak.");
  drawAll(app);
}

const dialogueWidget = { render: renderDialogue };
export default dialogueWidget;
