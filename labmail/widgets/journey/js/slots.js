/* Slots: which steps share a column.

   As a rule each step has one. A long journey is folded: a chapter is one slot until it is opened,
   and where even that is too much, only what lies around the reader is told apart: all before it is
   one slot, and all behind it. Of two journeys that are compared, partners share a slot.

   A slot: { a: [first, last] | null, b: [first, last] | null, chapter, folded } - the steps of the
   first and of the second journey that it stands for, and the number of its chapter (null where
   nothing is folded, SEVERAL where it has more than one). */

export const FOLD_ABOVE = 40;
export const SEVERAL = -1;
const NARROWEST = 17;     /* pixels of a column, where all steps are told apart */
const COMFORTABLE = 24;   /* where some are folded, there is room for more */
const CAPSULE = 44;

/* The slots of what is shown; `room` is how many pixels there are for columns. */
export function slotsOf(app, room) {
  if (app.other) return app.pairs.slots.map(([a, b]) => slot(a, a, b, b));
  const count = app.hides ? app.view.step + 1 : app.data.steps.length;
  const most = Math.min(FOLD_ABOVE, Math.max(8, Math.floor(room / NARROWEST)));
  if (count <= most) return Array.from({ length: count }, (_, i) => slot(i, i));
  const found = folded(app, count);
  const fit = found.reduce((sum, one) => sum + (one.folded ? CAPSULE : COMFORTABLE), 0) <= room;
  return fit && found.length <= FOLD_ABOVE ? found : around(app, found, room);
}

function slot(first, last, third = null, fourth = null, chapter = null) {
  return {
    a: first === null ? null : [first, last],
    b: third === null ? null : [third, fourth],
    chapter,
    folded: first !== null && last > first,
  };
}

/* A slot for each chapter, or for each step of one that is open. */
function folded(app, count) {
  return app.data.chapters.flatMap(({ start, end }, index) => {
    const last = Math.min(end, count - 1);
    if (start > last) return [];
    if (!app.view.opened.has(index)) return [slot(start, last, null, null, index)];
    return Array.from({ length: last - start + 1 }, (_, i) => slot(start + i, start + i, null, null, index));
  });
}

/* The slots around the reader, as many as there is room for; the rest in one before and one behind. */
function around(app, found, room) {
  const here = Math.max(0, found.findIndex(one => app.view.step <= one.a[1]));
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

function together(slots) {
  if (slots.length < 2) return slots;
  const chapters = new Set(slots.map(one => one.chapter));
  return [slot(slots[0].a[0], slots[slots.length - 1].a[1], null, null, chapters.size > 1 ? SEVERAL : slots[0].chapter)];
}

/* What a folded slot is called: its chapter, or the first and the last of several. */
export function titleOf(app, slot) {
  if (slot.chapter !== SEVERAL) return app.data.chapters[slot.chapter].titles[0];
  const at = step => app.data.chapters.find(({ start, end }) => start <= step && step <= end);
  return `${at(slot.a[0]).titles[0]} … ${at(slot.a[1]).titles[0]}`;
}

/* Is this journey folded at all? */
export function folds(app) {
  return app.slots.some(one => one.chapter !== null);
}

/* The slot in which the reader is. `view.step` is a step of the first journey, and with two
   journeys a slot. */
export function slotAt(app, step = app.view.step) {
  if (app.other) return Math.min(step, app.slots.length - 1);
  const found = app.slots.findIndex(one => one.a && step <= one.a[1]);
  return found < 0 ? app.slots.length - 1 : found;
}

/* The step at which one arrives by going to a slot: a folded chapter is seen from its end. Into one
   of several chapters, or of more steps than there is room for, one goes from the nearer side. */
export function stepOf(app, index) {
  if (app.other) return index;
  const { a } = app.slots[index];
  return isHeap(app, app.slots[index]) && app.view.step < a[0] ? entry(app, a[0]) : a[1];
}

/* Is it a slot of what there was no room for? */
export function isHeap(app, one) {
  return one.chapter === SEVERAL || (one.folded && app.view.opened.has(one.chapter));
}

/* Where one arrives by going to a step: at the end of its chapter, if that is folded. */
function entry(app, step) {
  const index = app.data.chapters.findIndex(({ start, end }) => start <= step && step <= end);
  return app.view.opened.has(index) ? step : app.data.chapters[index].end;
}

/* The first place of all. */
export function firstStep(app) {
  return app.other || !folds(app) ? 0 : entry(app, 0);
}

/* How many places there are to be at, and how many the reader may know of. */
export function places(app) {
  return app.other ? app.slots.length : app.data.steps.length;
}

/* The last step of journey number `side` that lies in or before a slot; -1 if there is none. */
export function reached(app, side, index) {
  for (let i = index; i >= 0; i -= 1) {
    const range = app.slots[i][side ? "b" : "a"];
    if (range) return range[1];
  }
  return -1;
}
