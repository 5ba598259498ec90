import { API } from "../path.ts";
import { type Transport, type WireRequest, type WireResponse, wasUnsent } from "./transport.ts";

/** A node of the cluster and the way to it. */
export interface ClusterNode {
  /** What it is called in messages: its address. */
  readonly name: string;
  readonly transport: Transport;
}

/** A transport to whichever of several nodes answers. */
export interface FailOver extends Transport {
  /** Takes further nodes, after those it has; one that it has already is left out. */
  add(nodes: readonly ClusterNode[]): void;
}

/** A read that a node has not answered by then is asked of another one too. */
const SILENT_MS = 10_000;
/** After this a node that is down is looked at again, and then at growing distances, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_MOST_MS = 30_000;
const LOOK_MS = 5_000;
/** Another node may have a better answer: it reaches the node in question, or the PVE behind it runs. */
const ASK_ANOTHER: ReadonlySet<number> = new Set([502, 503, 504, 595]);
/** What a reverse proxy says when there is no PVE behind it. */
const NO_PVE: ReadonlySet<number> = new Set([502, 503, 504]);

interface State extends ClusterNode {
  /** Absent while it answers. */
  down?: { dueAt: number; delayMs: number; looking: boolean };
}

/** What fail-over takes from outside. */
export interface FailOverParts {
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Milliseconds, going forward only. */
  readonly now?: () => number;
  readonly silentMs?: number;
}

/**
 * One transport over several nodes of a cluster, the preferred one first. A read goes on to the next node when one
 * fails or is silent, a write only when surely nothing of it has left; all within the signal of the request. A node
 * that is down is asked last; with the next request it is looked at besides, and taken back when it answers.
 */
export function failOver(nodes: readonly ClusterNode[], parts: FailOverParts): FailOver {
  const { log, now = () => performance.now(), silentMs = SILENT_MS } = parts;
  const states: State[] = nodes.map((node) => ({ ...node }));
  let newest = states[0];

  const isDown = (state: State, why: string) => {
    // There is nothing to fail over to: the next request will see.
    if (states.length === 1) return;
    if (!state.down) {
      log(`${state.name} is not used for now: ${why}`);
      state.down = { dueAt: now() + LOOK_AGAIN_MS, delayMs: LOOK_AGAIN_MS, looking: false };
      return;
    }
    state.down.delayMs = Math.min(state.down.delayMs * 2, LOOK_AGAIN_MOST_MS);
    state.down.dueAt = now() + state.down.delayMs;
  };
  const isUp = (state: State) => {
    if (state.down) log(`${state.name} answers again.`);
    delete state.down;
  };
  const look = async (state: State) => {
    if (!state.down || state.down.looking || now() < state.down.dueAt) return;
    state.down.looking = true;
    try {
      const { status } = await state.transport.send(LOOK());
      if (NO_PVE.has(status)) isDown(state, `status ${status}`);
      else isUp(state);
    } catch (error) {
      isDown(state, messageOf(error));
    }
    if (state.down) state.down.looking = false;
  };
  const order = (): readonly State[] => {
    const down = states.filter((state) => state.down);
    for (const state of down) void look(state);
    down.sort((a, b) => (a.down?.dueAt ?? 0) - (b.down?.dueAt ?? 0));
    return [...states.filter((state) => !state.down), ...down];
  };
  const answered = (state: State, { status, reason }: WireResponse) => {
    newest = state;
    if (NO_PVE.has(status)) isDown(state, `status ${status} ${reason}`.trim());
    else isUp(state);
  };

  /** A write: to the next node only while surely nothing has left. */
  const write = async (request: WireRequest): Promise<WireResponse> => {
    const failures: Failure[] = [];
    for (const state of order()) {
      const begun = now();
      try {
        const response = await state.transport.send(request);
        answered(state, response);
        return response;
      } catch (error) {
        const stopped = request.signal?.aborted === true;
        const unsent = wasUnsent(error) === true;
        if (!stopped && unsent) isDown(state, messageOf(error));
        else if (now() - begun > silentMs) isDown(state, "it did not answer");
        if (stopped || !unsent) throw error;
        failures.push({ name: state.name, error });
      }
    }
    throw allFailed(failures);
  };

  /** A read: to the next node after a failure, and also while one is silent; the first good answer counts. */
  const read = (request: WireRequest): Promise<WireResponse> =>
    new Promise((resolve, reject) => {
      const line = [...order()];
      const end = new AbortController();
      const failures: Failure[] = [];
      const silent = new Set<State>();
      let poor: WireResponse | undefined;
      let asked = 0;
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", stop);
        end.abort();
      };
      const stop = () => {
        if (!request.slow) for (const state of silent) isDown(state, "it did not answer");
        end.abort();
      };
      const next = () => {
        clearTimeout(timer);
        const state = line.shift();
        if (state) return ask(state);
        if (asked > 0) return;
        finish();
        if (poor) resolve(poor);
        else reject(allFailed(failures));
      };
      const ask = (state: State) => {
        asked++;
        timer = setTimeout(() => {
          silent.add(state);
          if (line.length > 0 && !request.slow) next();
        }, silentMs);
        state.transport.send({ ...request, signal: end.signal }).then(
          (response) => {
            asked--;
            silent.delete(state);
            if (end.signal.aborted) return;
            answered(state, response);
            if (ASK_ANOTHER.has(response.status) && (line.length > 0 || asked > 0)) {
              poor = response;
              return next();
            }
            for (const other of silent) isDown(other, `it was silent, ${state.name} answered`);
            finish();
            resolve(response);
          },
          (error: unknown) => {
            asked--;
            silent.delete(state);
            failures.push({ name: state.name, error });
            if (request.signal?.aborted) {
              finish();
              return reject(error);
            }
            if (end.signal.aborted) return;
            if (wasUnsent(error)) isDown(state, messageOf(error));
            next();
          },
        );
      };
      request.signal?.addEventListener("abort", stop, { once: true });
      if (request.signal?.aborted) stop();
      next();
    });

  return {
    send: (request) => (request.method === "GET" ? read(request) : write(request)),
    close: () => {
      for (const { transport } of states) transport.close();
    },
    ownAddress: () => newest?.transport.ownAddress?.(),
    add: (more) => {
      for (const node of more)
        if (states.some(({ name }) => name === node.name)) node.transport.close();
        else states.push({ ...node });
    },
  };
}

/** Answered without a login, and without the three seconds that a refused one takes. */
const LOOK = (): WireRequest => ({
  method: "GET",
  path: `${API}/access/domains`,
  headers: { accept: "application/json" },
  signal: AbortSignal.timeout(LOOK_MS),
});

interface Failure {
  readonly name: string;
  readonly error: unknown;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** No node could be asked; the code and the certificate are those of the first, as far as there are. */
export class NoNode extends AggregateError {
  readonly unsent: boolean;
  readonly code?: unknown;
  readonly mistrust?: unknown;
  constructor(failures: readonly Failure[]) {
    const errors = failures.map(({ error }) => error);
    const told = failures.map(({ name, error }) => `${name}: ${messageOf(error)}`).join("; ");
    super(errors, `none of ${failures.length} nodes could be asked. ${told}`);
    this.unsent = errors.every((error) => wasUnsent(error) === true);
    const [first] = errors;
    if (first instanceof Error && "code" in first) this.code = first.code;
    if (first instanceof Error && "mistrust" in first) this.mistrust = first.mistrust;
  }
}

/** One error for all of them. */
const allFailed = (failures: readonly Failure[]): unknown =>
  failures.length === 1 ? failures[0]?.error : new NoNode(failures);
