import { VirtualClock } from "../../src/simulator/clock.ts";
import { RECORDED_START, RECORDED_TOKENS, recordedWorld } from "../../src/simulator/scenarios/recorded.ts";
import { createSimulator } from "../../src/simulator/server.ts";
import { lastEnd } from "../../src/simulator/tasks.ts";
import { GeneratedIds } from "./generated-ids.ts";
import { shapeDifferences, shapeOf } from "./shape.ts";

/** One line of a recording. */
export interface RecordedCall {
  readonly id: number;
  readonly note?: string;
  readonly as: string;
  readonly method: string;
  /** Below `/api2/json`, percent-encoded as sent. */
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Milliseconds the call took. */
  readonly ms?: number;
  readonly body: unknown;
}

export interface Mismatch {
  readonly id: number;
  readonly kind: "status" | "error" | "shape";
  readonly text: string;
}

export interface ReplayReport {
  readonly calls: number;
  /** Calls recorded with an error. */
  readonly errors: number;
  readonly sameStatus: number;
  readonly sameError: number;
  readonly sameShape: number;
  readonly mismatches: readonly Mismatch[];
}

const AUTHORIZATION: Readonly<Record<string, string | undefined>> = {
  auditor: `PVEAPIToken=${RECORDED_TOKENS.auditor.id}=${RECORDED_TOKENS.auditor.secret}`,
  bad: `PVEAPIToken=${RECORDED_TOKENS.root.id}=00000000-0000-0000-0000-000000000000`,
  none: undefined,
};
const ROOT = `PVEAPIToken=${RECORDED_TOKENS.root.id}=${RECORDED_TOKENS.root.secret}`;
/** Whoever recorded an agent's good answer had waited for the agent. */
const AGENT_WAIT_SECONDS = 8;

export function parseRecording(text: string): RecordedCall[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as RecordedCall);
}

function encodeParams(params: Readonly<Record<string, unknown>>, ids: GeneratedIds): string {
  const form = new URLSearchParams();
  for (const [name, raw] of Object.entries(params)) {
    const value = ids.param(name, raw);
    for (const item of Array.isArray(value) ? value : [value])
      form.append(name, item === true ? "1" : item === false ? "0" : String(item));
  }
  return form.toString();
}

/** The answer's JSON, or its text when it has none. */
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

type Body = Readonly<Record<string, unknown>>;
const asBody = (value: unknown): Body => (typeof value === "object" && value !== null ? (value as Body) : {});

function errorText(body: unknown, ids: GeneratedIds): string {
  const { message, errors } = asBody(body);
  const sorted = Object.entries(asBody(errors)).sort(([a], [b]) => (a < b ? -1 : 1));
  return ids.text(JSON.stringify({ message, errors: sorted }));
}

/** Plays a recording's calls in order against scenario `recorded` and compares every answer. */
export async function replay(calls: readonly RecordedCall[]): Promise<ReplayReport> {
  const clock = new VirtualClock(RECORDED_START);
  const simulator = createSimulator(recordedWorld(clock));
  const ids = new GeneratedIds();
  const mismatches: Mismatch[] = [];
  const counts = { errors: 0, sameStatus: 0, sameError: 0, sameShape: 0 };
  let now = RECORDED_START;
  for (const call of calls) {
    const ready = /\/agent\//.test(call.path) && call.status === 200 ? AGENT_WAIT_SECONDS : 0;
    const target = Math.max(now + ready, lastEnd(simulator.world) ?? 0) + 0.01;
    clock.advance(target - now);
    now = target;
    const path = call.path
      .split("/")
      .map((part) => encodeURIComponent(ids.text(decodeURIComponent(part))))
      .join("/");
    const encoded = encodeParams(call.params, ids);
    const writes = call.method === "POST" || call.method === "PUT";
    const authorization = call.as in AUTHORIZATION ? AUTHORIZATION[call.as] : ROOT;
    const response = await simulator.handle({
      method: call.method,
      path: `/api2/json${path}${!writes && encoded !== "" ? `?${encoded}` : ""}`,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(writes && encoded !== "" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(writes && encoded !== "" ? { body: encoded } : {}),
    });
    const took = (call.ms ?? 0) / 1000;
    clock.advance(took);
    now += took;
    const body = parseBody(response.body);
    const report = (kind: Mismatch["kind"], text: string) => mismatches.push({ id: call.id, kind, text });
    if (response.status === call.status) counts.sameStatus++;
    else
      report(
        "status",
        `${call.method} ${call.path}: expected ${call.status}, got ${response.status} ${response.reason}`,
      );
    if (call.status >= 400) {
      counts.errors++;
      const [expected, actual] = [errorText(call.body, ids), errorText(body, new GeneratedIds())];
      if (expected === actual) counts.sameError++;
      else report("error", `expected ${expected}, got ${actual}`);
    }
    const differences = shapeDifferences(shapeOf(call.body), shapeOf(body));
    if (differences.length === 0) counts.sameShape++;
    else report("shape", `${call.method} ${call.path}: ${differences.slice(0, 6).join("; ")}`);
    if (response.status === call.status) ids.learn(call.body, body);
  }
  return { calls: calls.length, ...counts, mismatches };
}

/** A share in percent with one decimal; nothing to compare counts as all. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 1000) / 10;
}
