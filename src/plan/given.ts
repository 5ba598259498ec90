import { safeText, shownSetting } from "./difference/shown-setting.ts";
import type { Point } from "./point.ts";
import type { Step } from "./topic.ts";

/** Parameters that guard a request and set nothing. */
const GUARDS = new Set(["digest", "lock-token"]);

/**
 * What a request asks for, setting by setting, secrets hidden: a person is shown all of it, whatever the topics say
 * of it. Left out is what stands in the path and what is told already. @param among the number of the request, where
 * a plan has several
 */
export function givenPoint(
  { route, params }: Step,
  told: ReadonlySet<string>,
  among?: number,
): readonly Point[] {
  const entries = Object.entries(params)
    .filter(([name, value]) => value !== undefined && value !== null && !route.includes(`{${name}}`))
    .filter(([name]) => !GUARDS.has(name) && !told.has(name))
    .map(([name, value]) => `${name} ${shownSetting(name, safeText(name, value, route), route)}`);
  if (entries.length === 0) return [];
  return [{ says: among === undefined ? "With" : `With, in request ${among}`, entries, inRequest: true }];
}
