/** A change that is about to be sent. */
export interface Intent {
  /** Who asked, e.g. `stdio`. */
  readonly caller: string;
  /** Name and version of the MCP client. */
  readonly client?: string;
  /** Which cluster it goes to: the host of its URL, or `demo`. */
  readonly cluster: string;
  readonly tool: string;
  /** Method and path template, `POST /nodes/{node}/qemu/{vmid}/status/stop`. */
  readonly route: string;
  /** What is sent, the path's placeholders among it; secrets already removed. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Digest of the plan that was confirmed. */
  readonly plan?: string;
  /** How it was confirmed: `not needed`, `code`, `person`. */
  readonly confirmed: string;
  /** Values before the change, for undo; secrets already removed. */
  readonly before?: unknown;
  /** The entry that this one takes back. */
  readonly undoes?: number;
}

/** Every way in which a change ends. */
export const VERDICTS = ["ok", "warnings", "failed", "running", "refused", "unknown", "interrupted"] as const;

/** How a change ended; `running`: its task goes on, `unknown`: no answer came, `interrupted`: we ended first. */
export type Verdict = (typeof VERDICTS)[number];

/** How a change went. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly upid?: string;
  readonly detail?: string;
  /** Values after the change; secrets already removed. */
  readonly after?: unknown;
}

/** An outcome as it was recorded. */
export interface RecordedOutcome extends Outcome {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Milliseconds since the change was recorded. */
  readonly durationMs?: number;
}

/** A pair of lines. */
export interface RecordedChange {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The process that wrote it, by a random name. */
  readonly writer: string;
  readonly intent: Intent;
  /** Absent: nothing says how it ended. */
  readonly outcome?: RecordedOutcome;
}
