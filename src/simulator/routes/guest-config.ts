import { flag, int, list, text } from "../args.ts";
import { assertDigest, STALE } from "../digest.ts";
import { prepareUpdate } from "../guest-config.ts";
import { keepUnused } from "../guest-disks.ts";
import { snapshotSection } from "../guest-file.ts";
import {
  checkLock,
  disksOf,
  guestDigest,
  guestOf,
  isRunning,
  isTemplate,
  nameOf,
  taskType,
  withPending,
} from "../guests.ts";
import { parseProperties } from "../property.ts";
import { refuseRootOptions } from "../root-options.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { removeVolume } from "../volumes.ts";
import type { Guest, Json, World } from "../world.ts";

const HIDDEN = "**********";

function masked(config: Record<string, Json>): Record<string, Json> {
  return config.cipassword === undefined ? config : { ...config, cipassword: HIDDEN };
}

function getConfig(call: SimCall): Json {
  const guest = guestOf(call);
  const snapname = text(call, "snapshot");
  if (snapname !== undefined) {
    if (flag(call, "current"))
      badParams({
        snapshot: "cannot use 'snapshot' parameter with 'current'",
        current: "cannot use 'snapshot' parameter with 'current'",
      });
    const snapshot = guest.snapshots.get(snapname) ?? die(`snapshot '${snapname}' does not exist`);
    return { ...masked(snapshotSection(snapshot)), digest: guestDigest(guest) };
  }
  const config = flag(call, "current") ? guest.config : withPending(guest);
  const parent = guest.parent === undefined ? {} : { parent: guest.parent };
  return { ...masked(config), ...parent, digest: guestDigest(guest) };
}

/** PVE::GuestHelpers config_with_pending_array. */
function getPending(call: SimCall): Json {
  const guest = guestOf(call);
  const current = masked({
    ...guest.config,
    ...(guest.parent === undefined ? {} : { parent: guest.parent }),
    digest: guestDigest(guest),
  });
  const rows = Object.entries(current).map(([key, value]) => {
    if (!(key in guest.pending)) return { key, value };
    const pending = guest.pending[key];
    return pending === null || pending === undefined ? { key, value, delete: 1 } : { key, value, pending };
  });
  const added = Object.entries(guest.pending).flatMap(([key, pending]) =>
    key in guest.config || pending === null ? [] : [{ key, pending }],
  );
  return [...rows, ...added];
}

function updateNow(call: SimCall): Json {
  refuseRootOptions(call);
  const guest = guestOf(call);
  const change = prepareUpdate(call, guest);
  assertDigest(call, guestDigest(guest), guest.type === "qemu" ? STALE.guest : STALE.other);
  change();
  return null;
}

function updateInTask(call: SimCall): Json {
  refuseRootOptions(call);
  const guest = guestOf(call);
  const change = prepareUpdate(call, guest);
  assertDigest(call, guestDigest(guest), STALE.guest);
  const sent = Object.entries(call.params).filter(([key]) => key !== "node" && key !== "vmid");
  const words = sent
    .map(([key, value]) => `-${key} ${value === true ? 1 : value === false ? 0 : value}`)
    .join(" ");
  // PVE answers null when the task ends within the delay; this one always does.
  const waits = (int(call, "background_delay") ?? 0) > 0;
  const upid = call.task({
    node: guest.node,
    type: "qmconfig",
    id: String(guest.vmid),
    seconds: 0.5,
    log: [`update VM ${guest.vmid}: ${words}`],
    done: () => change(),
    sync: waits,
  });
  return waits ? null : upid;
}

function unlink(call: SimCall): Json {
  const guest = guestOf(call);
  checkLock(guest);
  for (const key of list(call, "idlist")) {
    const value = guest.config[key];
    if (value === undefined) continue;
    const volid = String(value).split(",")[0] ?? "";
    delete guest.config[key];
    if (key.startsWith("unused") || flag(call, "force")) removeVolume(call.world, guest.node, volid);
    else keepUnused(guest.config, volid);
  }
  return null;
}

const CLOUDINIT = "cicustom cipassword ciupgrade ciuser citype nameserver searchdomain sshkeys name".split(
  " ",
);

/** GET .../cloudinit: settings of an attached cloud-init drive. */
function cloudinitPending(call: SimCall): Json {
  const guest = guestOf(call);
  const attached = disksOf("qemu", guest.config).some((disk) => disk.volid.includes("cloudinit"));
  if (!attached) return [];
  return Object.entries(masked(guest.config))
    .filter(([key]) => CLOUDINIT.includes(key) || /^(ipconfig|net)\d+$/.test(key))
    .map(([key, value]) => ({ key, value }));
}

