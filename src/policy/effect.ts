import { findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import {
  type Arguments,
  concerns,
  type Effect,
  type Operation,
  type Risk,
  type StateRaise,
} from "./operations/operation.ts";
import { operationOf } from "./operations/operations.ts";

export type { Effect, Risk };

/** What a call does and risks. */
export interface Classification {
  readonly effect: Effect;
  readonly risk: Risk;
  /** Why it is more than it seems, e.g. "skiplock ignores the guest's lock". */
  readonly reason?: string;
}

const READ: Classification = { effect: "read", risk: "none" };
const UNKNOWN: Classification = { effect: "write", risk: "loss" };

/** Class of a call that our tables do not know whole: only the connected node describes it. A read of that kind needs the highest tier. */
export const classOfUnknown = (route: string): Classification => ({
  ...(route.startsWith("GET ") ? { effect: "write", risk: "none" } : UNKNOWN),
  reason: "this server's tables do not know all of it",
});

const plain = ({ effect, risk, says }: Operation): Classification =>
  says === undefined ? { effect, risk } : { effect, risk, reason: `it ${says}` };

/** Class of an operation by itself, without any argument. Of known routes only, so it need not read the table. */
export function classOf(route: Route): Classification {
  const operation = operationOf(route);
  if (operation) return plain(operation);
  return route.startsWith("GET ") ? READ : UNKNOWN;
}

/** Is it a plain read, whatever its arguments are? */
export const readsOnly = (route: Route): boolean => classOf(route).effect === "read";

/** Parameters that PVE takes from root@pam itself alone: no API token can send them. */
const ROOT_ONLY: ReadonlySet<string> = new Set([
  "skiplock",
  "migratedfrom",
  "stateuri",
  "force-cpu",
  "nocheck",
]);

/**
 * Has the operation risk of loss, by itself or by an argument? `names`: the parameters that can be given; absent: all.
 */
export function mayLose(route: Route, names?: readonly string[]): boolean {
  const operation = operationOf(route);
  if (!operation) return !route.startsWith("GET ");
  if (operation.risk === "loss" || operation.byState) return true;
  return (operation.raises ?? []).some((raise) => {
    if (names) return names.some((name) => concerns(raise, route, name));
    return raise.allBut === true || raise.params.some((param) => !ROOT_ONLY.has(param));
  });
}

/** Is the operation in our tables: classified, or a GET that the endpoint table knows? */
export const isClassified = (route: string): boolean =>
  operationOf(route) !== undefined || (route.startsWith("GET ") && findEndpoint(route) !== undefined);

/**
 * Effect and risk of a call, from its route and its arguments, the path's among them: at least this, where PVE's state
 * can raise it (`stateRaises`). What our tables do not know is a write with risk of loss.
 */
export function classify(route: string, params: Arguments = {}): Classification {
  const operation = operationOf(route);
  if (!operation) return isClassified(route) ? READ : UNKNOWN;
  let { effect, risk, reason }: { effect: Effect; risk: Risk; reason?: string } = plain(operation);
  // An absent value is not sent.
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
  for (const raise of operation.raises ?? []) {
    const raiser = given.find(
      ([name, value]) => concerns(raise, route, name) && (raise.when?.(value, params) ?? true),
    );
    if (!raiser) continue;
    risk = "loss";
    if (reason === undefined || (raise.effect && effect !== raise.effect))
      reason = `${raiser[0]} ${raise.says}`;
    effect = raise.effect ?? effect;
  }
  return reason === undefined ? { effect, risk } : { effect, risk, reason };
}

/** What PVE's state may raise this call by, beyond what its arguments make of it; none where there is nothing to ask. */
export function stateRaises(route: string, params: Arguments): readonly StateRaise[] {
  const byState = operationOf(route)?.byState ?? [];
  if (byState.length === 0) return byState;
  const { effect, risk } = classify(route, params);
  return byState.filter(
    (raise) =>
      (risk !== "loss" || (raise.effect !== undefined && raise.effect !== effect)) &&
      (raise.when?.(params) ?? true),
  );
}
