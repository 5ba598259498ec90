const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DAY_MS = 86_400_000;

/**
 * When something expires, in milliseconds since 1970: a time with its zone (`2027-01-01T00:00:00Z`), or a date
 * alone, which is good to its end in UTC. Undefined when it is neither, or no day of the calendar.
 */
export function parseExpiry(text: string): number | undefined {
  const [, year, month, day, hours] = TIME.exec(text) ?? DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, date.length) !== date)
    return undefined;
  return hours === undefined ? midnight + DAY_MS : Date.parse(text);
}
