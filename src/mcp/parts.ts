import type { DemoConfig } from "../config/config.ts";
import type { Transport } from "../pve/transport.ts";
import type { ListedTool } from "../tools/input-schema.ts";

/** What a call hands back to MCP. */
export interface ToolResult {
  [key: string]: unknown;
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

/** What the MCP side is made of; `timeoutMs` is for a whole call. */
export interface AppParts {
  readonly transport: Transport;
  readonly authorization: string;
  readonly tokenId: string;
  readonly timeoutMs: number;
  readonly config: DemoConfig;
  /** Every tool there is. */
  readonly tools: readonly ListedTool[];
  /** Values that must appear in no answer. */
  readonly secrets: readonly string[];
  readonly emptyReason: () => string | undefined;
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
}
