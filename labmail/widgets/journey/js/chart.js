/* The picture of one journey, from back to front: bands, lanes and names, chapters, the column of
   now, silent hosts, the road to come as a grey ghost, the road so far, steps, marks, end signs. */

import { cut, measure, svg, unique } from "../../kit/dom.js";
import { SIGNS } from "../../kit/drawings.js";
import { rowsOf } from "./layout.js";
import { crossings, roadsOf } from "./roads.js";
import { drawSlot, drawing } from "./steps.js";
import { slotAt } from "./slots.js";

/* Draws journey `side` (0, or 1 for the one that it is compared with) into `box`. */
export function drawChart(app, box, data, side) {
  const rows = rowsOf(app, data), now = slotAt(app), { width } = app.columns;
  const lines = roadsOf(app, data, side, rows);
  const clip = unique("played"), hatch = unique("hatch");
  const edge = played(app, now);
  const shown = app.hides ? now : app.slots.length - 1;
  const parts = [
    svg("defs", {}, svg("clipPath", { id: clip },
      svg("rect", { class: "played", x: 0, y: 0, height: rows.height, width: edge })), hatching(hatch)),
    ground(app, data, rows),
    chapters(app, data, side, rows, shown),
    highlight(app, rows, now),
    silences(app, data, side, rows, hatch, now),
    gaps(app, data, side, rows, shown),
    app.hides ? null : lines.map(line => path(app, line, "ghost")),
    svg("g", { "clip-path": `url(#${clip})` }, lines.map(line => path(app, line, "road"))),
    lines.map(line => chevrons(app, line, edge)),
    app.slots.map((_, i) => i <= shown && drawSlot(app, data, side, rows, i, i <= now)),
    marks(app, data, lines, now),
    frame(app, rows),
    pointers(app, rows, shown, data, side),
  ];
  const picture = svg("svg", { class: "picture", width, height: rows.height, viewBox: `0 0 ${width} ${rows.height}`,
    role: "img", "aria-label": label(data, app) }, parts);
  glide(box, picture);
}

function label(data, app) {
  const steps = app.hides ? "" : ` in ${data.steps.length} steps`;
  return `Journey of the letter “${data.subject}”${steps}; the list of steps below says the same in words.`;
}

function played(app, now) {
  const { cols, right } = app.columns;
  if (!cols.length) return 0;
  return now === cols.length - 1 ? Math.max(right, cols[now].x + cols[now].w) : cols[now].x + cols[now].w;
}

