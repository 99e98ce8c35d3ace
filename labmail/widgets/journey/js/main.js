/* The journey widget: how it begins, and what the reader can do.

   `app` is all there is to know: the data (from Python, never changed here), the view (what the
   reader does), and the parts of the page. Every change of the view draws the parts anew; the focus
   is put back, and nothing moves but what changed.

       data ─┐
       view ─┴─▶ slots ─▶ columns ─▶ chart, rail · sentence, guess, deck, detail */

import { el, icon, keepFocus, unique } from "../../kit/dom.js";
import { drawChart } from "./chart.js";
import { drawDeck } from "./deck.js";
import { drawDetail } from "./detail.js";
import { drawGuess } from "./guess.js";
import { drawHead } from "./head.js";
import { columnsOf, roomFor } from "./layout.js";
import { actions } from "./actions.js";
import { follow } from "./live.js";
import { drawRail } from "./rail.js";
import { drawSentence } from "./sentence.js";
import { slotsOf } from "./slots.js";

const SYSTEM = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

function renderJourney({ model, el: place }) {
  const app = begin(model, place);
  Object.assign(app, actions(app, () => keepFocus(app.root, () => draw(app))));
  const leave = follow(app);
  draw(app);
  const watcher = new ResizeObserver(() => {
    if (Math.abs(app.root.clientWidth - (app.columns?.width ?? 0)) > 0.5) keepFocus(app.root, () => picture(app));
  });
  watcher.observe(app.root);
  return () => { watcher.disconnect(); app.pause(); leave(); };
}

function begin(model, place) {
  const part = name => el("div", { class: name });
  const parts = { heads: part("heads"), chart: part("chart"), other: part("chart"), rail: part("rail"), guess: part("guess"),
    sentence: el("div", { class: "sentence", "aria-live": "polite" }), deck: part("deck"), detail: part("detail"),
    gone: el("p", { class: "gone", role: "status", hidden: true }), long: part("long") };
  const root = el("section", { class: "lm lm-live lm-journey", "aria-label": "Journey of a letter" }, parts.gone, parts.heads, parts.long,
    parts.chart, parts.other, parts.rail, parts.sentence, parts.guess, parts.deck, parts.detail);
  place.append(root);
  const filled = key => Object.keys(model.get(key) ?? {}).length ? model.get(key) : null;
  const data = model.get("data");
  return { model, root, parts, data, other: filled("other"), pairs: filled("pairs"), timer: null,
    view: viewOf(model.get("view") ?? {}, data, filled("pairs")), names: { guess: unique("guess"), pane: unique("pane") } };
}

/* The view at the beginning: at the end of the journey, with everything closed, or as was asked. */
function viewOf(given, data, pairs) {
  const count = pairs ? pairs.slots.length : data.steps.length;
  const wanted = given.step ?? (given.predict ? 1 : pairs && pairs.first !== null ? pairs.first + 1 : count);
  return {
    step: Math.max(0, Math.min(count - 1, wanted - 1)), tab: given.tab ?? null, open: Boolean(given.open ?? (given.step && !given.predict)),
    inside: Boolean(given.inside), predict: Boolean(given.predict) && !pairs, twin: Boolean(given.twin), ends: Boolean(given.ends),
    words: new Set(given.stops ?? []), marks: new Map(given.marks ?? []), opened: new Set(given.opened ?? []),
    guess: null, only: null, side: 0,
  };
}

function draw(app) {
  const { parts, view } = app;
  app.hides = view.predict && view.step < app.data.steps.length - 1;
  parts.heads.replaceChildren(...(app.other ? [] : [drawHead(app, app.data, 0)]));
  picture(app);
  say(parts.sentence, drawSentence(app));
  parts.guess.hidden = !app.hides;
  parts.guess.replaceChildren(...(app.hides ? drawGuess(app) : []));
  parts.deck.replaceChildren(...drawDeck(app).filter(Boolean));
  parts.detail.replaceChildren(...drawDetail(app));
}

/* The pictures and the rail, for the width that there is. */
function picture(app) {
  const { parts } = app, width = app.root.clientWidth || 960;
  app.font = getComputedStyle(app.root).getPropertyValue("--lm-font").trim() || SYSTEM;
  app.slots = slotsOf(app, roomFor(app, width));
  app.columns = columnsOf(app, width);
  const pictures = !app.data.long && app.data.steps.length > 0;
  for (const part of [parts.chart, parts.rail]) part.hidden = !pictures;
  parts.other.hidden = !pictures || !app.other;
  parts.long.hidden = !app.data.long;
  if (app.data.long) long(app);
  if (!pictures) return;
  chartIn(app, parts.chart, app.data, 0);
  if (app.other) chartIn(app, parts.other, app.other, 1);
  drawRail(app, parts.rail);
}

function chartIn(app, box, data, side) {
  if (!app.other) { drawChart(app, box, data, side); return; }
  if (!box.firstChild) box.append(el("div", {}), el("div", {}));
  box.firstChild.replaceChildren(drawHead(app, data, side));
  drawChart(app, box.lastChild, data, side);
}

/* Too much for a picture: the words say more. */
function long(app) {
  if (app.parts.long.firstChild) return;
  app.parts.long.append(el("p", {}, icon("text"), "More than 10,000 events: the text says more than a picture would."),
    el("pre", { class: "well twin", tabindex: 0, role: "region", "aria-label": "The journey in words" },
      [app.data.twin, ...app.data.steps.flatMap(step => step.text)].join("\n")));
}

/* The sentence is read out whenever it changes, so it is only changed when it says something new. */
function say(box, parts) {
  const fresh = el("div", {}, parts);
  if (box.firstChild?.isEqualNode(fresh)) box.firstChild.replaceWith(fresh);
  else box.replaceChildren(fresh);
}

const journeyWidget = { render: renderJourney };
export default journeyWidget;
