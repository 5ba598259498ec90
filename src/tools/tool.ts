import type { Category } from "../config/categories.ts";
import type { Tier } from "../config/settings.ts";
import type { Effect } from "../policy/effect.ts";
import type { Pve } from "../pve/client.ts";
import type { Json, Row } from "../pve/data.ts";
import type { Guest, GuestLookup } from "../pve/guests.ts";
import type { Reply } from "../pve/reply.ts";
import type { ChangeRecord } from "../record/record.ts";
import type { Answer, Job } from "../render/answer.ts";
import type { Apidoc } from "../schema/description/apidoc.ts";
import type { Endpoint } from "../schema/endpoint.ts";
import type { Route, RouteParams } from "../schema/routes.gen.ts";
import type { FollowedJob } from "./job-answers.ts";

/** What an input looks like to a client: plain JSON Schema, one type, no references. */
export interface InputSchema {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type: "string" | "integer" };
}

/** One input of a tool. Without `schema` its type, enum and limits come from the endpoint table. */
export interface Input {
  /** What the name does not tell. */
  readonly description?: string;
  /** The endpoint's name for it, when the tool's differs (`force_stop` for `force-stop`). */
  readonly of?: string;
  /** Must be given although PVE does not demand it, or need not although PVE does. */
  readonly required?: boolean;
  /** An input of ours: the endpoint does not know it and it is not sent. */
  readonly schema?: InputSchema;
}

/** The parameters of a route by name. */
export type ParamName<R extends Route> = Extract<keyof RouteParams[R], string>;

/** A tool as its author writes it: data, and code only where it has logic of its own. */
export interface ToolSpec<R extends Route = Route> {
  readonly name: string;
  readonly title: string;
  readonly tier: Tier;
  /** One or two sentences a model can act on. */
  readonly description: string;
  /** The operation it stands for. Effect, risk and annotations follow from it. */
  readonly route: R;
  /** Further operations it may send instead of or besides `route`. */
  readonly also?: readonly Route[];
  /** Reads it may send to do its work. */
  readonly reads?: readonly Route[];
  /**
   * The endpoint's parameters it lists, in order: a text is the description, "" none. Placeholders of the path are
   * listed by themselves; name them here only to describe them.
   */
  readonly params?: { readonly [K in ParamName<R>]?: string | Input };
  /** Inputs under a name of their own. */
  readonly inputs?: Readonly<Record<string, Input>>;
  /** Takes every other parameter of the endpoint in `params`. */
  readonly more?: boolean;
  /** `start` and `limit` of ours page its rows. */
  readonly paged?: boolean;
  /** A guest is named by `vmid` although the route has no such placeholder, or of either type. */
  readonly guest?: "qemu" | "lxc" | "any";
  readonly idempotent?: boolean;
  /** Takes any operation, which its argument `route` names; its own `route` stands for nothing then. */
  readonly any?: "read" | "change";
  /** Operations that the API tools are refused where this tool is left out; absent: `route` and `also`. */
  readonly closes?: readonly Route[];
  /** Offered only where changes are recorded, or where there is more than one cluster. */
  readonly needs?: "record" | "clusters";
  /** Its answers for several clusters can be laid side by side. */
  readonly everywhere?: true;
  /** The entry of the record that a call takes back. */
  readonly undoes?: (input: Row) => number | undefined;
  /** Its results hold text from outside the cluster, or it reaches outside. */
  readonly openWorld?: boolean;
  /** How the answer of `route` reads. */
  readonly answer?: (reply: Reply, call: ToolCall) => Answer;
  /** What has happened when PVE answers nothing ("User alice@pve created."), or what a started task does. */
  readonly done?: (call: ToolCall) => string;
  /** PVE has no digest for it: the state is read before and after, and the answer shows what changed. */
  readonly compare?: Compare;
  /** Logic of its own; calls PVE through `call.pve` alone. */
  readonly run?: (call: ToolCall) => Promise<Answer>;
}

/** A cluster as a caller may know it. */
export interface ClusterStanding {
  readonly name: string;
  /** Calls that name no cluster go to it. */
  readonly isDefault: boolean;
  readonly address?: string | undefined;
  readonly tier: Tier;
  /** PVE's release; absent: it could not be asked. */
  readonly version?: string | undefined;
  /** Why it cannot be used now. */
  readonly trouble?: string | undefined;
  /** What PVE_PROTECTED names there. */
  readonly protected: readonly string[];
}

/** Where to read the state that a write changes. */
export interface Compare {
  readonly route: Route;
  readonly params: (call: ToolCall) => Readonly<Record<string, unknown>>;
  /** The part that the write concerns. */
  readonly pick?: (data: Json, call: ToolCall) => Row;
  /** Nothing is left to read afterwards. */
  readonly gone?: boolean;
  /** Nothing is there to read before. */
  readonly fresh?: boolean;
}

/** One call of a tool, with its arguments checked and its guest and node found. */
export interface ToolCall {
  readonly tool: Tool;
  /** Arguments by the tool's own names. */
  readonly input: Row;
  /** The guest that `vmid` names. */
  readonly guest?: Guest;
  /** PVE, limited to the operations the tool declares. */
  readonly pve: Pve;
  /** Sends the tool's own route with its inputs under PVE's names; `changes` are set over them. */
  readonly send: (changes?: Readonly<Record<string, unknown>>) => Promise<Reply>;
  /** Follows jobs side by side for at most `waitMs`: how each stands then. */
  readonly follow: (jobs: readonly Job[], waitMs: number) => Promise<readonly FollowedJob[]>;
  /** How long to wait for jobs, in seconds. */
  readonly wait: number;
  readonly guests: GuestLookup;
  /** The operator's upper bound, for tools that must keep a default of PVE's within it. */
  readonly tier: Tier;
  readonly signal: AbortSignal;
  /** The call is only planned: writes are noted and answered as if they had been accepted. */
  readonly rehearsing?: true;
  /** What was recorded of changes; absent: nothing is. */
  readonly record?: ChangeRecord;
  /** Stands before the numbers of its entries, where other servers have records of their own. */
  readonly recordTag?: string | undefined;
  /** What this PVE is called in the record. */
  readonly cluster: string;
  /** Who makes the call, as the record has it. */
  readonly caller: string;
  /** Every cluster that the caller reaches, as each stands. */
  readonly clusters: () => Promise<readonly ClusterStanding[]>;
  /** Why the operator's settings do not offer a tool; undefined when they do. */
  readonly hidden: (tool: string) => string | undefined;
  /** Why the operator's settings keep an operation from the API tools; undefined when they do not. */
  readonly closed: (route: string) => string | undefined;
  /** The connected node's own description of its API; undefined where there is none. */
  readonly describe: () => Promise<Apidoc | undefined>;
  /** Why a list may be empty: the token has no privileges at all. Undefined otherwise. */
  readonly emptyReason: () => string | undefined;
  /** The user whose login makes the calls that PVE takes from no token; absent: nobody's does. */
  readonly login?: string | undefined;
}

/** A tool with what follows from its spec. */
export interface Tool extends ToolSpec {
  readonly category: Category;
  readonly effect: Effect;
  /** The operation as the connected node describes it, where our tables lack it or a parameter that is given. */
  readonly endpoint?: Endpoint;
}
