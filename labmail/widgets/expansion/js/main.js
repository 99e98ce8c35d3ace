/* The expansion: how it begins, and what is drawn when.

   Python tells all there is to know of a string in one dictionary, `view`, made anew for each string.
   The page keeps for itself: how far the reader has come (`step`, from 0: nothing computed yet),
   whether she predicts, what she has guessed, and whether words are shown in place of the picture.

       view ─┬─▶ head · typing · written, so far · rail · deck · said, guess · tree
       step ─┘ */

import { el, keepFocus, unique } from "../../kit/dom.js";
import { watchKernel } from "../../kit/kernel.js";
import { drawDeck } from "./deck.js";
import { drawGuess } from "./guess.js";
import { drawHead } from "./head.js";
import { drawRail } from "./rail.js";
import { drawSaid } from "./said.js";
import { drawTree } from "./tree.js";
import { makeTyping, readyTyping } from "./typing.js";
import { drawWritten } from "./written.js";

const SLOW = 200;      /* milliseconds: below this a wait is not shown */
const LOST = 8000;     /* milliseconds: above this the kernel is asked about */
const PACE = 1600;     /* milliseconds: from step to step while playing */

function renderExpansion({ model, el: place }) {
  const app = begin(model, place);
  const fresh = () => take(app, model.get("view"));
  const leave = watchKernel(app.root, model, () => {
    app.gone = true;
    tell(app, "The kernel is gone. This is the string as it was; run the cell again to change it.");
    drawAll(app);
  });
  model.on("change:view", fresh);
  drawAll(app);
  return () => { model.off("change:view", fresh); leave(); app.pause(); clearTimeout(app.slow); clearTimeout(app.lost); };
}

function begin(model, place) {
  const part = (name, props = {}) => el("div", { class: name, ...props });
  const parts = { head: part("head"), gone: el("p", { class: "gone", role: "status", hidden: true }),
    busy: part("busy", { hidden: true }), trouble: el("pre", { class: "trouble", role: "status", hidden: true }),
    written: part("written"), rail: part("rail"), said: part("said", { "aria-live": "polite" }), guess: part("guess"),
    deck: part("deck"), tree: part("tree"),
    words: el("pre", { class: "words mono", tabindex: 0, role: "region", "aria-label": "The expansion in words", hidden: true }) };
  const view = model.get("view");
  const app = { model, parts, view, step: 0, predict: view.predict, guess: null, twin: false, timer: null, turn: 0, waiting: false,
    still: Boolean(model.still), names: { text: unique("text"), guess: unique("guess") } };
  Object.assign(app, actions(app));
  app.step = app.predict ? 0 : view.stops.length;
  parts.typing = makeTyping(app);
  parts.main = part("main2", {});
  parts.main.append(parts.tree, el("div", { class: "now" }, parts.said, parts.guess));
  parts.picture = el("div", {}, parts.written, parts.rail, parts.deck, parts.main);
  app.root = el("section", { class: "lm lm-live lm-expansion", "aria-label": "An expansion, step by step" },
    parts.gone, parts.head, parts.typing, parts.busy, parts.trouble, parts.picture, parts.words);
  place.append(app.root);
  return app;
}

/* What the reader can do. */
function actions(app) {
  const last = () => app.view.stops.length;
  const draw = () => drawAll(app);
  const go = (step, focus = "") => {
    app.step = Math.max(0, Math.min(last(), step));
    app.guess = null;
    draw();
    if (focus) app.root.querySelector(`[data-key="${focus}"]`)?.focus({ preventScroll: true });
  };
  const pause = () => { clearInterval(app.timer); app.timer = null; };
  return {
    go, pause, draw,
    hop: by => { pause(); go(app.step + by); },
    play: () => {
      app.predict = false;
      if (app.timer !== null) { pause(); draw(); return; }
      if (app.step >= last()) app.step = 0;
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) { go(last()); return; }
      app.timer = setInterval(() => { if (app.step + 1 >= last()) pause(); go(app.step + 1); }, PACE);
      go(app.step + 1);
    },
    toggle: name => {
      pause();
      app[name] = !app[name];
      app.guess = null;
      if (name === "predict" && app.predict && app.step >= last()) app.step = 0;
      draw();
    },
    make: guess => { app.guess = guess; draw(); },
    ask: text => {
      if (app.waiting || app.still || app.gone) return;
      app.pause();
      app.turn += 1;
      app.waiting = true;
      app.slow = setTimeout(() => { app.parts.busy.hidden = false; }, SLOW);
      app.lost = setTimeout(() => tell(app, "The kernel does not answer yet. It may be busy with another cell; if it stays so, run this cell again."), LOST);
      app.model.send({ do: "expand", turn: app.turn, text });
    },
  };
}

function take(app, view) {
  const other = view.words !== app.view.words || view.turn === app.turn;
  app.view = view;
  if (view.turn === app.turn) {
    app.waiting = false;
    clearTimeout(app.slow);
    clearTimeout(app.lost);
    app.parts.busy.hidden = true;
    app.parts.gone.hidden = true;
  }
  if (other) {
    app.pause();
    app.guess = null;
    app.step = app.predict ? 0 : view.stops.length;
    app.field.value = view.trouble ? app.field.value : view.text;
  }
  drawAll(app);
}

function drawAll(app) {
  const { parts, view } = app;
  app.hides = app.predict && app.step < view.stops.length;
  app.now = app.step ? view.rows[view.stops[app.step - 1]] : null;
  app.until = app.now ? app.now.order : 0;
  if (app.step >= view.stops.length) app.until = Infinity;
  const picture = !app.twin && !view.long;
  keepFocus(app.root, () => {
    parts.head.replaceChildren(...drawHead(app));
    readyTyping(app);
    if (picture) drawPicture(app);
  });
  parts.picture.hidden = !picture;
  parts.words.hidden = picture;
  parts.words.textContent = view.words;
  parts.trouble.hidden = !view.trouble;
  parts.trouble.textContent = view.trouble ?? "";
  if (app.still) tell(app, "Go through it step by step. To change the string, run the notebook with a kernel.");
}

function drawPicture(app) {
  const { parts } = app;
  parts.written.replaceChildren(...drawWritten(app));
  parts.rail.replaceChildren(...drawRail(app));
  parts.deck.replaceChildren(...drawDeck(app));
  parts.said.replaceChildren(...drawSaid(app));
  parts.guess.hidden = !app.hides;
  parts.guess.replaceChildren(...(app.hides ? drawGuess(app) : []));
  parts.tree.replaceChildren(...drawTree(app));
}

function tell(app, words) {
  app.parts.gone.hidden = false;
  app.parts.gone.textContent = words;
}

const expansionWidget = { render: renderExpansion };
export default expansionWidget;