function userData(guest: Guest): string {
  const { config } = guest;
  const name = nameOf(guest).replace(/ /g, "");
  const domain = config.searchdomain === undefined ? "" : `.${config.searchdomain}`;
  const keys =
    config.sshkeys === undefined ? [] : decodeURIComponent(String(config.sshkeys)).trim().split("\n");
  return [
    "#cloud-config",
    `hostname: ${name}`,
    "manage_etc_hosts: true",
    `fqdn: ${name}${domain}`,
    ...(config.ciuser === undefined ? [] : [`user: ${config.ciuser}`]),
    ...(config.cipassword === undefined ? [] : [`password: ${config.cipassword}`]),
    ...(keys.length > 0 ? ["ssh_authorized_keys:", ...keys.map((key) => `  - ${key}`)] : []),
    "chpasswd:",
    "  expire: False",
    "users:",
    "  - default",
    ...(config.ciupgrade === 0 ? [] : ["package_upgrade: true"]),
    "",
  ].join("\n");
}

function networkData(guest: Guest): string {
  const lines = ["version: 1", "config:"];
  for (const [key, value] of Object.entries(guest.config)) {
    const n = /^net(\d+)$/.exec(key)?.[1];
    if (n === undefined) continue;
    const mac = (String(value).split(",")[0]?.split("=")[1] ?? "").toLowerCase();
    lines.push("    - type: physical", `      name: eth${n}`, `      mac_address: '${mac}'`);
    const ip = parseProperties(String(guest.config[`ipconfig${n}`] ?? "")).get("ip");
    if (ip === undefined) continue;
    lines.push(
      "      subnets:",
      ip === "dhcp" ? "      - type: dhcp4" : `      - type: static\n        address: '${ip}'`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function cloudinitDump(call: SimCall): Json {
  const guest = guestOf(call);
  const type = text(call, "type");
  if (type === "network") return networkData(guest);
  return type === "meta" ? `instance-id: ${guestDigest(guest)}\n` : userData(guest);
}

/** Volumes of templates are renamed so that nothing writes to them. */
function toBase(world: World, guest: Guest): void {
  for (const disk of disksOf(guest.type, guest.config)) {
    const found = [...world.volumes.entries()].find(
      ([, volume]) => volume.volid === disk.volid && volume.vmid === guest.vmid,
    );
    if (!found || disk.cdrom) continue;
    const [key, volume] = found;
    const volid = disk.volid.replace(/(vm|subvol)-(\d+-[^/]*)$/, (_, kind: string, rest: string) =>
      kind === "subvol" ? `basevol-${rest}` : `base-${rest}`,
    );
    world.volumes.delete(key);
    world.volumes.set(key.replace(disk.volid, volid), { ...volume, volid });
    guest.config[disk.key] = disk.value.replace(disk.volid, volid);
  }
  guest.config.template = 1;
}

function template(call: SimCall): Json {
  const guest = guestOf(call);
  checkLock(guest);
  const kind = guest.type === "qemu" ? "VM" : "CT";
  if (guest.snapshots.size > 0) die(`unable to create template, because ${kind} contains snapshots`);
  if (isTemplate(guest)) die("you can't convert a template to a template");
  if (isRunning(guest))
    die(
      kind === "VM"
        ? "you can't convert a VM to template if VM is running"
        : "you can't convert a CT to template if the CT is running",
    );
  const upid = call.task({
    node: guest.node,
    type: taskType(guest.type, "template"),
    id: String(guest.vmid),
    seconds: 1,
    done: () => {
      toBase(call.world, guest);
      return undefined;
    },
  });
  return kind === "VM" ? upid : null;
}

/** Configuration of guests: pending changes, unlinked disks, cloud-init and templates. */
export const guestConfigRoutes: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/config": getConfig,
  "GET /nodes/{node}/lxc/{vmid}/config": getConfig,
  "GET /nodes/{node}/qemu/{vmid}/pending": getPending,
  "GET /nodes/{node}/lxc/{vmid}/pending": getPending,
  "PUT /nodes/{node}/qemu/{vmid}/config": updateNow,
  "PUT /nodes/{node}/lxc/{vmid}/config": updateNow,
  "POST /nodes/{node}/qemu/{vmid}/config": updateInTask,
  "PUT /nodes/{node}/qemu/{vmid}/unlink": unlink,
  "GET /nodes/{node}/qemu/{vmid}/cloudinit": cloudinitPending,
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": (call) => {
    checkLock(guestOf(call));
    return null;
  },
  "GET /nodes/{node}/qemu/{vmid}/cloudinit/dump": cloudinitDump,
  "POST /nodes/{node}/qemu/{vmid}/template": template,
  "POST /nodes/{node}/lxc/{vmid}/template": template,
};
