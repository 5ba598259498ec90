import type { ChangingRoute } from "../../policy/operations/operation.ts";
import type { Row } from "../../pve/data.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { stateOf } from "../settings.ts";
import type { ReadRoute } from "../topic.ts";
import { type Inverse, type MadeChange, type NowRead, none, type Params } from "./kinds.ts";
import { knownReason, reasonOf } from "./reasons.ts";
import { REVERSIBLE, reversalOf } from "./table.ts";

export type { Inverse, InverseRequest, MadeChange, NowRead } from "./kinds.ts";

/** A recorded change with how it went. */
interface EndedChange extends MadeChange {
  readonly outcome?: { readonly verdict: string; readonly upid?: string } | undefined;
}

/** Why a change that ended so is not taken back. */
const ENDINGS: Readonly<Record<string, string>> = {
  refused: "PVE refused it: nothing was changed.",
  failed: "its job failed: what it did before is not known.",
};

/** What takes a change back from the state that is there now; `now` undefined: what was changed is not there. */
export function inverseOf(change: EndedChange, now: Row | undefined): Inverse {
  const ending = change.outcome && ENDINGS[change.outcome.verdict];
  if (ending !== undefined) return none(ending);
  const way = wayOf(change);
  return typeof way === "string" ? none(way) : way(now);
}

/** Whether a change can be taken back, as long as nobody changes the same after it; a text: why not. */
export function undoable(route: Route, params: Params, before: Row | undefined): true | string {
  const way = wayOf({ route, params, before });
  return typeof way === "string" ? way : true;
}

/** Why no change of an operation is ever taken back, whatever is recorded; undefined where some are, or nothing is known. */
export const neverUndone = (route: Route): string | undefined =>
  reversalOf(route) ? undefined : knownReason(route);

/** What goes with a change that can be taken back, and does not come back with it: a noun. */
export const notRestored = (route: Route, params: Params, before: Row | undefined): string | undefined =>
  reversalOf(route)?.leaves?.({ route, params, before });

const wayOf = (change: MadeChange) => reversalOf(change.route)?.way(change) ?? reasonOf(change.route);

/** Where the state is read that an inverse starts from; undefined where there is none. */
export const presentRead = (route: Route): NowRead | undefined => reversalOf(route)?.present;

/** Where what a change replaces is read for the record, before it is sent; undefined where nothing tells. */
export function recordedRead(route: Route): NowRead | undefined {
  const reversal = reversalOf(route);
  return reversal?.records ? reversal.present : stateOf(route);
}

const reversals = REVERSIBLE.flatMap((route) => reversalOf(route) ?? []);

/** Every operation that an inverse may send. */
export const INVERSE_ROUTES: readonly ChangingRoute[] = [
  ...new Set(reversals.flatMap(({ sends }) => sends)),
].sort();

/** Every read that an inverse starts from, and those of the state before it, for the record. */
export const INVERSE_READS: readonly ReadRoute[] = [
  ...new Set([
    ...reversals.map(({ present }) => present.read),
    ...INVERSE_ROUTES.flatMap((route) => recordedRead(route)?.read ?? []),
  ]),
].sort();
