const CONTEXT = 3;

/** Where a side of a hunk begins and how long it is: an empty side is named by the line before it. */
const range = (start: number, count: number) => `${count === 0 ? start : start + 1},${count}`;

/**
 * The difference of two files' lines as `diff -u` words it: one hunk from the first to the last changed line; empty
 * when there is none. `from` and `to` are what follows `---` and `+++`.
 */
export function unifiedDiff(
  before: readonly string[],
  after: readonly string[],
  from: string,
  to: string,
): string {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (head === before.length && head === after.length) return "";
  const start = Math.max(0, head - CONTEXT);
  const lead = before.slice(start, head);
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  const trail = before.slice(before.length - tail).slice(0, CONTEXT);
  const count = (changed: readonly string[]) => lead.length + changed.length + trail.length;
  return [
    `--- ${from}`,
    `+++ ${to}`,
    `@@ -${range(start, count(removed))} +${range(start, count(added))} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
    "",
  ].join("\n");
}
