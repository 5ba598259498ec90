/** A calendar event (systemd.time as PVE reads it) taken apart; undefined parts match everything. */
interface Calendar {
  readonly weekdays?: ReadonlySet<number>;
  readonly months?: ReadonlySet<number>;
  readonly days?: ReadonlySet<number>;
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
}

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const SHORTHANDS: Readonly<Record<string, string>> = {
  minutely: "*:*",
  hourly: "*:00",
  daily: "00:00",
  weekly: "mon 00:00",
  monthly: "*-1 00:00",
  quarterly: "1,4,7,10-1 00:00",
  semiannually: "1,7-1 00:00",
  "semi-annually": "1,7-1 00:00",
  yearly: "1-1 00:00",
  annually: "1-1 00:00",
};
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step);

/** `0/15`, `8..18`, `1,2` or `*` as numbers between first and last; undefined when it is none of these. */
function numbers(text: string, first: number, last: number): number[] | undefined {
  const found: number[] = [];
  for (const part of text.split(",")) {
    const match = /^(?:(\*)|(\d+)(?:\.\.(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, star, low, high, step] = match;
    const from = star ? first : Number(low);
    const to = star || (step && !high) ? last : Number(high ?? low);
    found.push(...range(from, Math.min(to, last), Number(step ?? 1)));
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

function weekdays(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [low, high] = part.split("..").map((day) => WEEKDAYS.indexOf(day.slice(0, 3)));
    if (low === undefined || low < 0 || high === -1) return undefined;
    for (let day = low; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === (high ?? low)) break;
    }
  }
  return days;
}

function parse(event: string): Calendar | undefined {
  const words = (SHORTHANDS[event.trim().toLowerCase()] ?? event).trim().split(/\s+/);
  let time = "00:00";
  const parts: { weekdays?: ReadonlySet<number>; months?: ReadonlySet<number>; days?: ReadonlySet<number> } =
    {};
  for (const word of words) {
    if (/^[a-z]/i.test(word)) {
      const days = weekdays(word);
      if (!days) return undefined;
      parts.weekdays = days;
    } else if (word.includes("-")) {
      const [day = "*", month = "*"] = word.split("-").reverse();
      const days = numbers(day, 1, 31);
      const months = numbers(month, 1, 12);
      if (!days || !months) return undefined;
      parts.days = new Set(days);
      parts.months = new Set(months);
    } else time = word;
  }
  const [first = "*", second] = time.split(":");
  // A single number is minutes of every hour.
  const hours = numbers(second === undefined ? "*" : first, 0, 23);
  const minutes = numbers(second ?? first, 0, 59);
  return hours && minutes ? { ...parts, hours, minutes } : undefined;
}

const DAY = 86400;

/**
 * The next time a calendar event comes true after `after`, in UTC; undefined for one that never does or that is not
 * understood (seconds are ignored).
 * @param after Unix seconds.
 */
export function nextEvent(event: string, after: number): number | undefined {
  const calendar = parse(event);
  if (!calendar) return undefined;
  const midnight = Math.floor(after / DAY) * DAY;
  for (let day = 0; day < 1500; day++) {
    const start = midnight + day * DAY;
    const date = new Date(start * 1000);
    if (calendar.weekdays && !calendar.weekdays.has(date.getUTCDay())) continue;
    if (calendar.days && !calendar.days.has(date.getUTCDate())) continue;
    if (calendar.months && !calendar.months.has(date.getUTCMonth() + 1)) continue;
    for (const hour of calendar.hours)
      for (const minute of calendar.minutes) {
        const time = start + hour * 3600 + minute * 60;
        if (time > after) return time;
      }
  }
  return undefined;
}
