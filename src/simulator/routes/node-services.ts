import { index, int, need, text } from "../args.ts";
import { digestOf } from "../digest.ts";
import { die, Envelope, type Handler, type Handlers, type SimCall } from "../route.ts";
import type { Json, Node, Service } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";

/** PVE::API2::Services: stopping these would lock everyone out. */
const ESSENTIAL = new Set(["pveproxy", "pvedaemon", "pve-cluster"]);

function row({ name, desc, state, unitState }: Service): Json {
  return {
    service: name,
    name,
    desc,
    state,
    "active-state": state === "running" ? "active" : "inactive",
    "unit-state": unitState,
  };
}

function serviceOf(call: SimCall): Service {
  const name = need(call, "service");
  return nodeOfCall(call).services.get(name) ?? die(`unknown service '${name}'`);
}

/** What systemctl says about a unit it cannot start, and its exit code. */
const NO_UNIT: Readonly<Record<string, readonly [reason: string, code: number]>> = {
  "not-found": ["not found.", 5],
  masked: ["is masked.", 1],
};

function command(verb: "start" | "stop" | "restart" | "reload"): Handler {
  return (call) => {
    const service = serviceOf(call);
    const unit = `${service.name}.service`;
    const missing = NO_UNIT[service.unitState];
    const idle = verb === "reload" && service.state === "dead";
    const refused =
      verb === "stop" && ESSENTIAL.has(service.name)
        ? `invalid service cmd '${service.name} stop': refusing to stop essential service!`
        : missing || idle
          ? `command 'systemctl ${verb} ${service.name}' failed: exit code ${missing?.[1] ?? 1}`
          : undefined;
    const log = missing
      ? [`Failed to ${verb} ${unit}: Unit ${unit} ${missing[0]}`]
      : idle
        ? [`${unit} is not active, cannot reload.`]
        : [];
    return call.task({
      node: need(call, "node"),
      type: `srv${verb}`,
      id: service.name,
      seconds: 1,
      ...(refused === undefined ? {} : { exitstatus: refused, log }),
      done: () => {
        if (verb !== "reload") service.state = verb === "stop" ? "dead" : "running";
        return [];
      },
    });
  };
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A journal line as journalctl's short format prints it. */
function line(node: Node, { time, text }: Node["syslog"][number]): string {
  const iso = new Date(time * 1000);
  const day = String(iso.getUTCDate()).padStart(2, "0");
  return `${MONTHS[iso.getUTCMonth()]} ${day} ${iso.toISOString().slice(11, 19)} ${node.name} ${text}`;
}

/** `since` and `until` of the system log: `YYYY-MM-DD` with an optional time of day, local time. */
function moment(value: string | undefined): number | undefined {
  return value === undefined
    ? undefined
    : Date.parse(`${value.replace(" ", "T")}${value.length > 10 ? "Z" : ""}`) / 1000;
}

function syslog(call: SimCall): Envelope {
  const node = nodeOfCall(call);
  const since = moment(text(call, "since")) ?? 0;
  const until = moment(text(call, "until")) ?? Number.POSITIVE_INFINITY;
  const service = text(call, "service");
  const found = node.syslog.filter(
    (entry) =>
      entry.time >= since &&
      entry.time <= until &&
      (service === undefined || entry.service === service || entry.text.includes(`${service}.service`)),
  );
  const start = int(call, "start") ?? 0;
  const page = found.slice(start, start + (int(call, "limit") ?? 50));
  const rows = page.map((entry, at) => ({ n: start + at + 1, t: line(node, entry) }));
  if (found.length === 0) return new Envelope([{ n: 1, t: "no content" }], { total: 1 });
  return new Envelope(rows, { total: found.length });
}

function cursor(node: Node, at: number): string {
  const id = digestOf(node.name);
  return `s=${id.slice(0, 32)};i=${at.toString(16)};b=${digestOf(id).slice(0, 32)};x=${at}`;
}

function cursorIndex(value: string | undefined): number | undefined {
  const found = value === undefined ? undefined : /;i=([0-9a-f]+);/.exec(value)?.[1];
  return found === undefined ? undefined : Number.parseInt(found, 16);
}

/** The journal since, until, around a cursor or its last entries; cursors of both ends frame the lines. */
function journal(call: SimCall): Envelope {
  const node = nodeOfCall(call);
  const since = int(call, "since") ?? 0;
  const until = int(call, "until") ?? Number.POSITIVE_INFINITY;
  const from = cursorIndex(text(call, "startcursor"));
  const to = cursorIndex(text(call, "endcursor"));
  const last = int(call, "lastentries");
  const numbered = node.syslog.map((entry, at) => ({ entry, at }));
  const found = numbered.filter(
    ({ entry, at }) =>
      entry.time >= since &&
      entry.time <= until &&
      (from === undefined || at > from) &&
      (to === undefined || at < to),
  );
  const shown = last === undefined ? found : found.slice(-last);
  const lines = shown.map(({ entry }) => line(node, entry));
  const ends = [shown[0]?.at ?? 0, shown[shown.length - 1]?.at ?? 0].map((at) => cursor(node, at));
  return new Envelope([ends[0] ?? "", ...lines, ends[1] ?? ""], { success: 1 });
}

/** Services and logs of a node (PVE::API2::Services, ::Nodes). */
export const nodeServiceRoutes: Handlers = {
  "GET /nodes/{node}/services": (call) => [...nodeOfCall(call).services.values()].map(row),
  "GET /nodes/{node}/services/{service}": () => index("subdir", "state start stop restart reload"),
  "GET /nodes/{node}/services/{service}/state": (call) => row(serviceOf(call)),
  "POST /nodes/{node}/services/{service}/start": command("start"),
  "POST /nodes/{node}/services/{service}/stop": command("stop"),
  "POST /nodes/{node}/services/{service}/restart": command("restart"),
  "POST /nodes/{node}/services/{service}/reload": command("reload"),
  "GET /nodes/{node}/syslog": syslog,
  "GET /nodes/{node}/journal": journal,
};
