import type { DemoConfig } from "../config/config.ts";
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

/** What the MCP side is made of; `timeoutMs` is for a whole call. */
export interface AppParts {
  readonly transport: Transport;
  readonly authorization: string;
  /** `user@realm!name`, or without a token the user who logs in. */
  readonly tokenId: string;
  /** The user whose login makes the calls that PVE takes from no token; absent: nobody's does. */
  readonly login?: string;
  readonly timeoutMs: number;
  readonly config: DemoConfig;
  /** What this PVE is called in records and plans. */
  readonly cluster: string;
  /** Every tool there is. */
  readonly tools: readonly ListedTool[];
  /** Values that must appear in no answer. */
  readonly secrets: readonly string[];
  readonly emptyReason: () => string | undefined;
  /** Where API descriptions of nodes are kept; absent: they are not. */
  readonly cacheFolder?: string | undefined;
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Time as waiting sees it; absent: the machine's. */
  readonly pace?: Pace;
  /** How long a person has to answer, in milliseconds; absent: two minutes. */
  readonly answerWithinMs?: number;
}
