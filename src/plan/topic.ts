import type { ChangingRoute } from "../policy/operations/operation.ts";
import type { Json, Row } from "../pve/data.ts";
import type { Guest } from "../pve/guests.ts";
import type { Block } from "../render/answer.ts";
import type { Endpoint } from "../schema/endpoint.ts";
import type { Route, RouteParams } from "../schema/routes.gen.ts";
import type { Point } from "./point.ts";

/** A read. */
export type ReadRoute = Extract<Route, `GET ${string}`>;

/** A request that a call would send, checked: its parameters are coerced, the path's placeholders among them. */
export interface Step {
  readonly route: Route;
  readonly params: Readonly<Record<string, unknown>>;
  /** Requests after it that put what it makes in its place: it is judged by where that ends up. */
  readonly moves?: readonly Step[];
  /** As in Checked: our tables do not know all of it. */
  readonly endpoint?: Endpoint;
}

/** Lines of lists that PVE_ALLOWED left out of what a plan read. */
export interface Hidden {
  readonly route: ReadRoute;
  readonly params: Readonly<Record<string, unknown>>;
  readonly count: number;
}

/** How a plan looks at what is there now. Each read is sent once a plan, whoever asks. */
export interface Look {
  /** An answer's data, its secrets taken out. Throws a PveError. */
  read<R extends ReadRoute>(route: R, params: RouteParams[R]): Promise<Json>;
  /** The same, undefined where PVE refuses or does not answer: for what a plan can do without. */
  tryRead<R extends ReadRoute>(route: R, params: RouteParams[R]): Promise<Json | undefined>;
  /** The guests, looked up for this plan. */
  guests(): Promise<readonly Guest[]>;
  /** `user@realm!name` of our own token. */
  readonly tokenId: string;
  /** The user whose login makes the calls that PVE takes from no token. */
  readonly login?: string;
  /** Address that the nodes see our connections come from; absent: not known. */
  readonly ownAddress?: string;
  /** What PVE_ALLOWED has left out of the reads answered so far. */
  readonly hidden?: () => readonly Hidden[];
  /** What waits to be applied to a node's network, as a diff; "" for nothing, undefined where it cannot be read. */
  readonly pendingNetwork?: (node: string) => Promise<string | undefined>;
}

/** What one topic found out about a step. */
export interface Finding {
  /** What is touched and what becomes of it, one line each, the most important first; names, sizes and ids in them. */
  readonly points: readonly Point[];
  /** Detail for whoever reads the whole plan. */
  readonly blocks?: readonly Block[];
  /** Parameters of the request whose values stand in the points; a plan says the others itself. */
  readonly tells?: readonly string[];
  /**
   * What must be the same when the plan is confirmed, by a name of its own: digests, names, run states. Never what
   * moves by itself (uptime, load).
   */
  readonly state?: Row;
  /** What a person types to confirm: the name of the guest, storage or user that goes. */
  readonly name?: string;
  /** What cannot be taken back, and why; absent: nothing is said. */
  readonly final?: string;
}

/**
 * Finds out one thing worth knowing before a step, for the routes that it is listed under. Throws a PveError only where
 * the plan makes no sense without the answer.
 */
export type Topic = (step: Step, look: Look) => Promise<Finding | undefined>;

/** What is worth knowing before operations, by the areas of the API; a plan tells an operation's topics in order. */
export type TopicTable = { readonly [R in ChangingRoute]?: readonly Topic[] };
