import type { Route } from "../schema/routes.gen.ts";
import type { Json, World } from "./world.ts";

/** Who calls: the user or token after authentication. */
export interface Caller {
  /** `root@pam` or `root@pam!mcp`. */
  readonly id: string;
  /** The user behind a token. */
  readonly user: string;
}

/** A call that passed authentication, parameter check and permission check. */
export interface SimCall {
  readonly world: World;
  readonly caller: Caller;
  readonly route: Route;
  /** Decoded and typed by the endpoint table: integers are numbers, booleans are booleans, arrays are arrays. */
  readonly params: Readonly<Record<string, Value>>;
  /** Unix seconds at which the request arrived. */
  readonly now: number;
  /** The build of the node that answers: what it says of its version. */
  readonly version: World["version"];
  /** True when the caller holds the privilege on the path (for lists that PVE filters). */
  may(path: string, ...privileges: string[]): boolean;
  /** Starts a task and returns its UPID. */
  task(spec: TaskSpec): string;
  /** Another call in the caller's name, checked as if it had come by itself. */
  run(method: string, uri: string, params: Readonly<Record<string, unknown>>): Answer;
}

/** A parameter's value as its type says. */
export type Value = string | number | boolean | readonly Value[];

/** A task to start, worked out beforehand. */
export interface TaskSpec {
  readonly node: string;
  readonly type: string;
  readonly id: string;
  /** Seconds it takes. */
  readonly seconds: number;
  /** Log lines before the closing `TASK …` line, which the task adds itself. */
  readonly log?: readonly string[];
  /**
   * Runs as the task begins; may return further log lines, which spread over its time too. A thrown Error fails the
   * task with its message, and it soon ends.
   */
  readonly begun?: () => readonly string[] | undefined;
  /** Absent: OK. A text other than `OK` and `WARNINGS: n` is a failure. */
  readonly exitstatus?: string;
  /** Runs when the task ends well; a thrown Error fails the task with its message. May return further log lines. */
  readonly done?: (at: number) => readonly string[] | undefined;
  /** Runs when the task is stopped before its end. */
  readonly stopped?: () => void;
  /** Exit status when someone stops it; absent: PVE's `received interrupt`. */
  readonly interrupted?: string;
  /** What it still logs when someone stops it. */
  readonly lastWords?: (at: number) => readonly string[];
  /** PVE runs it in the foreground before answering: it has ended when the UPID is returned. */
  readonly sync?: boolean;
}

/** An answer with more than `data`: PVE adds `total` and `changes` beside it. */
export class Envelope {
  readonly data: Json;
  readonly extra: Readonly<Record<string, Json>>;
  constructor(data: Json, extra: Readonly<Record<string, Json>>) {
    this.data = data;
    this.extra = extra;
  }
}

/** An answer that is no JSON: the bytes of a file. */
export class FileAnswer {
  readonly content: string;
  constructor(content: string) {
    this.content = content;
  }
}

/** A refusal as PVE words it: `die` is a 500, a parameter error a 400 with the `errors` map. */
export class SimError extends Error {
  readonly status: number;
  readonly errors?: Readonly<Record<string, string>>;
  constructor(status: number, message: string, errors?: Readonly<Record<string, string>>) {
    super(message);
    this.status = status;
    if (errors) this.errors = errors;
  }
}

/** PVE's `die "..."`. */
export const die = (message: string): never => {
  throw new SimError(500, message);
};

/** PVE's `raise_param_exc`. */
export const badParams = (errors: Readonly<Record<string, string>>): never => {
  throw new SimError(400, "Parameter verification failed.", errors);
};

/** What a call is answered with: its data, with more beside it, or a file. */
export type Answer = Json | Envelope | FileAnswer;

/** The data of an answer; of a file, nothing. */
export function dataOf(answer: Answer): Json {
  if (answer instanceof FileAnswer) return null;
  return answer instanceof Envelope ? answer.data : answer;
}

/** Answers a call with its data; throws a SimError to refuse. */
export type Handler = (call: SimCall) => Answer;

/** The routes of one area. Registered together in server.ts; what is missing answers 501 "not simulated". */
export type Handlers = { readonly [R in Route]?: Handler };
