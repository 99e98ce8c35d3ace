/* The drawings: sixteen pixels square, strokes only. Those that a picture of the trace uses come from
   labmail.trace.icons (PATHS); here are the ones for buttons and signs. */

export const DRAWINGS = {
  ...PATHS,
  play: "M5.2 3.2v9.6L12.8 8z",
  next: "M6.2 3.6 10.6 8l-4.4 4.4",
  prev: "M9.8 3.6 5.4 8l4.4 4.4",
  first: "M4.2 3.6v8.8M11.4 3.6 7 8l4.4 4.4",
  last: "M11.8 3.6v8.8M4.6 3.6 9 8l-4.4 4.4",
  stop: "M5.6 2.4h4.8l3.2 3.2v4.8l-3.2 3.2H5.6l-3.2-3.2V5.6z",
  quiz: "M8 1.9a6.1 6.1 0 1 1 0 12.2A6.1 6.1 0 0 1 8 1.9zM6.1 6.2c.2-1.1.9-1.7 1.9-1.7s1.9.7 1.9 1.7c0 1.4-1.9 1.4-1.9 2.9M8 11.4v.1",
  text: "M2.6 4.1h10.8M2.6 8h10.8M2.6 11.9h6.6",
  lock: "M3.6 7.2h8.8v6.2H3.6zM5.6 7.2V5.1a2.4 2.4 0 0 1 4.8 0v2.1",
  more: "M3.6 6 8 10.4 12.4 6",
  less: "M3.6 10.2 8 5.8l4.4 4.4",
  dash: "M3.6 8h8.8",
  drop: "M8 1.8C8 1.8 3.6 6.8 3.6 9.9a4.4 4.4 0 0 0 8.8 0C12.4 6.8 8 1.8 8 1.8z",
  two: "M2.2 3h11.6v4H2.2zM2.2 9.4h11.6v4H2.2zM8 7v2.4",
  plane: "M2 8 14 2.5 10.5 13.5 7.5 9.5zM7.5 9.5 14 2.5",
  box: "M2 13V7a3 3 0 0 1 6 0v6zM5 4h6a3 3 0 0 1 3 3v6H8M4 8.5h2M11 8V3.5h2",
  file: "M4 2h5.5L12.5 5v9H4zM9.5 2v3h3",
  right: "M2.5 8h10M9 4.5 12.5 8 9 11.5",
  pencil: "M3 13l.8-3.2 7-7 2.4 2.4-7 7zM9.4 4.2l2.4 2.4",
  unfold: "M8 2v12M5 4.6 8 1.8l3 2.8M5 11.4l3 2.8 3-2.8",
};

/* For each state of a letter the class of its colour and the name of its drawing. */
export const SIGNS = STATES;
