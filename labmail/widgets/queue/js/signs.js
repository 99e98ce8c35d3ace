/* The signs of a letter's state in the queue: a word with a drawing and a colour, never colour alone. */

import { el, icon } from "../../kit/dom.js";
import { SIGNS } from "../../kit/drawings.js";

/* For each state the class of its colour, and its drawing. */
export const SIGNS_OF = { ...SIGNS, removed: ["bad", "cross"] };

export function chip(state) {
  return el("span", { class: `chip ${SIGNS_OF[state][0]}` }, icon(SIGNS_OF[state][1]), state === "under way" ? "new" : state);
}
