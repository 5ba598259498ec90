import type { World } from "./world.ts";

/** Seconds between two looks of HA's managers (PVE::HA::CRM, ::LRM work). */
const ROUND = 10;
/** When in its round the cluster's manager takes a request up, and a node's manager acts on it. */
const CRM_AT = 3;
const LRM_AT = 8;

/** The first moment at or after `at` that lies so far in a round. */
const next = (at: number, within: number) => at + ((((within - at) % ROUND) + ROUND) % ROUND);

/**
 * Lets HA act on a request of the time `at`: the cluster's manager sees it at its next round, the manager of a node at
 * one of its own after that. While HA is disarmed it waits.
 */
export function atHaRound(world: World, at: number, act: (at: number) => void): void {
  world.ha.due ??= [];
  world.ha.due.push({ at: next(next(at, CRM_AT), LRM_AT), act });
}

/** Takes out the first act that is due by `now` and not after `before`; undefined when there is none. */
export function takeDue(world: World, now: number, before: number): (() => void) | undefined {
  const { due = [], disarmed } = world.ha;
  let first: (typeof due)[number] | undefined;
  for (const one of due) if (!first || one.at < first.at) first = one;
  if (!first || first.at > now || first.at > before) return undefined;
  const { at, act } = first;
  if (disarmed !== undefined) {
    first.at = at + ROUND;
    return () => undefined;
  }
  due.splice(due.indexOf(first), 1);
  return () => act(at);
}

/** When the last act that is due comes; undefined when none is. */
export function lastDue({ ha: { due = [] } }: World): number | undefined {
  return due.length === 0 ? undefined : Math.max(...due.map(({ at }) => at));
}
