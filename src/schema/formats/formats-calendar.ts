/** Calendar events: `mon..fri 22:30`, `*-1..7 15:00`, `*:0/15`, `daily` (the syntax of systemd timers PVE uses). */
import type { FormatCheck } from "../issue.ts";

const KEYWORDS: ReadonlySet<string> = new Set([
  "minutely",
  "hourly",
  "daily",
  "weekly",
  "monthly",
  "quarterly",
  "semiannually",
  "semi-annually",
  "yearly",
  "annually",
]);

const DAY =
  "(?:sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?)";
const DAYS = new RegExp(`^${DAY}(?:(?:\\.\\.|-)${DAY})?(?:,${DAY}(?:(?:\\.\\.|-)${DAY})?)*$`, "i");

/** A number, a range (`8..17`, formerly `8-17`), a repetition (`0/15`, `*\/2`), or `*`; several by comma. */
const LIST_ENTRY = /^(?:\*|\d+(?:(?:\.\.|-)\d+)?)(?:\/[1-9]\d*)?$/;

function isList(text: string, lowest: number, highest: number): boolean {
  return text.split(",").every((entry) => {
    if (!LIST_ENTRY.test(entry)) return false;
    const [value = ""] = entry.split("/");
    const bounds = value === "*" ? [] : value.split(/\.\.|-/).map(Number);
    const [from = lowest, to = from] = bounds;
    return bounds.every((bound) => bound >= lowest && bound <= highest) && from <= to;
  });
}

/** Hours, minutes, seconds; a lone component is minutes. */
function isTime(text: string): boolean {
  const parts = text.split(":");
  if (parts.length === 1) return isList(text, 0, 59);
  const [hours = "", minutes = "", seconds = "0"] = parts;
  return parts.length <= 3 && isList(hours, 0, 23) && isList(minutes, 0, 59) && isList(seconds, 0, 60);
}

/** Years, months, days joined by dashes; the year may be left out. */
function isDate(text: string): boolean {
  const parts = text.split("-");
  if (parts.length < 2 || parts.length > 3) return false;
  const [days = "", months = "", years = "*"] = parts.reverse();
  return isList(days, 1, 31) && isList(months, 1, 12) && isList(years, 1970, 2200);
}

/** The first word that does not fit, or undefined. */
function misfit(words: readonly string[]): string | undefined {
  const rest = [...words];
  if (rest.length > 1 && rest.at(-1)?.toUpperCase() === "UTC") rest.pop();
  const [first = ""] = rest;
  if (rest.length === 1 && KEYWORDS.has(first.toLowerCase())) return undefined;
  let dated = false;
  if (DAYS.test(first)) {
    rest.shift();
    dated = true;
  }
  // A word of dashes only is a date; "10-14" alone would be a range of minutes, so a date comes before a time.
  if (rest[0] !== undefined && isDate(rest[0])) {
    rest.shift();
    dated = true;
  }
  if (rest[0] !== undefined && isTime(rest[0])) {
    rest.shift();
    dated = true;
  }
  if (rest[0] !== undefined) return rest[0];
  return dated ? undefined : (words[0] ?? "");
}

/** Loosely: what passes here may still be refused by PVE. */
const calendarEvent: FormatCheck = (value) => {
  const text = value.trim();
  if (text === "")
    return `invalid calendar event '${value}' - unable to parse calendar event - event is empty\n\n`;
  const wrong = misfit(text.split(/\s+/));
  return wrong === undefined
    ? undefined
    : `invalid calendar event '${value}' - unable to parse calendar event at '${wrong}' - Context("weekday")\n\n`;
};

/** Checks of calendar formats by PVE's name. */
export const CALENDAR_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-calendar-event": calendarEvent,
};
