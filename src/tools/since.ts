const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * A moment as callers write it: `30m`, `12h`, `2d`, `1w` ago, a date or a date and time in UTC, or Unix seconds.
 * @param now Unix seconds
 * @returns Unix seconds; undefined for anything else
 */
export function parseSince(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})\s*([mhdw])$/i.exec(text.trim());
  if (ago) return Math.floor(now - Number(ago[1]) * (UNITS[(ago[2] ?? "").toLowerCase()] ?? 0));
  if (/^\d{9,11}$/.test(text.trim())) return Number(text);
  const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(?:\s*(?:Z|UTC))?)?$/i.exec(
    text.trim(),
  );
  if (!date) return undefined;
  const at = Date.parse(`${date[1]}T${date[2] ?? "00:00"}${date[3] ?? ":00"}Z`);
  return Number.isNaN(at) ? undefined : at / 1_000;
}
