/* Slots: which steps share a column.

   As a rule each step has one. A long journey is folded: a chapter is one slot until it is opened,
   and of a chapter that is long itself only the part around the reader's step is unfolded. Of two
   journeys that are compared, partners share a slot.

   A slot: { a: [first, last] | null, b: [first, last] | null, chapter, folded } - the steps of the
   first and of the second journey that it stands for. */

export const FOLD_ABOVE = 40;
const NARROWEST = 17;

/* The slots of what is shown; `room` is how many pixels there are for columns. */
export function slotsOf(app, room) {
  if (app.other) return app.pairs.slots.map(([a, b]) => slot(a, a, b, b));
  const count = app.hides ? app.view.step + 1 : app.data.steps.length;
  if (count <= Math.min(FOLD_ABOVE, Math.max(8, Math.floor(room / NARROWEST)))) {
    return Array.from({ length: count }, (_, i) => slot(i, i));
  }
  return folded(app, count, Math.min(FOLD_ABOVE, Math.max(8, Math.floor(room / NARROWEST) - 10)));
}

function slot(first, last, third = null, fourth = null, chapter = null) {
  return {
    a: first === null ? null : [first, last],
    b: third === null ? null : [third, fourth],
    chapter,
    folded: first !== null && last > first,
  };
}

function folded(app, count, window) {
  const found = [];
  app.data.chapters.forEach((chapter, index) => {
    const last = Math.min(chapter.end, count - 1);
    if (chapter.start > last) return;
    if (!app.view.opened.has(index)) {
      found.push(slot(chapter.start, last, null, null, index));
      return;
    }
    const here = Math.min(Math.max(app.view.step, chapter.start), last);
    let from = Math.max(chapter.start, here - Math.floor(window / 2));
    const to = Math.min(last, from + window - 1);
    from = Math.max(chapter.start, to - window + 1);
    if (from > chapter.start) found.push(slot(chapter.start, from - 1, null, null, index));
    for (let i = from; i <= to; i += 1) found.push(slot(i, i, null, null, index));
    if (to < last) found.push(slot(to + 1, last, null, null, index));
  });
  return found;
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

/* The step at which one arrives by going to a slot: a folded one is seen from its end. */
export function stepOf(app, index) {
  return app.other ? index : app.slots[index].a[1];
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
