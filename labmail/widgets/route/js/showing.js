/* What is looked at is to be seen: in the chains, which scroll when they are long, and in the listing. */

/* As soon as there is room for it on the page. */
export function whenShown(node, act) {
  new ResizeObserver((_, watch) => {
    if (!node.clientHeight) return;
    watch.disconnect();
    act();
  }).observe(node);
}

/* Scrolls a box, and nothing around it, so that a part of it is seen; whatever is seen stays put. */
export function reveal(box, part) {
  const frame = box.getBoundingClientRect(), place = part.getBoundingClientRect();
  if (place.top >= frame.top && place.bottom <= frame.bottom) return;
  box.scrollTop += place.top - frame.top - box.clientHeight / 3;
}
