import type { ChangingRoute } from "../../policy/operations/operation.ts";
import type { Json, Row } from "../../pve/data.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { stateOf } from "../settings.ts";
import type { ReadRoute } from "../topic.ts";

/** Parameters of a request by name. */
export type Params = Readonly<Record<string, unknown>>;

/** A change as the record has it; of secrets only the marks that stand for them. */
export interface MadeChange {
  readonly route: Route;
  readonly params: Params;
  /** What `stateOf` told before; absent where nothing was read. */
  readonly before?: Row | undefined;
}

/** One request of an inverse. */
export interface InverseRequest {
  readonly route: ChangingRoute;
  readonly params: Params;
  /** Of a request that follows others: what guards it in the state as it is by then, or why it is not sent. */
  readonly recheck?: (now: Row) => { readonly digest?: string } | string;
}

/** What takes a change back, or why nothing does: a clause that begins in lower case and ends with a full stop. */
export type Inverse =
  | {
      readonly kind: "requests";
      readonly requests: readonly InverseRequest[];
      /** What is worth knowing besides, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "none"; readonly why: string };

/** A read of the state that an inverse starts from. */
export interface NowRead {
  readonly read: ReadRoute;
  /** The read's parameters, out of those of the change. */
  readonly params: (params: Params) => Params;
  /** The part that the change concerns. */
  readonly pick: (data: Json, params: Params) => Row;
}

/** The way back from the state that is there now; undefined: what was changed is not there. */
export type Way = (now: Row | undefined) => Inverse;

/** How the changes of an operation are taken back. */
export interface Reversal {
  /** Every operation that its requests may be. */
  readonly sends: readonly ChangingRoute[];
  readonly present: NowRead;
  /** What is recorded before is the same read, not that of `stateOf`. */
  readonly records?: true;
  /** The way back of one change; a text: why there is none, whatever is there now. */
  readonly way: (change: MadeChange) => Way | string;
  /** What goes with one change and does not come back: a noun. */
  readonly leaves?: (change: MadeChange) => string | undefined;
}

/** Reversals by the operation whose changes they take back. */
export type ReversalTable = { readonly [R in Route]?: Reversal };

/** Nothing takes it back. */
export const none = (why: string): Inverse => ({ kind: "none", why });

/** These requests take it back, one after another. */
export const requests = (all: readonly InverseRequest[], notes: readonly string[] = []): Inverse => ({
  kind: "requests",
  requests: all,
  notes,
});

/** Nothing tells what to go back to. */
export const NOT_RECORDED = "what was set before is not recorded.";
/** The change was none. */
export const NOTHING = "it changes nothing: all is so already.";
/** Somebody, or an earlier undo, has taken it back. */
export const BACK = "all is as it was before already.";
/** What was changed is gone. */
export const GONE = "it is not there any more.";

/** Where the state of what an operation changes is read. Throws for an operation that has no such read. */
export function presentOf(route: Route): NowRead {
  const state = stateOf(route);
  if (!state) throw new Error(`Nothing tells the state that ${route} changes.`);
  return state;
}
