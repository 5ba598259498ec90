import type { ChangingRoute } from "../../policy/operations/operation.ts";
import { type Row, str } from "../../pve/data.ts";
import type { Route } from "../../schema/routes.gen.ts";
import type { GuestType } from "../difference/guest-disk.ts";
import { isOn } from "../difference/setting-value.ts";
import {
  GONE,
  type MadeChange,
  NOT_RECORDED,
  none,
  type Params,
  presentOf,
  type ReversalTable,
  requests,
  type Way,
} from "./kinds.ts";
import { changedSince, placeholdersOf } from "./values.ts";

/** How a guest stands; `saved`: its memory is on disk. */
type Power = "running" | "paused" | "saved" | "stopped";

function powerOf(status: Row): Power {
  if (str(status, "status") !== "running") return str(status, "lock") === "suspended" ? "saved" : "stopped";
  return str(status, "qmpstatus") === "paused" ? "paused" : "running";
}

/** What a verb makes of a guest, and what takes that back. */
interface PowerStep {
  readonly verb: string;
  readonly from: Power;
  readonly to: Power;
  readonly back: string;
  readonly with?: Params;
  readonly note?: string;
  /** What does not come back. */
  readonly leaves?: string;
  /** Only of a call that says so. */
  readonly when?: (params: Params) => boolean;
}

const MEMORY = "what it holds in memory";
const BOOTS = "It boots anew: what it held in memory does not come back.";
const PAUSED = "It was paused before; now it boots anew and runs.";
const toDisk = (params: Params): boolean => isOn(params, "todisk");
const inMemory = (params: Params): boolean => !toDisk(params);

/** Of VMs; containers know no pause. */
const STEPS: Readonly<Record<GuestType, readonly PowerStep[]>> = {
  qemu: [
    { verb: "status/start", from: "stopped", to: "running", back: "shutdown" },
    ...["status/stop", "status/shutdown", "agent/shutdown"].flatMap((verb): readonly PowerStep[] => [
      { verb, from: "running", to: "stopped", back: "start", note: BOOTS, leaves: MEMORY },
      { verb, from: "paused", to: "stopped", back: "start", note: PAUSED, leaves: MEMORY },
    ]),
    { verb: "status/suspend", from: "running", to: "paused", back: "resume", when: inMemory },
    { verb: "status/suspend", from: "running", to: "saved", back: "resume", when: toDisk },
    { verb: "status/resume", from: "paused", to: "running", back: "suspend" },
    { verb: "status/resume", from: "saved", to: "running", back: "suspend", with: { todisk: true } },
  ],
  lxc: [
    { verb: "status/start", from: "stopped", to: "running", back: "shutdown" },
    { verb: "status/stop", from: "running", to: "stopped", back: "start", note: BOOTS, leaves: MEMORY },
    { verb: "status/shutdown", from: "running", to: "stopped", back: "start", note: BOOTS, leaves: MEMORY },
    { verb: "status/suspend", from: "running", to: "stopped", back: "resume" },
    { verb: "status/resume", from: "stopped", to: "running", back: "suspend" },
  ],
};

const WORDS: Readonly<Record<Power, string>> = {
  running: "running",
  paused: "paused",
  saved: "suspended to disk",
  stopped: "stopped",
};

const routeOf = (type: GuestType, path: string): string => `POST /nodes/{node}/${type}/{vmid}/${path}`;

/** Power of guests of one type: what started stops, what stopped starts. */
export function powerReversals(type: GuestType): ReversalTable {
  const verbs = [...new Set(STEPS[type].map(({ verb }) => verb))];
  return Object.fromEntries(
    verbs.map((verb) => {
      const route = routeOf(type, verb);
      const steps = STEPS[type].filter((step) => step.verb === verb);
      const sends = [...new Set(steps.map(({ back }) => routeOf(type, `status/${back}`) as ChangingRoute))];
      const way = (change: MadeChange) => powerWay(type, steps, change);
      const leaves = (change: MadeChange) => stepOf(steps, change)?.leaves;
      return [route, { sends, present: presentOf(route as Route), way, leaves }];
    }),
  );
}

function stepOf(steps: readonly PowerStep[], { params, before }: MadeChange): PowerStep | undefined {
  if (before === undefined) return undefined;
  const was = powerOf(before);
  return steps.find(({ from, when }) => from === was && (when?.(params) ?? true));
}

function powerWay(type: GuestType, steps: readonly PowerStep[], change: MadeChange): Way | string {
  const { params, before } = change;
  if (before === undefined) return NOT_RECORDED;
  const step = stepOf(steps, change);
  if (!step) return `the guest was ${WORDS[powerOf(before)]} before.`;
  return (now) => {
    if (now === undefined) return none(GONE);
    const is = powerOf(now);
    if (is !== step.to)
      return changedSince([`the guest is ${WORDS[is]} now, and this change made it ${WORDS[step.to]}`]);
    const route = routeOf(type, `status/${step.back}`) as ChangingRoute;
    const { node, vmid } = params;
    return requests([{ route, params: { node, vmid, ...step.with } }], step.note ? [step.note] : []);
  };
}

const SERVICE = "/nodes/{node}/services/{service}";

/** Services of nodes. */
export const SERVICE_REVERSALS: ReversalTable = Object.fromEntries(
  (
    [
      ["start", "stop"],
      ["stop", "start"],
    ] as const
  ).map(([verb, back]) => {
    const route = `POST ${SERVICE}/${verb}` as const;
    const send = `POST ${SERVICE}/${back}` as const;
    const way = (change: MadeChange) => serviceWay(verb, send, change);
    return [route, { sends: [send], present: presentOf(route), way }];
  }),
);

const runs = (state: Row): boolean => str(state, "state") === "running";

function serviceWay(
  verb: "start" | "stop",
  send: ChangingRoute,
  { params, before }: MadeChange,
): Way | string {
  if (before === undefined) return NOT_RECORDED;
  const starts = verb === "start";
  if (runs(before) === starts) return `the service was ${starts ? "running" : "stopped"} before.`;
  return (now) => {
    if (now === undefined) return none(GONE);
    if (runs(now) !== starts)
      return changedSince([`the service is ${runs(now) ? "running" : "stopped"} now`]);
    const where = Object.fromEntries(placeholdersOf(send).map((name) => [name, params[name]]));
    return requests([{ route: send, params: where }]);
  };
}
