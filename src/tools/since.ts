const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const AGO = /^(\d{1,6})\s*([smhdw])$/i;
const SECONDS = /^\d{9,11}$/;
/** A date, or a date and time; without a zone it is UTC. */
const MOMENT =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)\s*(?:Z|UTC|([+-]\d\d):?(\d\d))?)?$/i;

/** What `parseSince` takes, for messages. */
export const SINCE_FORMS =
  "e.g. 12h, 2d (s, m, h, d, w), 2026-11-25 or 2026-11-25 06:00 (UTC without a zone)";

/**
 * A moment as callers write it: `30m`, `12h`, `2d`, `1w` ago, a date or a date and time, or Unix seconds.
 * @param now Unix seconds
 * @returns Unix seconds; undefined for anything else
 */
export function parseSince(text: string, now: number): number | undefined {
  const given = text.trim();
  const [, amount, unit = ""] = AGO.exec(given) ?? [];
  if (amount !== undefined) return now - Number(amount) * (UNITS[unit.toLowerCase()] ?? 0);
  if (SECONDS.test(given)) return Number(given);
  const [, date, clock = "00:00", hours, minutes = "00"] = MOMENT.exec(given) ?? [];
  if (date === undefined || !isDate(date)) return undefined;
  const zone = hours === undefined ? "Z" : `${hours}:${minutes}`;
  const at = Date.parse(`${date}T${clock}${zone}`);
  return Number.isNaN(at) ? undefined : at / 1_000;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDate(date: string): boolean {
  const at = new Date(`${date}T00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}
