import { findEndpoint } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { type Arguments, concerns, type Effect, type Risk } from "./operation.ts";
import { operationOf } from "./operations.ts";

export type { Effect, Risk };

/** What a call does and risks. */
export interface Classification {
  readonly effect: Effect;
  readonly risk: Risk;
  /** Why an argument raised the class, e.g. "skiplock ignores the guest's lock". */
  readonly reason?: string;
}

const READ: Classification = { effect: "read", risk: "none" };
const UNKNOWN: Classification = { effect: "write", risk: "loss" };

/** Class of an operation by itself, without any argument. Of known routes only, so it need not read the table. */
export function classOf(route: Route): Classification {
  const operation = operationOf(route);
  if (operation) return { effect: operation.effect, risk: operation.risk };
  return route.startsWith("GET ") ? READ : UNKNOWN;
}

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
  if (operation.risk === "loss") return true;
  return (operation.raises ?? []).some((raise) => {
    if (names) return names.some((name) => concerns(raise, route, name));
    return raise.allBut === true || raise.params.some((param) => !ROOT_ONLY.has(param));
  });
}

/** Is the operation in our tables: classified, or a GET that the endpoint table knows? */
export const isClassified = (route: string): boolean =>
  operationOf(route) !== undefined || (route.startsWith("GET ") && findEndpoint(route) !== undefined);

/**
 * Effect and risk of a call, from its route and its arguments, the path's among them. What our tables do not know is
 * a write with risk of loss.
 */
export function classify(route: string, params: Arguments = {}): Classification {
  const operation = operationOf(route);
  if (!operation) return isClassified(route) ? READ : UNKNOWN;
  let { effect, risk }: { effect: Effect; risk: Risk } = operation;
  let reason: string | undefined;
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