function hatching(id) {
  return svg("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("path", { class: "hatchline", d: "M0 0V7" }));
}

function ground(app, data, rows) {
  const { width, gutter } = app.columns;
  const bands = rows.bands.map(band => [
    svg("rect", { class: "band", x: 8, y: band.top, width: width - 16, height: band.bottom - band.top, rx: 6 }),
    band.company && svg("text", { class: "firm", x: 18, y: band.top + 15 }, cut(band.company, gutter - 22, "650 11px", app.font)),
  ]);
  return [bands, rows.rows.map(row => name(app, row))];
}

function name(app, row) {
  const { gutter, width } = app.columns;
  const x = row.indent ? 38 : 18, room = gutter - x - 24;
  const bold = row.indent ? "400 13px" : "600 13px";
  const title = cut(row.title, room, bold, app.font);
  const lift = row.note ? -2 : 4;
  return [
    row.head ? null : svg("path", { class: "lane", d: `M${gutter + 4} ${row.y}H${width - 16}` }),
    svg("g", { class: `step done ${row.role ?? "person"}`, transform: `translate(${x + 7},${row.y + lift - 5})` }, drawing(row.icon, 14)),
    svg("text", { class: row.indent ? "" : "host", x: x + 20, y: row.y + lift }, title, title === row.title ? null : svg("title", {}, row.title)),
    row.note && svg("text", { class: "sub", x: x + 20, y: row.y + 13 }, cut(row.note, room, "400 11px", app.font)),
  ];
}

/* Titles get the room that their columns give; in Predict they do not tell what is to come. */
function chapters(app, data, side, rows, shown) {
  const { cols, width } = app.columns;
  const found = [];
  data.chapters.forEach((chapter, index) => {
    const mine = app.slots.flatMap((slot, i) => {
      const range = slot[side ? "b" : "a"];
      return range && range[1] >= chapter.start && range[0] <= chapter.end && i <= shown ? [i] : [];
    });
    if (!mine.length) return;
    const from = cols[mine[0]].x, last = cols[mine[mine.length - 1]], to = last.x + last.w;
    const end = index === data.chapters.length - 1 && !app.hides ? width - 4 : to;
    const hidden = app.hides && chapter.end > app.view.step;
    const titles = hidden ? chapter.titles.slice(-1) : chapter.titles;
    const fit = titles.find(title => measure(title, "600 12px", app.font) <= (hidden ? width : end) - from - 6);
    found.push(svg("text", { class: "chap", x: from + 5, y: 19 }, fit ?? ""));
    if (index && mine[0]) found.push(svg("path", { class: "cut", d: `M${from} 8V${rows.height}` }));
  });
  return found;
}

function highlight(app, rows, now) {
  const col = app.columns.cols[now];
  return col && svg("rect", { class: "nowcol", x: col.x, y: 27, width: col.w, height: rows.height - 27 });
}

/* Hosts that were called in vain, as far as the reader has come. */
function silences(app, data, side, rows, hatch, now) {
  const { cols, right } = app.columns;
  const at = column => app.slots.findIndex(slot => slot[side ? "b" : "a"]?.[1] >= column);
  return data.silences.map(silence => {
    const start = at(silence.start), end = silence.end === null ? -1 : at(silence.end);
    if (start < 0 || start > now) return null;
    const x = cols[start].x, to = end < 0 ? right : cols[end].x;
    const stop = app.hides ? Math.min(to, cols[now].x + cols[now].w) : to;
    const mine = rows.rows.filter(row => row.host === silence.lane && !row.head);
    const top = mine[0].y - 14, bottom = mine[mine.length - 1].y + 14;
    return [
      svg("rect", { x, y: top, width: Math.max(0, stop - x), height: bottom - top, rx: 3, fill: `url(#${hatch})` }),
      svg("text", { class: "silent", x: x - 6, y: (top + bottom) / 2 + 4 }, silence.words),
    ];
  });
}

/* Where the lab was stopped, a line across all lanes: nobody was there. */
function gaps(app, data, side, rows, shown) {
  return app.slots.map((slot, i) => {
    const range = slot[side ? "b" : "a"];
    if (!range || i > shown || slot.folded || data.steps[range[0]].component !== "lab") return null;
    return svg("path", { class: "gap", d: `M${app.columns.cols[i].m} ${rows.top}V${rows.height}` });
  });
}

/* ── roads and what lies on them ── */

function path(app, line, cls) {
  if (!line.path) return null;
  return svg("path", { class: `${cls}${line.road.back ? " back" : ""}${dim(app, line)}`, d: line.path });
}

/* Only one recipient's road, if the reader has chosen one. */
function dim(app, line) {
  const only = app.view.only;
  if (only === null || line.road.back) return only !== null && line.road.back ? " dim" : "";
  const end = app.data.ends[only];
  const mine = line.road.recipients.includes(end.recipient) || line.road.state === end.state;
  return mine && (line.road.recipients.includes(end.recipient) || !isAddress(app, end)) ? "" : " dim";
}

function isAddress(app, end) {
  return app.data.roads.some(road => road.recipients.includes(end.recipient));
}

function chevrons(app, line, edge) {
  return crossings(line).map(({ x, y, down }) => {
    if (app.hides && x > edge) return null;
    return svg("path", { class: `chev ${x <= edge ? "done" : ""}${dim(app, line)}`, d: `M${x - 4} ${y - 3 * down}l4 ${5 * down}l4 ${-5 * down}` });
  });
}

/* The letter itself, where the reader is; at the end of everything, what became of it. */
function marks(app, data, lines, now) {
  const { cols, right } = app.columns;
  if (!cols.length) return null;
  const atEnd = now === cols.length - 1 && !app.hides;
  const x = now === cols.length - 1 ? right : cols[now].x + cols[now].w;
  const groups = [];
  for (const line of lines) {
    if (line.first === null || line.first > now || (line.ends !== null && line.ends <= now)) continue;
    const y = line.ys[now];
    if (y === null || y === undefined) continue;
    if (atEnd) { groups.push({ y, lines: [line], sign: true }); continue; }
    const near = groups.find(group => Math.abs(group.y - y) < 18 && group.back === line.road.back);
    if (near) near.lines.push(line);
    else groups.push({ y, lines: [line], back: line.road.back });
  }
  return atEnd ? signs(app, groups, x) : groups.map(group => mark(app, group, x));
}

function mark(app, group, x) {
  const apart = new Set(group.lines.map(line => line.ys[slotAt(app)])).size;
  const inner = apart > 1 ? svg("text", { class: "count", y: 4 }, String(apart)) : drawing("letter", 11);
  return svg("g", { class: `mark${group.back ? " back" : ""}${dim(app, group.lines[0])}`, style: `transform:translate(${x}px,${group.y}px)` },
    svg("g", { transform: `scale(${Math.min(1, Math.max(0.7, app.columns.unit / 46))})` }, svg("circle", { r: 10 }), inner));
}

function signs(app, groups, x) {
  return heaps(groups).flatMap(heap => heap.map((group, i) => sign(app, group.lines[0], x - 24 * (i >> 1), heightIn(heap, i))));
}

function sign(app, line, x, y) {
  const arrived = ["delivered", "fetched"].includes(line.road.state), many = line.road.recipients.length;
  const [colour, drawn] = line.road.back && arrived ? ["bad", "letter"] : SIGNS[line.road.state] ?? SIGNS["under way"];
  return svg("g", { class: `endsign ${colour}${dim(app, line)}`, transform: `translate(${x},${y})` },
    svg("circle", { r: 11 }), many > 1 ? svg("text", { class: "count", y: 4 }, many < 100 ? String(many) : "…") : drawing(drawn, 12));
}

/* Ends that would lie upon each other, from above: they are set two by two. */
function heaps(groups) {
  const found = [];
  for (const group of [...groups].sort((a, b) => a.y - b.y)) {
    const last = found.at(-1);
    if (last && group.y - last.at(-1).y < 22) last.push(group); else found.push([group]);
  }
  return found;
}

function heightIn(heap, i) {
  const middle = heap.reduce((sum, one) => sum + one.y, 0) / heap.length;
  const alone = i === heap.length - 1 && i % 2 === 0;
  return alone ? middle : middle + (i % 2 ? 11.5 : -11.5);
}

/* ── what lies over everything ── */

/* The first difference of two journeys. */
function frame(app, rows) {
  const col = app.other && app.pairs.first !== null ? app.columns.cols[slotAt(app, app.pairs.first)] : null;
  return col && svg("rect", { class: "differs", x: col.x + 1, y: 28, width: col.w - 2, height: rows.height - 32, rx: 4 });
}

/* A column for the pointer; the keyboard has the list of steps below. */
function pointers(app, rows, shown, data, side) {
  return app.columns.cols.slice(0, shown + 1).map((col, i) => {
    const range = app.slots[i][side ? "b" : "a"];
    const step = range ? data.steps[range[1]] : null;
    return svg("rect", { class: "col", x: col.x, y: 0, width: col.w, height: rows.height, "data-slot": i },
      step && svg("title", {}, `${step.number}. ${step.answers[0]?.question ?? step.label}`));
  });
}

/* Puts the picture into its place; what moved, and only that, glides there from where it was. */
function glide(box, picture) {
  const clip = box.querySelector("rect.played"), before = [...box.querySelectorAll(".mark")].map(mark => mark.style.transform);
  const width = clip?.getAttribute("width");
  box.replaceChildren(picture);
  const fresh = picture.querySelector("rect.played"), to = fresh.getAttribute("width");
  if (width && width !== to) {
    fresh.style.width = `${width}px`;
    fresh.getBoundingClientRect();
    fresh.style.width = `${to}px`;
  }
  picture.querySelectorAll(".mark").forEach((mark, i) => {
    const target = mark.style.transform;
    if (!before[i] || before[i] === target) return;
    mark.style.transform = before[i];
    mark.getBoundingClientRect();
    mark.style.transform = target;
  });
}
