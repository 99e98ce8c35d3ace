/* What the reader can do. Each action changes the view and has everything drawn anew. */

import { SEVERAL, firstPlace, isHeap, places, slotAt, stepOf } from "./slots.js";

const BEAT = 1200; /* milliseconds from step to step while playing */

/* The actions of an app; `draw` draws it anew. */
export function actions(app, draw) {
  const { view } = app;

  function change(news, focus) {
    Object.assign(view, news);
    draw();
    if (focus) focusKey(focus);
    keep(app);
  }

  function go(step, how) {
    const to = Math.max(0, Math.min(places(app) - 1, step));
    change({ step: to, guess: null, open: how === "play" || view.predict ? view.open : how === "drag" ? view.open : true });
    if (how === true) focusKey(`step-${slotAt(app)}`);
    if (how === "guess") focusGuess();
  }

  /* So many slots on or back. */
  function hop(by) {
    pause();
    if (app.hides && by > 0) return;
    if (by === -Infinity) go(firstPlace(app));
    else if (by === Infinity) go(places(app) - 1);
    else go(stepOf(app, Math.max(0, Math.min(app.slots.length - 1, slotAt(app) + by))));
  }

  function pause() {
    if (app.timer !== null) clearInterval(app.timer);
    app.timer = null;
  }

  function play() {
    if (view.predict) return;
    if (app.timer !== null) { pause(); draw(); return; }
    const again = view.step >= places(app) - 1;
    let begun = false;
    const beat = () => {
      if (again && !begun) { begun = true; go(firstPlace(app), "play"); return; }
      const next = slotAt(app) + 1;
      if (next >= app.slots.length || (begun && stopsIn(next))) { pause(); draw(); return; }
      begun = true;
      go(stepOf(app, next), "play");
    };
    app.timer = setInterval(beat, BEAT);
    beat();
  }

  /* ── where to stop ── */

  function stops(index) {
    return view.marks.get(index) ?? view.words.has(app.data.steps[index].label);
  }

  function stopsIn(index) {
    const slot = app.slots[index];
    if (app.other || !slot.a) return false;
    for (let i = slot.a[0]; i <= slot.a[1]; i += 1) if (stops(i)) return true;
    return false;
  }

  function toggleStop(slot) {
    if (app.other || !slot.a || slot.folded) return;
    view.marks.set(slot.a[0], !stops(slot.a[0]));
    change({});
  }

  function toggleStops(label) {
    if (view.words.has(label)) view.words.delete(label); else view.words.add(label);
    for (const index of [...view.marks.keys()]) if (app.data.steps[index]?.label === label) view.marks.delete(index);
    change({});
  }

  /* ── chapters, Predict, focus ── */

  function open(slot) {
    if (!slot || slot.chapter === null) return;
    if (isHeap(app, slot)) view.step = stepOf(app, app.slots.indexOf(slot));
    else if (view.opened.has(slot.chapter)) view.opened.delete(slot.chapter);
    else if (slot.chapter !== SEVERAL) { view.opened.add(slot.chapter); view.step = slot.a[0]; }
    change({});
    focusKey(`step-${slotAt(app)}`);
  }

  function foldAll() {
    view.opened.clear();
    change({});
  }

  function predict() {
    pause();
    const on = !view.predict;
    const again = on && view.step >= app.data.steps.length - 1;
    change({ predict: on, guess: null, only: null, open: on ? false : view.open, step: again ? 0 : view.step });
  }

  function focusKey(key) {
    [...app.root.querySelectorAll("[data-key]")].find(node => node.dataset.key === key)?.focus({ preventScroll: true });
  }

  function focusGuess() {
    const first = app.root.querySelector(".guess input:not(:disabled)");
    if (first) first.focus({ preventScroll: true }); else focusKey(`step-${slotAt(app)}`);
  }

  function scrub(event) {
    const column = event.target.closest?.("[data-slot]");
    if (!column || event.buttons !== 1) return;
    const to = stepOf(app, Number(column.dataset.slot));
    if (to !== view.step) go(to, event.type === "pointerdown" ? "click" : "drag");
  }

  app.parts.chart.addEventListener("pointerdown", scrub);
  app.parts.other.addEventListener("pointerdown", scrub);
  for (const part of [app.parts.chart, app.parts.other, app.parts.rail]) part.addEventListener("pointermove", scrub);

  return { change, go, hop, pause, play, stops, toggleStop, toggleStops, open, foldAll, predict, focusGuess };
}

/* Remembers the view, so that a page that is loaded again shows the same. */
function keep(app) {
  if (app.gone || app.model.still) return;
  clearTimeout(app.keeping);
  app.keeping = setTimeout(() => {
    const { step, inside, predict, twin, ends, tab, open, words, marks, opened } = app.view;
    app.model.set("view", { step: step + 1, inside, predict, twin, ends, tab, open,
      stops: [...words], marks: [...marks], opened: [...opened] });
    app.model.save_changes();
  }, 400);
}
