import { flag, int, text } from "../args.ts";
import { cancelLines, copyLines, mirrorLines } from "../copy-lines.ts";
import { normalizeSettings } from "../guest-config.ts";
import { mkfsLines } from "../guest-disks.ts";
import { agentAnswers } from "../guest-status.ts";
import {
  checkLock,
  type Disk,
  disksOf,
  guestOf,
  isRunning,
  isTemplate,
  KIND,
  nodeOf,
  taskType,
  uuid,
} from "../guests.ts";
import { denied, requirePrivileges } from "../permissions.ts";
import { formatSize, parseProperties, parseSize, printProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { TaskFailure } from "../tasks.ts";
import { allocate, contentOf, enabledOn, findVolume, isFileBased, isShared, volumeHas } from "../volumes.ts";
import type { Guest, Json } from "../world.ts";
import { newGuest } from "./guest-create.ts";

const NOT_COPIED = /^(lock|parent|snaptime|vmstate|snapstate|runningcpu|runningmachine|template|unused\d+)$/;

/** A full clone's duration. */
const SECONDS = 6;

interface Plan {
  readonly source: Guest;
  readonly config: Record<string, Json>;
  readonly newid: number;
  readonly full: boolean;
  /** Node the clone ends on. */
  readonly target: string;
}

const owned = (disk: Disk) => !disk.cdrom || disk.volid.includes("cloudinit");

/** PVE's checks before the task is forked; containers' and VMs' differ in words only. */
function plan(call: SimCall): Plan {
  const source = guestOf(call);
  const { type } = source;
  const label = KIND[type].label;
  const newid = int(call, "newid") ?? 0;
  const target = text(call, "target") ?? source.node;
  const pool = text(call, "pool");
  if (pool !== undefined && !call.world.pools.has(pool)) denied(`pool '${pool}' does not exist`);
  if (!call.world.nodes.has(target)) die(`no such cluster node '${target}'`);
  const storage = text(call, "storage");
  if (storage !== undefined) checkStorage(call, storage, type === "qemu", target);
  checkLock(source);
  const snapname = text(call, "snapname");
  const snapshot = snapname === undefined ? undefined : source.snapshots.get(snapname);
  if (snapname !== undefined && !snapshot) die(`snapshot '${snapname}' does not exist`);
  const full = flag(call, "full", !isTemplate(source));
  if (!full && storage !== undefined) die("parameter 'storage' not allowed for linked clones");
  if (!full && text(call, "format") !== undefined) die("parameter 'format' not allowed for linked clones");
  const config = snapshot?.config ?? source.config;
  for (const disk of disksOf(type, config).filter(owned)) checkDisk(call, source, disk, full, storage);
  const shared = disksOf(type, config)
    .filter(owned)
    .every((disk) => {
      const found = call.world.storages.get(storage ?? disk.volid.split(":")[0] ?? "");
      return found !== undefined && isShared(found);
    });
  if (target !== source.node && !shared)
    die(`can't clone ${label} to node '${target}' (${label} uses local storage)`);
  const other = call.world.guests.get(newid);
  if (other)
    die(
      type === "qemu"
        ? `unable to create VM ${newid}: config file already exists`
        : `${KIND[other.type].label} ${newid} already exists on node '${other.node}'`,
    );
  return { source, config, newid, full, target };
}

function checkStorage(call: SimCall, name: string, vm: boolean, target: string): void {
  const storage = enabledOn(call.world, name, nodeOf(call));
  if (vm && !contentOf(storage).includes("images"))
    badParams({ storage: `storage '${name}' does not support vm images` });
  if (target === nodeOf(call)) return;
  enabledOn(call.world, name, target);
  if (!isShared(storage)) die(`can't clone to non-shared storage '${name}'`);
}

function checkDisk(
  call: SimCall,
  source: Guest,
  disk: Disk,
  full: boolean,
  storage: string | undefined,
): void {
  const sid = storage ?? disk.volid.split(":")[0] ?? "";
  requirePrivileges(call.world, call.caller.id, `/storage/${sid}`, ["Datastore.AllocateSpace"]);
  if (source.type === "lxc" && full && isRunning(source) && text(call, "snapname") === undefined)
    die("Full clone of a running container is only possible from a snapshot");
  if (full || disk.volid.includes("cloudinit")) return;
  if (volumeHas(call.world, disk.volid, "clone")) return;
  die(
    source.type === "qemu"
      ? `Linked clone feature is not supported for '${disk.volid}' (${disk.key})`
      : `Linked clone feature for '${disk.volid}' is not available`,
  );
}

function clone(call: SimCall): Json {
  const made = plan(call);
  const { source, newid } = made;
  const word = source.type === "qemu" ? "VM" : "container";
  const guest = {
    ...newGuest(source.type, newid, made.target, { lock: "clone" }, call.now),
    load: source.load,
  };
  call.world.guests.set(newid, guest);
  const before = new Set(call.world.volumes.keys());
  const discard = () => {
    call.world.guests.delete(newid);
    for (const [key, volume] of call.world.volumes)
      if (volume.vmid === newid && !before.has(key)) call.world.volumes.delete(key);
  };
  let config: Record<string, Json> = {};
  return call.task({
    node: source.node,
    type: taskType(source.type, "clone"),
    id: String(source.vmid),
    seconds: made.full ? SECONDS : 1.5,
    log: [`creating a clone of ${word} ${source.vmid} with ID ${newid}`],
    begun: () => {
      const log: string[] = [];
      try {
        config = cloneConfig(call, made, log);
        return log;
      } catch (error) {
        discard();
        throw new TaskFailure(`clone failed: ${error instanceof Error ? error.message : error}`, log);
      }
    },
    interrupted: "clone failed: interrupted by signal",
    stopped: discard,
    done: () => {
      guest.config = config;
      if (source.agentDelay !== undefined) guest.agentDelay = source.agentDelay;
      const copied = { ...guest, ...(source.deaf ? {} : { deaf: false }) };
      call.world.guests.set(newid, copied);
      const pool = text(call, "pool");
      if (pool !== undefined) call.world.pools.get(pool)?.vms.add(newid);
      return undefined;
    },
  });
}

function cloneConfig(call: SimCall, made: Plan, log: string[]): Record<string, Json> {
  const { source, config } = made;
  const copy: Record<string, Json> = {};
  for (const [key, value] of Object.entries(config)) {
    if (NOT_COPIED.test(key)) continue;
    copy[key] = /^net\d+$/.test(key) ? withoutMac(String(value)) : value;
  }
  const disks = disksOf(source.type, config).filter(owned);
  for (const disk of disks) copy[disk.key] = cloneDisk(call, made, disk, log);
  const mirrored = disks.filter((disk) => isMirrored(call, made, disk)).map((disk) => disk.key);
  log.push(...cancelLines(mirrored, agentAnswers(source, call.now)));
  const nameKey = KIND[source.type].nameKey;
  const name = text(call, nameKey);
  if (name !== undefined) copy[nameKey] = name;
  else
    copy[nameKey] = source.type === "qemu" ? `Copy-of-VM-${config.name ?? source.vmid}` : `CT${made.newid}`;
  const description = text(call, "description");
  if (description !== undefined) copy.description = description;
  if (source.type === "qemu") {
    const smbios = parseProperties(String(copy.smbios1 ?? ""));
    smbios.set("uuid", uuid(call.world.rng));
    copy.smbios1 = printProperties(smbios);
    if (copy.vmgenid !== undefined) copy.vmgenid = uuid(call.world.rng);
  }
  return normalizeSettings(call.world, source.type, copy);
}

/** A clone never keeps a MAC address: dropped here, made anew when the settings are normalized. */
function withoutMac(value: string): string {
  return value.replace(/,?hwaddr=[^,]+/i, "").replace(/=([0-9A-F]{2}:){5}[0-9A-F]{2}/i, "");
}

/** A running VM's disk is mirrored by QEMU itself (PVE::QemuServer clone_disk). */
function isMirrored(call: SimCall, { source, full }: Plan, disk: Disk): boolean {
  return (
    source.type === "qemu" && full && isRunning(source) && text(call, "snapname") === undefined && !disk.cdrom
  );
}

function cloneDisk(call: SimCall, made: Plan, disk: Disk, log: string[]): string {
  const { source, newid, full, target } = made;
  const properties = parseProperties(disk.value);
  const bytes = parseSize(properties.get("size") ?? "") ?? 4 * 1024 ** 2;
  const origin = disk.volid.split(":")[0] ?? "";
  const storage = text(call, "storage") ?? origin;
  const format = text(call, "format") ?? /\.(qcow2|vmdk|raw)$/.exec(disk.volid)?.[1];
  const copied = full || disk.volid.includes("cloudinit");
  const vm = source.type === "qemu";
  if (vm) log.push(`create ${copied ? "full" : "linked"} clone of drive ${disk.key} (${disk.volid})`);
  else log.push(`create ${copied ? "full" : "linked"} clone of mountpoint ${disk.key} (${disk.volid})`);
  const { volume, line } = allocate(
    call.world,
    target,
    {
      storage,
      vmid: newid,
      bytes,
      content: vm ? "images" : "rootdir",
      ...(!copied ? { format: "qcow2", parent: disk.volid } : format === undefined ? {} : { format }),
      ...(disk.volid.includes("cloudinit") ? { name: `vm-${newid}-cloudinit` } : {}),
    },
    call.now,
  );
  const stored = copied ? findVolume(call.world, source.node, disk.volid)?.used : undefined;
  if (stored !== undefined) volume.used = stored;
  const files = call.world.storages.get(storage);
  if (!copied && files && isFileBased(files)) log.push(linkLine(disk.volid, volume.volid, newid));
  if (line !== undefined) log.push(line);
  if (copied && vm) {
    const mirror = isMirrored(call, made, disk);
    log.push(
      `allocated target volume '${volume.volid}'`,
      ...(mirror ? mirrorLines(disk.key, bytes, SECONDS) : disk.cdrom ? [] : copyLines(bytes)),
    );
  }
  if (copied && !vm) copyContainer(call, newid, bytes, target, log);
  properties.set("", volume.volid);
  if (!disk.cdrom) properties.set("size", formatSize(bytes));
  return printProperties(properties, ["mp"]);
}

function linkLine(base: string, made: string, newid: number): string {
  const from = base.slice(base.indexOf(":") + 1);
  const to = made.slice(made.lastIndexOf("/") + 1);
  return `clone ${from}: images, ${to}, ${newid} to ${to} (base=../${from})`;
}

function copyContainer(call: SimCall, newid: number, bytes: number, node: string, log: string[]): void {
  log.push(...mkfsLines(call.world, bytes));
  if (!call.world.nodes.get(node)?.lacks?.includes("loop")) {
    log.push(
      "",
      "Number of files: 21,410 (reg: 15,377, dir: 1,931, link: 4,102)",
      "Total bytes sent: 512M",
      "",
    );
    return;
  }
  const folder = `/var/lib/lxc/${newid}/.copy-volume`;
  log.push(
    "mount warning:",
    "      * loop0: Can't mount, would change RO state",
    `mount: ${folder}-2: /dev/loop0 already mounted or mount point busy.`,
    "       dmesg(1) may have more information after failed mount system call.",
    `Specified filename ${folder}-1 does not exist.`,
  );
  die(`command 'mount -o ro /dev/loop0 ${folder}-2//' failed: exit code 32`);
}

/** Cloning (clone_vm of PVE::API2::Qemu and ::LXC). */
export const cloneRoutes: Handlers = {
  "POST /nodes/{node}/qemu/{vmid}/clone": clone,
  "POST /nodes/{node}/lxc/{vmid}/clone": clone,
};
