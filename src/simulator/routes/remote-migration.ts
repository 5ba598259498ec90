import { flag, list, need, text } from "../args.ts";
import { called } from "../guest-power.ts";
import { checkLock, guestOf, isRunning, KIND, typeOf, vmidOf } from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall, SimError } from "../route.ts";
import { consoleTicket, isConsoleTicket } from "../tickets.ts";
import { enabledOn } from "../volumes.ts";
import type { Guest, Json } from "../world.ts";
import { needLocal } from "./shells.ts";

/** HA's name of a guest. */
const sidOf = ({ type, vmid }: Guest) => `${type === "qemu" ? "vm" : "ct"}:${vmid}`;

const label = ({ type }: Guest) => KIND[type].label;

/** Containers are looked at before the remote cluster is asked, VMs after. */
function checkRunning(call: SimCall, guest: Guest): void {
  if (!isRunning(guest) || flag(call, "online")) return;
  if (guest.type === "qemu") die("can't migrate running VM without --online");
  if (!flag(call, "restart")) die("can't migrate running container without --online or --restart");
}

/** No other cluster is within reach: what PVE checks of its own, then the failed connection. */
function remoteMigrate(call: SimCall): Json {
  const guest = guestOf(call);
  checkLock(guest);
  if (guest.type === "lxc") checkRunning(call, guest);
  if (call.world.ha.resources.has(sidOf(guest)))
    badParams({ vmid: `cannot remote-migrate ${label(guest)} that is configured for HA` });
  const remote = parseProperties(need(call, "target-endpoint"));
  const failed = `500 Can't connect to ${remote.get("host") ?? ""}:${remote.get("port") ?? "8006"} (No route to host)`;
  if (!remote.has("fingerprint")) die(failed);
  if (guest.type === "qemu") {
    const job = call.world.replication.some(({ id }) => String(id).startsWith(`${guest.vmid}-`));
    if (job) die("cannot remote-migrate replicated VM");
    checkRunning(call, guest);
  }
  if (text(call, "target-storage") === "1") die("remote migration requires explicit storage mapping!");
  return die(failed);
}

const socketOf = (call: SimCall): string =>
  typeOf(call) === "qemu"
    ? `/run/qemu-server/${vmidOf(call)}.mtunnel`
    : `/run/pve/ct-${vmidOf(call)}.mtunnel`;

/** The receiving end of a migration from another cluster: an empty guest and a tunnel nobody comes to. */
function openTunnel(call: SimCall): Json {
  const node = needLocal(call);
  const { world } = call;
  const [vmid, type] = [vmidOf(call), typeOf(call)];
  for (const storage of list(call, "storages")) {
    enabledOn(world, storage, node);
    requirePrivileges(world, call.caller.id, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
  }
  const bridges = world.nodes.get(node)?.network;
  for (const bridge of list(call, "bridges"))
    if (!bridges?.has(bridge)) die(`bridge '${bridge}' does not exist`);
  const taken = world.guests.get(vmid);
  if (taken)
    badParams({
      vmid: `unable to create empty ${KIND[type].label} config - ${called(taken.type, vmid)} already exists on node '${taken.node}'\n`,
    });
  const load = { cpu: 0, memory: 0, net: 0, disk: 0 };
  const config = { lock: "create" };
  world.guests.set(vmid, {
    ...{ vmid, type, node, config, load, status: "stopped", addresses: {}, created: call.now },
    pending: {},
    snapshots: new Map(),
  });
  const give = () => {
    world.guests.delete(vmid);
  };
  const upid = call.task({
    node,
    type: type === "qemu" ? "qmtunnel" : "vzmtunnel",
    id: String(vmid),
    seconds: 300,
    log: ["mtunnel started"],
    done: () => {
      give();
      return die("mtunnel exited unexpectedly");
    },
    stopped: give,
  });
  const socket = socketOf(call);
  const what = { user: call.caller.id, path: `/socket/${socket}`, kind: "PVETUNNEL" };
  return { ticket: consoleTicket(world, what, call.now), upid, socket };
}

function tunnelSocket(call: SimCall): Json {
  needLocal(call);
  guestOf(call);
  const socket = need(call, "socket");
  const what = { user: call.caller.id, path: `/socket/${socket}`, kind: "PVETUNNEL" };
  if (!isConsoleTicket(call.world, need(call, "ticket"), what, call.now))
    throw new SimError(401, "permission denied - invalid PVETUNNEL ticket");
  return { socket };
}

/** Migration between clusters, and its internal calls (PVE::API2::Qemu, ::LXC). */
export const remoteMigrationRoutes: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": remoteMigrate,
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": remoteMigrate,
  "POST /nodes/{node}/qemu/{vmid}/mtunnel": openTunnel,
  "POST /nodes/{node}/lxc/{vmid}/mtunnel": openTunnel,
  "GET /nodes/{node}/qemu/{vmid}/mtunnelwebsocket": tunnelSocket,
  "GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket": tunnelSocket,
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate": (call) => {
    const node = needLocal(call);
    const guest = call.world.guests.get(vmidOf(call));
    if (!guest || guest.node !== node || guest.type !== "qemu" || !isRunning(guest))
      badParams({ node: `VM ${vmidOf(call)} not running locally on node '${node}'` });
    return null;
  },
};
