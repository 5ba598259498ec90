import { flag, need } from "../args.ts";
import { linkLocal } from "../guest-agent.ts";
import { guestOf, isRunning, KIND, vmidOf } from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { parseProperties } from "../property.ts";
import { refuseRootOptions } from "../root-options.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import type { Guest, Json } from "../world.ts";
import { nextSpicePort, openConsole, rootCertificate, viewerFile, vncPassword, websocket } from "./shells.ts";

/** Monitor commands that only read, with what they print (PVE::QemuServer::Monitor's list of harmless ones). */
const MONITOR: Readonly<Record<string, (guest: Guest) => string>> = {
  "info status": (guest) => `VM status: ${guest.status}\r\n`,
  "info version": () => "10.0.13\r\n",
  "info name": (guest) => `${guest.config.name ?? `vm${guest.vmid}`}\r\n`,
  "info kvm": (guest) => `kvm support: ${guest.config.kvm === 0 ? "disabled" : "enabled"}\r\n`,
  help: () => "info [subcommand] -- show various information about the system state\r\n",
};

function monitor(call: SimCall): Json {
  const guest = guestOf(call);
  const command = need(call, "command").trim();
  const name = command.split(/\s+/)[0] ?? "";
  if (name !== "info" && name !== "help" && name !== "?")
    requirePrivileges(call.world, call.caller.id, `/vms/${guest.vmid}`, ["Sys.Modify"]);
  if (!isRunning(guest))
    return `ERROR: VM ${guest.vmid} qmp command 'human-monitor-command' failed - VM ${guest.vmid} not running\n`;
  const run = MONITOR[command];
  return run ? run(guest) : `unknown command: '${name}'\r\n`;
}

/** Addresses of a container as the host sees them. */
function interfaces(call: SimCall): Json {
  const guest = guestOf(call);
  if (!isRunning(guest)) return null;
  const bare = guest.bare === true;
  const lo = row("lo", "00:00:00:00:00:00", bare ? [] : ["127.0.0.1/8", "::1/128"]);
  const nets = Object.entries(guest.config).filter(([key]) => /^net\d+$/.test(key));
  return [
    lo,
    ...nets.map(([, value]) => {
      const properties = parseProperties(String(value));
      const name = properties.get("name") ?? "eth0";
      const mac = (properties.get("hwaddr") ?? "").toLowerCase();
      const known =
        guest.addresses[name]?.ips ??
        [properties.get("ip"), properties.get("ip6")].filter((ip) => ip?.includes("/"));
      const ips = known.filter((ip) => ip !== undefined);
      return row(name, mac, bare ? [] : [...ips, linkLocal(mac)]);
    }),
  ];
}

function row(name: string, mac: string, ips: readonly string[]): Json {
  const v4 = ips.find((ip) => !ip.includes(":"));
  const v6 = ips.find((ip) => ip.includes(":"));
  return {
    name,
    hwaddr: mac,
    "hardware-address": mac,
    "ip-addresses": ips.map((ip) => {
      const [address = "", prefix = ""] = ip.split("/");
      return { "ip-address": address, "ip-address-type": address.includes(":") ? "inet6" : "inet", prefix };
    }),
    ...(v4 === undefined ? {} : { inet: v4 }),
    ...(v6 === undefined ? {} : { inet6: v6 }),
  };
}

/** The console of a guest, whoever runs it. */
function open(call: SimCall, guest: Guest) {
  const { node, vmid } = guest;
  const opened = openConsole(call, { node, type: "vncproxy", id: String(vmid), path: `/vms/${vmid}` });
  return { ...opened, port: String(opened.port) };
}

const termproxy = (call: SimCall): Json => open(call, guestOf(call));

const SERIAL = /^(type=)?serial\d/;

function vncproxy(call: SimCall): Json {
  const guest = guestOf(call);
  const node = call.world.nodes.get(guest.node);
  const serial = guest.type === "qemu" && SERIAL.test(String(guest.config.vga ?? ""));
  const opened = { ...open(call, guest), cert: rootCertificate(node?.fingerprint ?? "") };
  if (serial && node?.lacks?.includes("vncterm"))
    die(`Timeout while waiting for port '${opened.port}' to get ready!`);
  const byDisplay = guest.type === "qemu" && (!serial || flag(call, "generate-password"));
  if (!byDisplay && !flag(call, "websocket")) return opened;
  const password = vncPassword(call.world);
  return { ...opened, ticket: `${password}:${opened.ticket}`, password };
}

/** SPICE: a VM's own when its display has it, a terminal for a container. */
function spiceproxy(call: SimCall): Json {
  const guest = guestOf(call);
  const { vmid } = guest;
  const name = String(guest.config.name ?? "");
  if (guest.type === "qemu") {
    if (!isRunning(guest)) die(`VM ${vmid} qmp command 'query-spice' failed - VM ${vmid} not running`);
    if (!/^(type=)?(qxl|virtio)/.test(String(guest.config.vga ?? ""))) die("no spice port");
  } else if (!isRunning(guest)) die(`CT ${vmid} not running`);
  const port = nextSpicePort(call.world);
  const title = guest.type === "lxc" ? `CT ${vmid}` : `VM ${vmid}${name === "" ? "" : ` - ${name}`}`;
  if (guest.type === "lxc")
    call.task({ node: guest.node, type: "spiceproxy", id: String(vmid), seconds: 40 });
  return viewerFile(call, title, `/vms/${vmid}`, port);
}

function guestWebsocket(call: SimCall): Json {
  const answer = websocket(call, `/vms/${vmidOf(call)}`);
  guestOf(call);
  return answer;
}

function sendKey(call: SimCall): Json {
  refuseRootOptions(call);
  const guest = guestOf(call);
  if (!isRunning(guest)) die(`${KIND[guest.type].label} ${guest.vmid} not running`);
  return null;
}

/** Monitor, keys and consoles of guests, and a container's addresses. */
export const consoleRoutes: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/monitor": monitor,
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": sendKey,
  "GET /nodes/{node}/lxc/{vmid}/interfaces": interfaces,
  "POST /nodes/{node}/qemu/{vmid}/termproxy": termproxy,
  "POST /nodes/{node}/lxc/{vmid}/termproxy": termproxy,
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": vncproxy,
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": vncproxy,
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": spiceproxy,
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": spiceproxy,
  "GET /nodes/{node}/qemu/{vmid}/vncwebsocket": guestWebsocket,
  "GET /nodes/{node}/lxc/{vmid}/vncwebsocket": guestWebsocket,
};
