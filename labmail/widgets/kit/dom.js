/* Elements, drawings and keys: what every widget's page is made of.

   Mail is written by strangers. Whatever comes from it is put into the page by `append` of a string,
   which makes a text node, and never as markup; there is no innerHTML in labmail. */

import { DRAWINGS } from "./drawings.js";

const SVG = "http://www.w3.org/2000/svg";
const FOCUSABLE = /^(button|input|select|textarea)$/;

/* An HTML element. `on…` is a listener, false and null leave an attribute out, `key` is a name under
   which it is found again after everything was drawn anew (see keepFocus). */
export function el(tag, props = {}, ...kids) {
  return fill(document.createElement(tag), props, kids);
}

/* The same for SVG. */
export function svg(tag, props = {}, ...kids) {
  return fill(document.createElementNS(SVG, tag), props, kids);
}

function fill(node, props, kids) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "key") node.dataset.key = value;
    else if (name === "checked") node.checked = true;
    else node.setAttribute(name, value === true ? "" : value);
  }
  /* In command mode JupyterLab listens to the keys of what is focused in an output: `d d` would
     delete the cell. It asks the focused element itself whether it may. */
  if (FOCUSABLE.test(node.localName) || "tabindex" in props) {
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  node.append(...kids.flat(Infinity).filter(kid => kid !== null && kid !== undefined && kid !== false));
  return node;
}

/* A drawing of 16 by 16 pixels; the words beside it say the same. */
export function icon(name) {
  const path = svg("path", { d: DRAWINGS[name] ?? DRAWINGS.dash });
  return svg("svg", { class: "i", viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

/* One Tab stop for a group; arrows, Home and End move inside it. */
export function roving(box, selector, pick) {
  box.addEventListener("keydown", event => {
    const all = [...box.querySelectorAll(selector)];
    const at = all.indexOf(event.target.closest(selector));
    const to = {
      ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
      Home: 0, End: all.length - 1,
    }[event.key];
    if (at < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (all[to]) pick(all[to], to);
  });
}

/* Drawing anew takes the focused element away: the one with its key gets the focus back. */
export function keepFocus(root, draw) {
  const holder = root.getRootNode().activeElement;
  const key = holder && root.contains(holder) ? holder.dataset.key : undefined;
  draw();
  if (key === undefined || root.contains(root.getRootNode().activeElement)) return;
  const heir = [...root.querySelectorAll("[data-key]")].find(node => node.dataset.key === key);
  if (heir && !heir.disabled) heir.focus({ preventScroll: true });
  else if (heir || key) root.querySelector("[data-key='play']:not(:disabled)")?.focus({ preventScroll: true });
}

let serial = 0;
const page = Math.random().toString(36).slice(2, 8);

/* A name that no other element of the page has, for clip paths and tabs. */
export function unique(word) {
  serial += 1;
  return `lm-${word}-${page}-${serial}`;
}

const pencil = document.createElement("canvas").getContext("2d");

/* How wide a text is in pixels, in a font such as "600 13px". */
export function measure(text, font, family) {
  pencil.font = `${font} ${family}`;
  return pencil.measureText(text).width;
}

/* The text, cut with an ellipsis to so many pixels. */
export function cut(text, room, font, family) {
  if (measure(text, font, family) <= room) return text;
  let shown = text;
  while (shown && measure(shown + "…", font, family) > room) shown = shown.slice(0, -1);
  return shown + "…";
}
