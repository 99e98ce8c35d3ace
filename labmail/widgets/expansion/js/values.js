/* Values: what a piece of the string has become, with a sign and a word where it is tainted.

   A line end is shown as a drawn tag, and nothing at all as a word, since both would not be seen. */

import { el, icon } from "../../kit/dom.js";

export function value(text) {
  if (text === "") return [el("i", { class: "nothing" }, "empty")];
  const lines = text.split("\n");
  return lines.flatMap((line, at) => at < lines.length - 1 ? [line, el("span", { class: "lf" }, "LF"), "\n"] : [line]);
}

export function taint() {
  return el("span", { class: "sign wait taint", title: "A stranger chose it: it may be compared, but may not name a file" }, icon("drop"), "tainted");
}

/* What a row has become, for the eye. */
export function outcome(row) {
  if (row.failed) return el("span", { class: "sign bad" }, icon("cross"), "fails");
  const yes = row.value === "true";
  if (row.kind === "condition") return el("span", { class: `sign ${yes ? "ok" : "no"}` }, icon(yes ? "check" : "cross"), yes ? "true" : "false");
  return el("span", { class: "val mono" }, value(row.value));
}

/* A row's name, as one would say it. */
export function called(row) {
  if (row.kind === "text") return row.plain ? "text" : "put together";
  if (row.kind === "variable" || row.kind === "header") return row.source;
  return row.name;
}

export const KINDS = { operator: "operator", item: "item", condition: "condition", variable: "variable", header: "header of the letter",
  text: "pieces put together", lookup: "lookup", if: "a decision", mistake: "a mistake in the form", fail: "forced failure",
  unknown: "an operator that nobody knows" };
