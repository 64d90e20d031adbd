/** Points in time of a graph: whole seconds since 1970. */
import { ArgumentError } from "../../base/errors.js";
import { show } from "../../base/show.js";

/** Seconds since 1970, an ISO 8601 date, or a Date. A date without a zone is local time, as in CloudVolume. */
export type Timestamp = number | bigint | string | Date;

const ISO =
  /^(\d{4}-?\d\d-?\d\d)(?:[T ](\d\d(?::?\d\d(?::?\d\d)?)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** Whole seconds, rounded up. @throws ArgumentError for what is no point in time. */
export function toUnixTime(timestamp: Timestamp): number {
  const seconds = secondsOf(timestamp);
  if (seconds !== undefined && Number.isSafeInteger(seconds)) return seconds;
  throw new ArgumentError("Not a point in time", {
    where: "timestamp",
    expected: 'seconds since 1970, a date such as "2024-05-01T12:00:00Z", or a Date',
    got: show(timestamp, 80),
  });
}

function secondsOf(timestamp: Timestamp): number | undefined {
  if (typeof timestamp === "bigint") return Number(timestamp);
  if (typeof timestamp === "number") return Math.ceil(timestamp) + 0;
  if (timestamp instanceof Date) return Math.ceil(timestamp.getTime() / 1000) + 0;
  return typeof timestamp === "string" ? parseIso(timestamp.trim()) : undefined;
}

function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = "", time = "00", fraction = "", zone = ""] = match;
  const date = day.replaceAll("-", "").replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const [hours = "00", minutes = "00", seconds = "00"] = time.replaceAll(":", "").match(/\d\d/g) ?? [];
  const offset = /^[+-]/.test(zone)
    ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`
    : zone.toUpperCase();
  const at = Date.parse(`${date}T${hours}:${minutes}:${seconds}${offset}`) / 1000;
  if (Number.isNaN(at) || Number(date.slice(8)) > daysIn(date)) return undefined;
  // A fraction of a second, however small, is rounded up.
  return at + (/[1-9]/.test(fraction) ? 1 : 0);
}

/** Date.parse takes the 31st of any month for a day of the next one. */
function daysIn(date: string): number {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
}
