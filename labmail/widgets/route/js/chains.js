/* The chains: one for each address, router below router, as they were asked. */

import { el, icon } from "../../kit/dom.js";

const KNOTS = { yes: "check", nay: "dash", fail: "cross", wait: "clock" };
const MARKS = { yes: ["check", "true"], no: ["cross", "false"], wait: ["clock", "not known"] };

export function drawChains(app) {
  return app.view.chains.map((chain, at) => el("div", { class: "chain", role: "group", "aria-label": `Route of ${chain.address}` },
    app.view.trouble ? el("p", { class: "small older" }, "the path before the last change") : null,
    chain.passes.map((pass, turn) => drawPass(app, at, pass, turn))));
}

function drawPass(app, chain, pass, turn) {
  return [
    el("h4", {}, icon(turn ? "right" : "letter"), el("span", {}, pass.of)),
    turn ? el("p", { class: "again quiet small" }, "a new address: it starts again at the top") : null,
    pass.hops.map((hop, at) => drawHop(app, [chain, turn, at], hop)),
    pass.rest.length ? el("p", { class: "hop off small" }, icon("dash"), " not asked any more: ", el("span", { class: "mono" }, pass.rest.join(", "))) : null,
    pass.ends.map(drawEnd),
  ];
}

function drawHop(app, place, hop) {
  const key = JSON.stringify(place);
  const on = key === JSON.stringify(app.here);
  const differs = place[1] === 0 && place[2] === app.view.difference;
  return el("div", { class: `hop ${hop.sign} ${place[2] ? "" : "first"}` },
    el("span", { class: "knot" }, icon(KNOTS[hop.sign])),
    differs ? el("div", { class: "difnote" }, icon("two"), "first difference") : null,
    el("button", { key, type: "button", "aria-pressed": String(on), tabindex: on ? 0 : -1, class: differs ? "differs" : null, "aria-label": label(hop), onclick: () => app.look(place, true) },
      el("span", { class: "name" }, el("code", {}, hop.router), el("span", { class: "verdict" }, hop.verdict)),
      el("span", { class: "pre" }, hop.asked.filter(asked => hop.sign !== "nay" || asked.mark !== "yes" || on).map(asked => drawAsked(asked, on))),
      hop.out.length ? el("span", { class: "out" }, icon("right"), ` becomes ${hop.out.join(", ")}`) : null,
      on && hop.change ? el("span", { class: "change small" }, el("b", {}, hop.answer ? "For it to take the address: " : "For it to be asked: "), hop.change) : null));
}

/* The line of a tree from which the configuration was generated is told of what is looked at. */
function drawAsked(asked, on) {
  const [sign, word] = MARKS[asked.mark];
  return el("span", { class: `q ${asked.mark}` }, icon(sign), el("span", { class: "vh" }, word), el("code", {}, asked.text),
    el("span", { class: "small because" }, [asked.why, where(asked).replace("line ", "line\u00a0"), on && asked.origin].filter(Boolean).join(" · ")));
}

function where(asked) {
  if (asked.line === null) return asked.file;
  return asked.file ? `${asked.file}:${asked.line}` : `line ${asked.line}`;
}

/* Verdict, reason and line in one sentence. */
function label(hop) {
  const last = hop.asked.findLast(asked => asked.mark !== "yes") ?? hop.asked.at(-1);
  return `${hop.router}: ${hop.verdict}` + (last ? `, ${last.text}: ${last.why || last.answer}, ${where(last)}` : "");
}

function drawEnd(end) {
  return el("div", { class: `hop end ${end.good ? "" : end.sign === "clock" ? "wait" : "fail"}` },
    el("span", { class: "knot" }, icon(end.sign)),
    el("div", { class: "last" },
      end.made ? el("div", {}, el("code", {}, end.address)) : null,
      end.transport && end.good ? el("div", {}, "transport ", el("code", { class: "by" }, end.transport)) : null,
      end.hosts.map(host => el("div", { class: "mono" }, host)),
      end.mailbox ? el("div", { class: "mono" }, end.mailbox) : null,
      end.text ? el("div", { class: end.good ? null : end.sign === "clock" ? "wait-words" : "bad-words" }, end.text) : null,
      end.runs_as ? el("div", { class: "small quiet" }, `would run as ${end.runs_as}`) : null));
}
