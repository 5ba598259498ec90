import type { Safety, Surface } from "../config/config.ts";
import type { Transport } from "../pve/line/transport.ts";
import type { Pace } from "../pve/pace.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { Form } from "./question.ts";

/** What a call hands back to MCP. */
export interface ToolResult {
  [key: string]: unknown;
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

/** What a call comes to: an answer, a question to the client's user, or a job that the client follows itself. */
export type Outcome =
  | { readonly kind: "result"; readonly result: ToolResult }
  | { readonly kind: "ask"; readonly form: Form; readonly state: string }
  | { readonly kind: "task"; readonly task: TaskHandle };

/** A job as the client keeps it (`io.modelcontextprotocol/tasks`). */
export interface TaskHandle {
  readonly taskId: string;
  readonly status: "working" | "completed" | "cancelled" | "failed";
  readonly statusMessage?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  /** Of a task that has ended: what the call would have answered. */
  readonly result?: ToolResult;
}

/** A cluster as the MCP side reaches it. */
export interface ClusterParts {
  /** What this PVE is called in records, plans and the argument `cluster`. */
  readonly name: string;
  /** Address of its first node; absent: there is none to tell. */
  readonly address?: string;
  readonly transport: Transport;
  readonly authorization: string;
  /** `user@realm!name`, or without a token the user who logs in. */
  readonly tokenId: string;
  /** The user whose login makes the calls that PVE takes from no token; absent: nobody's does. */
  readonly login?: string;
  /** For a whole call, in milliseconds. */
  readonly timeoutMs: number;
  readonly surface: Surface;
  readonly safety: Safety;
  readonly emptyReason: () => string | undefined;
  /** Why the cluster cannot be used now, as sentences; undefined when it can. Absent: that shows by its calls. */
  readonly trouble?: () => Promise<string | undefined>;
}

/** Told of what calls do, for figures. */
export interface CallObserver {
  /** A call to a tool has ended after so many seconds. */
  called(tool: string, outcome: CallOutcome, seconds: number): void;
  /** So many jobs more (or fewer) are followed. */
  following(change: number): void;
}

/** How a call ended: `failed` is every answer that is an error, a refusal included. */
export type CallOutcome = "ok" | "failed" | "asked" | "task";

/** What the MCP side is made of. */
export interface HostParts {
  readonly clusters: readonly [ClusterParts, ...ClusterParts[]];
  /** The cluster of calls that name none. */
  readonly defaultCluster?: string | undefined;
  /** The settings come from a file (PVE_CONFIG), not from variables: advice names its keys. */
  readonly fromFile?: boolean;
  readonly output: "text" | "json";
  readonly structured: boolean;
  /** Every tool there is. */
  readonly tools: readonly ListedTool[];
  /** Values that must appear in no answer. */
  readonly secrets: readonly string[];
  /** Where API descriptions of nodes are kept; absent: they are not. */
  readonly cacheFolder?: string | undefined;
  /** Makes codes and task ids; absent: a key that lives as long as the process. */
  readonly stateKey?: Buffer | undefined;
  readonly observer?: CallObserver | undefined;
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Time as waiting sees it; absent: the machine's. */
  readonly pace?: Pace;
  /** How long a person has to answer, in milliseconds; absent: two minutes. */
  readonly answerWithinMs?: number;
}
