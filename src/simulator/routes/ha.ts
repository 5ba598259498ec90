import { flag, list, need, settings, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { requestHa } from "../ha-request.ts";
import { locked } from "../locked.ts";
import { moveByHa } from "../migration.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import type { Guest, HaResource, Json, World } from "../world.ts";
import { refuseGroup } from "./ha-groups.ts";

const TYPE_OF: Readonly<Record<string, Guest["type"]>> = { vm: "qemu", ct: "lxc" };

/** PVE::HA::Config::parse_sid: `vm:100`, or a VMID whose guest says the type. */
function parseSid(world: World, sid: string): { sid: string; type: string; vmid: number } {
  if (/^\d+$/.test(sid)) {
    const guest =
      world.guests.get(Number(sid)) ?? die(`unable to detect SID from VMID - VM/CT ${sid} does not exist`);
    const type = guest.type === "qemu" ? "vm" : "ct";
    return { sid: `${type}:${sid}`, type, vmid: guest.vmid };
  }
  const [type = "", name = ""] = sid.split(":");
  if (TYPE_OF[type] === undefined) die(`unknown section type '${type}'`);
  return { sid, type, vmid: Number(name) };
}

function resourceOf(call: SimCall): HaResource {
  const { sid } = parseSid(call.world, need(call, "sid"));
  return call.world.ha.resources.get(sid) ?? die(`no such resource '${sid}'`);
}

function resourcesDigest({ ha }: World): string {
  return digestOf([...ha.resources.values()].map(({ sid, config }) => [sid, config]));
}

function entry(world: World, { sid, config }: HaResource): Record<string, Json> {
  return { sid, type: sid.split(":")[0] ?? "", ...config, digest: resourcesDigest(world) };
}

/** What HA keeps of a resource's settings: `enabled` is an old word for `started`. */
function resourceSettings(call: SimCall): Record<string, Json> {
  const config = settings(call, "sid", "type");
  if (config.state === "enabled") config.state = "started";
  return config;
}

/** HA acts on a state that was asked for some seconds later, as a task of its own. */
function act(call: SimCall, sid: string, state: Json | undefined): void {
  const { type, vmid } = parseSid(call.world, sid);
  const guestType = TYPE_OF[type] ?? "qemu";
  if (state === "started") requestHa(call.world, guestType, vmid, "start", call.now);
  if (state === "stopped" || state === "disabled")
    requestHa(call.world, guestType, vmid, "shutdown", call.now, state);
}

/** HA moves it some seconds later; that a relocation is offline is not simulated. */
function move(call: SimCall): Json {
  const { sid, vmid } = parseSid(call.world, need(call, "sid"));
  const node = need(call, "node");
  if (!call.world.ha.resources.has(sid)) die(`resource '${sid}' is not HA managed`);
  moveByHa(call.world, vmid, node, call.now);
  return { sid, "requested-node": node };
}

/** Removes a resource from the rules that name it; a rule without resources goes. */
export function leaveRules(world: World, sid: string): void {
  for (const [name, rule] of world.ha.rules) {
    const left = String(rule.config.resources ?? "")
      .split(",")
      .filter((other) => other !== "" && other !== sid);
    if (left.length === 0) world.ha.rules.delete(name);
    else rule.config = { ...rule.config, resources: left.join(",") };
  }
}

/** HA resources (PVE::API2::HA::Resources). */
export const haRoutes: Handlers = {
  "GET /cluster/ha/resources": (call) =>
    [...call.world.ha.resources.values()]
      .map((resource) => entry(call.world, resource))
      .filter(({ type }) => (text(call, "type") ?? type) === type),
  "GET /cluster/ha/resources/{sid}": (call) => entry(call.world, resourceOf(call)),
  "POST /cluster/ha/resources": (call) => {
    const { sid, type, vmid } = parseSid(call.world, need(call, "sid"));
    if ((text(call, "type") ?? type) !== type) die("types does not match");
    refuseGroup(call);
    if (call.world.guests.get(vmid)?.type !== TYPE_OF[type])
      die(`resource '${sid}' does not exist in cluster`);
    const config = resourceSettings(call);
    locked("create resource failed", () => {
      if (call.world.ha.resources.has(sid)) die(`resource ID '${sid}' already defined`);
      call.world.ha.resources.set(sid, { sid, config });
    });
    act(call, sid, config.state ?? "started");
    return null;
  },
  "PUT /cluster/ha/resources/{sid}": (call) => {
    refuseGroup(call);
    const resource = resourceOf(call);
    assertDigest(call, resourcesDigest(call.world));
    const dropped = list(call, "delete");
    const changes = resourceSettings(call);
    resource.config = Object.fromEntries(
      Object.entries({ ...resource.config, ...changes }).filter(([key]) => !dropped.includes(key)),
    );
    act(call, resource.sid, changes.state);
    return null;
  },
  "DELETE /cluster/ha/resources/{sid}": (call) => {
    const { sid } = parseSid(call.world, need(call, "sid"));
    if (!call.world.ha.resources.delete(sid)) die(`cannot delete service '${sid}', not HA managed!`);
    if (flag(call, "purge", true)) leaveRules(call.world, sid);
    return null;
  },
  "POST /cluster/ha/resources/{sid}/migrate": move,
  "POST /cluster/ha/resources/{sid}/relocate": move,
};
