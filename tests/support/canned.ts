import type { Tier } from "../../src/config/settings.ts";
import { invoke } from "../../src/mcp/invoke.ts";
import { createSession } from "../../src/mcp/session.ts";
import { createPveClient } from "../../src/pve/client.ts";
import type { Transport, WireRequest, WireResponse } from "../../src/pve/line/transport.ts";
import type { Answer } from "../../src/render/answer.ts";
import { toText } from "../../src/render/text.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";
import { listing } from "../../src/tools/input-schema.ts";
import { virtualPace } from "./pace.ts";
import { OPEN_SAFETY } from "./session.ts";
import { plainSide } from "./side.ts";

/** A refusal of PVE. */
export class Refused {
  readonly status: number;
  readonly message: string;
  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** What PVE answers, by `GET /cluster/resources`: data, a refusal, or a function of the request's parameters; a promise may keep it waiting. */
export type Canned = Readonly<Record<string, unknown>>;

/** A fault of the program is one of the test. */
const fault = (error: unknown): never => {
  throw error;
};

export interface CannedSession {
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<string>;
  readonly abortable: (name: string, args: Record<string, unknown>, signal: AbortSignal) => Promise<Answer>;
  readonly answer: (name: string, args?: Record<string, unknown>) => Promise<Answer>;
  /** Every request that left, as `POST /nodes/pve1/vzdump all=1`. */
  readonly sent: string[];
}

/** A session on answers written down in the test: for what a simulated cluster would have to be bent to say. */
export function cannedSession(canned: Canned, tier: Tier = "full"): CannedSession {
  const sent: string[] = [];
  const respond = async (request: WireRequest): Promise<WireResponse> => {
    const [path = "", query = ""] = request.path.replace("/api2/json", "").split("?");
    const params = decodeURIComponent((request.body ?? query).replaceAll("+", " "));
    const route = `${request.method} ${decodeURIComponent(path)}`;
    sent.push(params === "" ? route : `${route} ${params}`);
    if (!(route in canned))
      return { status: 501, reason: `Method '${route}' not implemented`, headers: {}, body: "" };
    const entry = canned[route];
    const data: unknown =
      typeof entry === "function"
        ? await entry(new URLSearchParams(request.body ?? query), request.signal)
        : entry;
    return data instanceof Refused
      ? {
          status: data.status,
          reason: data.message,
          headers: {},
          body: JSON.stringify({ data: null, message: data.message }),
        }
      : { status: 200, reason: "OK", headers: {}, body: JSON.stringify({ data }) };
  };
  const transport: Transport = { send: respond, close: () => {} };
  const pve = createPveClient({
    transport,
    authorization: "PVEAPIToken=root@pam!t=x",
    timeoutMs: 30_000,
    tier,
  });
  const session = createSession({
    client: pve,
    tier,
    tokenId: "root@pam!t",
    cluster: "test",
    // Jobs are not followed: nothing here has a task list.
    safety: { ...OPEN_SAFETY, wait: 0 },
    pace: virtualPace(),
    hidden: () => undefined,
    closed: () => undefined,
    description: { read: async () => undefined, missing: () => "canned" },
    emptyReason: () => undefined,
    report: fault,
  });
  const abortable = async (name: string, args: Record<string, unknown>, signal: AbortSignal) => {
    const tool = CATALOGUE.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    const invoked = await invoke(session, listing(tool), args, plainSide(signal));
    if (invoked.kind === "ask") throw new Error("a question nobody can answer");
    return invoked.answer;
  };
  const answer = (name: string, args: Record<string, unknown> = {}) =>
    abortable(name, args, AbortSignal.timeout(60_000));
  return { abortable, answer, call: async (name, args) => toText(await answer(name, args)), sent };
}
