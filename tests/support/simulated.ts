import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { createSimulator, type SimulatorOptions } from "../../src/simulator/server.ts";

/** 2026-04-01 09:00 UTC, a Wednesday. */
export const MORNING = Date.UTC(2026, 3, 1, 9) / 1000;

type Params = Readonly<Record<string, string | number | readonly string[]>>;

function encode(params: Params): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params))
    for (const item of Array.isArray(value) ? value : [value]) query.append(key, String(item));
  return query.toString();
}

/** An answer of the simulated PVE. `data` is untyped on purpose: tests compare it. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
  readonly data: any;
  readonly message: string | undefined;
  readonly errors: Readonly<Record<string, string>> | undefined;
  readonly changes: string | undefined;
}

/** What a response of the simulated PVE says. */
export function answerOf({ status, body }: { readonly status: number; readonly body: string }): Answer {
  const { data, message, errors, changes } = body.startsWith("{")
    ? JSON.parse(body)
    : ({} as Partial<Answer>);
  return { status, data, message, errors, changes };
}

/** The demo cluster on a clock that only tests move, with a way to call it as one of its tokens. */
export function simulated(scenario = clusterWorld, options: SimulatorOptions = {}) {
  const clock = new VirtualClock(MORNING);
  const { world, handle } = createSimulator(scenario(clock), options);
  /** `call("GET /nodes", {...}, "auditor")`: parameters go where PVE wants them. */
  const call = async (
    request: string,
    params: Params = {},
    as: keyof typeof DEMO_TOKENS = "admin",
  ): Promise<Answer> => {
    const [method = "GET", path = ""] = request.split(" ");
    const query = encode(params);
    const inBody = method === "POST" || method === "PUT";
    const { id, secret } = DEMO_TOKENS[as];
    const response = await handle({
      method,
      path: `/api2/json${path}${!inBody && query ? `?${query}` : ""}`,
      headers: {
        authorization: `PVEAPIToken=${id}=${secret}`,
        ...(inBody ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(inBody ? { body: query } : {}),
    });
    return answerOf(response);
  };
  /** Lets time pass, then reads how the task ended. */
  const finish = async (upid: string) => {
    clock.advance(600);
    const node = upid.split(":")[1];
    const { data } = await call(`GET /nodes/${node}/tasks/${upid}/status`);
    const log = await call(`GET /nodes/${node}/tasks/${upid}/log`, { limit: 500 });
    return {
      exitstatus: data.exitstatus as string,
      log: log.data.map((line: { t: string }) => line.t) as string[],
    };
  };
  return { world, clock, handle, call, finish };
}
