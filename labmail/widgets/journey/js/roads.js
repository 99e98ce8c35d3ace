/* Roads: the letter as a thick line, one for each group of recipients that go the same way.

   A road is told as points (step, row, offset): from this step on it lies there. Here these become
   corners in pixels. It runs along its row, and in the middle of a column it turns to the next. */

import { LINE } from "./layout.js";

/* All roads of a journey: where each is at every slot, and its path. */
export function roadsOf(app, data, side, rows) {
  return data.roads.map((road, index) => {
    const points = app.view.inside ? data.inside.roads[index] : road.points;
    const line = { road, index, first: null, ends: null, ys: [], corners: [] };
    trace(app, side, rows, points, line);
    return { ...line, path: rounded(line.corners) };
  });
}

function trace(app, side, rows, points, line) {
  const { cols, right } = app.columns;
  let y = null, next = 0;
  app.slots.forEach((slot, i) => {
    const range = slot[side ? "b" : "a"];
    if (line.ends !== null || !range) {
      line.ys.push(line.ends === null ? y : null);
      return;
    }
    const before = y;
    while (next < points.length && points[next][0] <= range[1]) {
      y = rows.y[points[next][1]] + points[next][2] * LINE;
      next += 1;
    }
    if (y !== null) {
      if (line.first === null) { line.first = i; line.corners.push([cols[i].m, y]); }
      else if (y !== before) line.corners.push([cols[i].m, before], [cols[i].m, y]);
      if (line.road.end !== null && line.road.end <= range[1]) {
        line.ends = i;
        line.corners.push([cols[i].m, y]);
      }
    }
    line.ys.push(y);
  });
  if (line.first !== null && line.ends === null) line.corners.push([right, y]);
}

/* A path through these corners whose turns are round. */
export function rounded(corners, radius = 9) {
  const points = corners.filter((p, i) => !i || p[0] !== corners[i - 1][0] || p[1] !== corners[i - 1][1]);
  if (points.length < 2) return "";
  let path = `M${points[0]}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    path += `L${towards(points[i], points[i - 1], radius)}Q${points[i]} ${towards(points[i], points[i + 1], radius)}`;
  }
  return `${path}L${points[points.length - 1]}`;
}

function towards(here, there, most) {
  const dx = there[0] - here[0], dy = there[1] - here[1];
  const length = Math.hypot(dx, dy) || 1;
  const part = Math.min(most, length / 2) / length;
  return [here[0] + dx * part, here[1] + dy * part];
}

/* Where the road crosses from lane to lane: its middle, and whether it goes down or up. */
export function crossings(line) {
  const found = [];
  for (let i = 1; i < line.corners.length; i += 1) {
    const [a, b] = [line.corners[i - 1], line.corners[i]];
    if (a[0] === b[0] && Math.abs(a[1] - b[1]) > 36) {
      found.push({ x: a[0], y: (a[1] + b[1]) / 2, down: b[1] > a[1] ? 1 : -1 });
    }
  }
  return found;
}
