import type { Readable, Writable } from "node:stream";

/** What a command sees of its process; main.ts is the only file that has the real one. */
export interface ProcessLike {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Writes a line to stderr: stdout carries MCP and nothing else. */
  readonly log: (line: string) => void;
  readonly exit: (code: number) => never;
  readonly onSignal: (handler: () => void) => void;
  readonly parentId: () => number;
}
