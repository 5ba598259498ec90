import { index, need } from "../args.ts";
import type { Handlers, SimCall } from "../route.ts";
import type { Guest, HaResource, Json, Node, World } from "../world.ts";

const DAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Perl's `localtime` as text. */
function clockText(time: number): string {
  const at = new Date(time * 1000);
  const day = String(at.getUTCDate()).padStart(2, " ");
  const clock = at.toISOString().slice(11, 19);
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${day} ${clock} ${at.getUTCFullYear()}`;
}

/** The node that leads: none as long as HA has nothing to do. */
function master(world: World): Node | undefined {
  return world.ha.resources.size > 0 ? [...world.nodes.values()].find((node) => node.online) : undefined;
}

function guestOf(world: World, { sid }: HaResource): Guest | undefined {
  return world.guests.get(Number(sid.split(":")[1]));
}

function state(world: World, resource: HaResource): string {
  const asked = String(resource.config.state ?? "started");
  if (asked === "ignored" || asked === "disabled") return asked;
  const running = guestOf(world, resource)?.status === "running";
  if (asked === "stopped") return running ? "request_stop" : "stopped";
  return running ? "started" : "starting";
}

function fencing(world: World, node: string, active: boolean): Json {
  const { disarmed } = world.ha;
  const row = { id: "fencing", type: "fencing", node };
  if (disarmed !== undefined)
    return {
      ...row,
      status: `disarmed, resource mode: ${disarmed} (CRM watchdog released)`,
      "armed-state": "disarmed",
      resource_mode: disarmed,
    };
  const armed = active ? "armed" : "standby";
  return { ...row, status: `${armed} (CRM watchdog ${active ? "active" : "standby"})`, "armed-state": armed };
}

function lrm(world: World, node: Node, now: number): Json {
  const timestamp = Math.trunc(now) - 3;
  const busy = [...world.ha.resources.values()].some(
    (resource) => guestOf(world, resource)?.node === node.name && state(world, resource) === "started",
  );
  const mode = world.ha.disarmed !== undefined ? "disarm mode" : busy ? "active" : "idle";
  const watchdog =
    world.ha.disarmed !== undefined ? "watchdog released" : busy ? "watchdog active" : "watchdog standby";
  const row = { id: `lrm:${node.name}`, type: "lrm", node: node.name };
  if (!node.online)
    return { ...row, status: `${node.name} (old timestamp - dead?, ${clockText(now - 600)})` };
  return { ...row, status: `${node.name} (${mode}, ${watchdog}, ${clockText(timestamp)})`, timestamp };
}

function current(call: SimCall): Json {
  const { world, now } = call;
  const first = [...world.nodes.values()].find((node) => node.online)?.name ?? "";
  const lead = master(world);
  const timestamp = Math.trunc(now) - 4;
  const disarm = world.ha.disarmed === undefined ? "" : ` - disarmed, resource mode: ${world.ha.disarmed}`;
  const rows: Json[] = [{ id: "quorum", type: "quorum", node: first, status: "OK", quorate: 1 }];
  if (lead)
    rows.push({
      id: "master",
      type: "master",
      node: lead.name,
      status: `${lead.name} (active, ${clockText(timestamp)})${disarm}`,
      timestamp,
    });
  rows.push(fencing(world, lead?.name ?? first, lead !== undefined));
  if (lead) for (const node of world.nodes.values()) rows.push(lrm(world, node, now));
  for (const resource of world.ha.resources.values()) {
    const node = guestOf(world, resource)?.node ?? first;
    const shown = state(world, resource);
    rows.push({
      id: `service:${resource.sid}`,
      type: "service",
      sid: resource.sid,
      node,
      state: shown,
      crm_state: shown,
      request_state: String(resource.config.state ?? "started"),
      status: `${resource.sid} (${node}, ${shown})`,
      failback: resource.config.failback ?? 1,
      max_relocate: resource.config.max_relocate ?? 1,
      max_restart: resource.config.max_restart ?? 1,
    });
  }
  return rows;
}

function managerStatus({ world, now }: SimCall): Json {
  const lead = master(world);
  const first = [...world.nodes.values()].find((node) => node.online)?.name ?? "";
  const quorum = { node: first, quorate: "1" };
  if (!lead) return { quorum, manager_status: { node_status: {} } };
  const nodes = [...world.nodes.values()];
  const services = [...world.ha.resources.values()].map((resource) => [
    resource.sid,
    {
      node: guestOf(world, resource)?.node ?? first,
      state: state(world, resource),
      running: 1,
      uid: resource.sid,
    },
  ]);
  return {
    quorum,
    manager_status: {
      master_node: lead.name,
      timestamp: Math.trunc(now),
      node_status: Object.fromEntries(nodes.map(({ name, online }) => [name, online ? "online" : "unknown"])),
      service_status: Object.fromEntries(services),
    },
    lrm_status: Object.fromEntries(
      nodes.map(({ name }) => [
        name,
        { state: "active", mode: "active", timestamp: Math.trunc(now), results: {} },
      ]),
    ),
  };
}

/** State of HA (PVE::API2::HA::Status). */
export const haStatusRoutes: Handlers = {
  "GET /cluster/ha": () => index("id", "status resources groups rules"),
  "GET /cluster/ha/status": () => index("name", "current manager_status disarm-ha arm-ha"),
  "GET /cluster/ha/status/current": current,
  "GET /cluster/ha/status/manager_status": managerStatus,
  "POST /cluster/ha/status/arm-ha": ({ world }) => {
    delete world.ha.disarmed;
    return null;
  },
  "POST /cluster/ha/status/disarm-ha": (call) => {
    call.world.ha.disarmed = need(call, "resource-mode");
    return null;
  },
};
