/* The summary: a line for each address. */

import { el, icon } from "../../kit/dom.js";

const STATES_OF = [["ok", "check"], ["wait", "clock"], ["bad", "cross"]];

export function drawSummary({ view }) {
  if (view.trouble) return [el("span", { class: "quiet" }, "Before the last change:"), ...lines(view)];
  return lines(view);
}

function lines(view) {
  return view.chains.map(chain => {
    const [state, sign] = STATES_OF[chain.code];
    return el("span", { class: `sign ${state}` }, icon(sign), " ", el("code", {}, chain.address),
      el("span", { class: "way" }, ` ${chain.summary.join("; ")}`));
  });
}
