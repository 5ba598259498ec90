import type { Form } from "./question.ts";

/** How far a job is, for the client. */
export interface ProgressNote {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** What a call knows of who makes it, the same for every transport and protocol era. */
export interface ClientSide {
  readonly signal: AbortSignal;
  /** Who asks, as far as the transport knows: plans and records are theirs. */
  readonly caller: string;
  /** Names the request in the log; absent: the transport gives none. */
  readonly request?: string;
  /** The client program, for the record. */
  readonly client?: string;
  /** Absent: the client did not ask to be told. */
  readonly progress?: (note: ProgressNote) => void;
  /** How its user is asked. */
  readonly person: Person;
  /** The client takes a long job as a task of its own (`io.modelcontextprotocol/tasks`). */
  readonly takesTasks: boolean;
}

/** Why a call is aborted when it is not its client that cancels it. */
export const SHUTDOWN = "shutdown";

/** The server ends, and the call with it. */
export const isShuttingDown = ({ signal }: Pick<ClientSide, "signal">): boolean =>
  signal.aborted && signal.reason === SHUTDOWN;

/** Ways to ask the client's user. */
export type Person =
  /** The client cannot. */
  | { readonly kind: "none" }
  /** The client is asked while the call goes on; resolves with its raw result. */
  | { readonly kind: "push"; readonly ask: (form: Form, signal: AbortSignal) => Promise<unknown> }
  /** The call ends with the form and is made again with the answer. */
  | {
      readonly kind: "return";
      /** What came back with the repeated call: the state we sealed, and the client's raw result. */
      readonly answered?: { readonly state: string; readonly result: unknown };
    };
