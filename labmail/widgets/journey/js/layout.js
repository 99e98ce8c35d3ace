/* Where everything lies, in real pixels of the measured width: type never scales.

   One column a slot, one row a lane, rows in bands of one company:

        gutter         column  column  column
      ┌──────────────┬───────┬───────┬───────┬─┐
      │              │ chapter               │ │
      │ company      │                       │ │
      │  host        ┼───●───────◆───────────│ │
      │  host        ┼──────────────────■────│ │
      └──────────────┴───────┴───────┴───────┴─┘ */

import { measure } from "../../kit/dom.js";

export const LINE = 7;     /* from one road to the next on the same lane */
const TOP = 30;            /* room for the chapters */
const END = 18;            /* room behind the last column for end signs */
const NAME = "600 13px";

/* The columns, which two compared journeys share. */
export function columnsOf(app, width) {
  const gutter = gutterOf(app, width);
  const weights = app.slots.map(one => weight(app, one));
  const unknown = app.hides ? Math.max(3, 12 - app.slots.length) : 0;
  const total = weights.reduce((sum, w) => sum + w, 0) + unknown || 1;
  const unit = (width - gutter - END) / total;
  let x = gutter;
  const cols = weights.map(w => {
    const col = { x, w: unit * w, m: x + (unit * w) / 2 };
    x += col.w;
    return col;
  });
  return { width, gutter, unit, cols, right: unknown ? x : width - END, ask: unknown ? x : null };
}

/* The width left for columns, before it is known how many there are. */
export function roomFor(app, width) {
  return width - gutterOf(app, width) - END;
}

function weight(app, one) {
  if (one.folded) return 2;
  const step = one.a ? app.data.steps[one.a[0]] : app.other.steps[one.b[0]];
  return step.width;
}

function gutterOf(app, width) {
  const names = [app.data, ...(app.other ? [app.other] : [])].flatMap(data =>
    data.lanes.map(lane => measure(lane.title, NAME, app.font)));
  const least = width < 720 ? 120 : 176;
  return Math.min(Math.max(least, Math.ceil(Math.max(0, ...names)) + 46), Math.max(120, width * 0.3));
}

/* Rows and bands of one journey, from afar or inside the hosts. */
export function rowsOf(app, data) {
  const narrow = app.columns.width < 720;
  const rows = [], bands = [], y = [];
  let at = TOP, company = null, host = null;
  const lanes = app.view.inside
    ? data.inside.lanes
    : data.lanes.map((lane, index) => ({ host: index, room: "", title: lane.title }));
  for (const lane of lanes) {
    const owner = data.lanes[lane.host];
    if (owner.company !== company || !bands.length) {
      at += bands.length ? 6 : 0;
      bands.push({ company: owner.company, top: at });
      at += owner.company ? 20 : 4;
      company = owner.company;
    }
    if (lane.room && lane.host !== host) {
      rows.push({ head: true, host: lane.host, y: at + 10, title: owner.title, icon: owner.kind });
      at += 22;
    }
    const height = lane.room ? 31 : app.view.inside ? 34 : narrow || owner.kind === "names" ? 40 : 46;
    y.push(at + height / 2);
    rows.push(row(lane, owner, at + height / 2, app.view.inside || narrow));
    at += height;
    bands[bands.length - 1].bottom = at;
    host = lane.host;
  }
  return { rows, bands, y, top: TOP, height: at + 10 };
}

function row(lane, owner, y, terse) {
  if (lane.room) {
    return { host: lane.host, y, title: lane.title, note: "", icon: lane.icon, role: lane.role, indent: true };
  }
  const role = owner.kind === "names" ? "ask" : "person";
  return { host: lane.host, y, title: owner.title, note: terse ? "" : owner.note, icon: owner.kind, role };
}

/* The rows of the two ends of a step: [its own, its peer's or null]. */
export function endsOf(app, data, index) {
  const step = data.steps[index];
  return app.view.inside ? data.inside.at[index] : [step.lane, step.peer];
}
