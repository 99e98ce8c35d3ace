/* Times: the lab's are POSIX seconds, shown in UTC, as its logs have them. */

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const iso = time => new Date(time * 1000).toISOString();

export const date = time => iso(time).slice(0, 10);
export const clock = time => iso(time).slice(11, 16);
export const moment = time => `${DAYS[new Date(time * 1000).getUTCDay()]} ${clock(time)}`;
export const hour = time => moment(time).slice(0, 6);

/* "2 h 20 min": the two largest units. */
export function lasting(seconds) {
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return both(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return both(Math.floor(hours / 24), "d", hours % 24, "h");
}

const both = (much, unit, rest, less) => `${much} ${unit}${rest ? ` ${rest} ${less}` : ""}`;
