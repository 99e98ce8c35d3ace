/* Slots: which steps share a column.

   As a rule each step has one. A long journey is folded: a chapter is one slot until it is opened,
   and where even that is too much, only what lies around the reader is told apart: all before it is
   one slot, and all behind it. Of two journeys that are compared, partners share a slot.

   A place is where the reader can be: a step, or of two journeys a pair of steps. A slot stands for
   places: { p: [first, last], a: [first, last] | null, b: … | null, chapter, folded } - a and b are
   the steps of the first and of the second journey, chapter the number of its chapter (null where
   nothing is folded, SEVERAL where it has more than one). */

export const FOLD_ABOVE = 40;
export const SEVERAL = -1;
const NARROWEST = 17;     /* pixels of a column, where all steps are told apart */
const COMFORTABLE = 24;   /* where some are folded, there is room for more */
const CAPSULE = 44;

/* The slots of what is shown; `room` is how many pixels there are for columns. */
export function slotsOf(app, room) {
  const most = Math.min(FOLD_ABOVE, Math.max(8, Math.floor(room / NARROWEST)));
  const singles = app.other ? pairs(app) : steps(0, app.hides ? app.view.step : app.data.steps.length - 1);
  if (singles.length <= most) return singles;
  if (app.other || app.hides) return around(app, singles.map(one => ({ ...one, chapter: SEVERAL })), room);
  const found = chapters(app);
  const fit = found.reduce((sum, one) => sum + (one.folded ? CAPSULE : COMFORTABLE), 0) <= room;
  return fit && found.length <= FOLD_ABOVE ? found : around(app, found, room);
}

function steps(first, last, chapter = null) {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const range = [first + i, first + i];
    return { p: range, a: range, b: null, chapter, folded: false };
  });
}

function pairs(app) {
  const range = step => (step === null ? null : [step, step]);
  return app.pairs.slots.map(([a, b], i) => ({ p: [i, i], a: range(a), b: range(b), chapter: null, folded: false }));
}

/* A slot for each chapter, or for each step of one that is open. */
function chapters(app) {
  return app.data.chapters.flatMap(({ start, end }, index) => {
    const each = steps(start, end, index);
    return app.view.opened.has(index) ? each : together(each);
  });
}

/* The slots around the reader, as many as there is room for; the rest in one before and one behind. */
function around(app, found, room) {
  const here = Math.max(0, found.findIndex(one => app.view.step <= one.p[1]));
  let from = here, to = here + 1, left = room - 2 * CAPSULE;
  const cost = i => (found[i].folded ? CAPSULE : COMFORTABLE);
  left -= cost(here);
  for (let grown = true; grown && to - from < FOLD_ABOVE - 2;) {
    grown = false;
    if (to < found.length && left >= cost(to)) { left -= cost(to); to += 1; grown = true; }
    if (from > 0 && left >= cost(from - 1)) { from -= 1; left -= cost(from); grown = true; }
  }
  return [...together(found.slice(0, from)), ...found.slice(from, to), ...together(found.slice(to))];
}

/* Several slots as one. */
function together(slots) {
  if (slots.length < 2) return slots;
  const span = key => {
    const ranges = slots.map(one => one[key]).filter(Boolean);
    return ranges.length ? [ranges[0][0], ranges[ranges.length - 1][1]] : null;
  };
  const owners = new Set(slots.map(one => one.chapter));
  return [{ p: span("p"), a: span("a"), b: span("b"), chapter: owners.size > 1 ? SEVERAL : slots[0].chapter, folded: true }];
}

/* What a folded slot is called: its chapter, or the first and the last of several. */
export function titleOf(app, slot) {
  if (slot.chapter !== SEVERAL) return app.data.chapters[slot.chapter].titles[0];
  const at = step => app.data.chapters.find(({ start, end }) => start <= step && step <= end).titles[0];
  const [from, to] = [at((slot.a ?? slot.b)[0]), at((slot.a ?? slot.b)[1])];
  return from === to ? from : `${from} … ${to}`;
}

/* Is this journey folded at all? */
export function folds(app) {
  return app.slots.some(one => one.chapter !== null);
}

/* The slot in which a place is: the reader's, or another. */
export function slotAt(app, place = app.view.step) {
  const found = app.slots.findIndex(one => place <= one.p[1]);
  return found < 0 ? app.slots.length - 1 : found;
}

/* The place at which one arrives by going to a slot: a folded chapter is seen from its end. Into one
   of several chapters, or of more steps than there is room for, one goes from the nearer side. */
export function stepOf(app, index) {
  const { p } = app.slots[index];
  return isHeap(app, app.slots[index]) && app.view.step < p[0] ? entry(app, p[0]) : p[1];
}

/* Is it a slot of what there was no room for? */
export function isHeap(app, one) {
  return one.folded && (one.chapter === SEVERAL || app.view.opened.has(one.chapter));
}

/* Where one arrives by going to a place: at the end of its chapter, if that is folded. */
function entry(app, place) {
  if (app.other || app.hides) return place;
  const index = app.data.chapters.findIndex(({ start, end }) => start <= place && place <= end);
  return app.view.opened.has(index) ? place : app.data.chapters[index].end;
}

/* The first place of all. */
export function firstPlace(app) {
  return folds(app) ? entry(app, 0) : 0;
}

/* How many places there are to be at. */
export function places(app) {
  return app.other ? app.pairs.slots.length : app.data.steps.length;
}
