import { flag, int, text } from "../args.ts";
import { assertDigest, STALE } from "../digest.ts";
import { keepUnused, mkfsLines } from "../guest-disks.ts";
import { mustFind } from "../guest-power.ts";
import {
  checkLock,
  disksOf,
  guestDigest,
  guestOf,
  isDiskKey,
  isRunning,
  isTemplate,
  KIND,
  nodeOf,
  vmidOf,
} from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { formatSize, parseProperties, parseSize, printProperties } from "../property.ts";
import { refuseRootOptions } from "../root-options.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { TaskFailure } from "../tasks.ts";
import {
  addVolume,
  allocate,
  contentOf,
  enabledOn,
  findVolume,
  nextName,
  pathOf,
  removeVolume,
} from "../volumes.ts";
import type { Guest, Json } from "../world.ts";
import { copyLines } from "./clone.ts";

/** The volume behind a disk key. */
function volidOf(guest: Guest, key: string): string {
  return String(guest.config[key] ?? "").split(",")[0] ?? "";
}

function wantedSize(guest: Guest, call: SimCall, key: string): { size: number; wanted: number } {
  const given = text(call, "size") ?? "";
  const bytes = parseSize(given.replace(/^\+/, "")) ?? die("invalid size string");
  const size = findVolume(call.world, guest.node, volidOf(guest, key))?.size ?? 0;
  return { size, wanted: given.startsWith("+") ? size + bytes : bytes };
}

function setSize(call: SimCall, guest: Guest, key: string, bytes: number): void {
  const volume = findVolume(call.world, guest.node, volidOf(guest, key));
  if (volume) volume.size = bytes;
  const properties = parseProperties(String(guest.config[key]));
  properties.set("size", formatSize(bytes));
  guest.config[key] = printProperties(properties, ["mp"]);
}

/** VMs: every check is the task's. */
function resizeVm(call: SimCall): Json {
  refuseRootOptions(call);
  const [node, vmid] = [nodeOf(call), vmidOf(call)];
  const key = text(call, "disk") ?? "";
  return call.task({
    node,
    type: "resize",
    id: String(vmid),
    seconds: 1,
    done: () => {
      const guest = mustFind(call.world, node, "qemu", vmid);
      assertDigest(call, guestDigest(guest), STALE.guest);
      checkLock(guest);
      if (guest.config[key] === undefined) die(`disk '${key}' does not exist`);
      if (String(guest.config[key]).includes("media=cdrom")) die("you can't resize a cdrom");
      requirePrivileges(call.world, call.caller.id, `/storage/${volidOf(guest, key).split(":")[0]}`, [
        "Datastore.AllocateSpace",
      ]);
      const { size, wanted } = wantedSize(guest, call, key);
      if (wanted < size) die("shrinking disks is not supported");
      setSize(call, guest, key, wanted);
      return undefined;
    },
  });
}

/** Containers: checked before the task, and again in it. */
function resizeContainer(call: SimCall): Json {
  const guest = guestOf(call);
  const key = text(call, "disk") ?? "";
  checkLock(guest);
  assertDigest(call, guestDigest(guest));
  if (guest.config[key] === undefined) die("unable to parse volume ID ''");
  const { size, wanted } = wantedSize(guest, call, key);
  if (wanted < size) die("unable to shrink disk size");
  if (wanted === size) die("disk is already at specified size");
  const path = pathOf(call.world, volidOf(guest, key));
  const blocks = Math.trunc(wanted / 4096);
  return call.task({
    node: guest.node,
    type: "resize",
    id: String(guest.vmid),
    seconds: 2,
    log: [
      "Image resized.",
      "e2fsck 1.47.2 (1-Jan-2025)",
      `${path}: 1903/65536 files (0.1% non-contiguous), 9234/262144 blocks`,
      "resize2fs 1.47.2 (1-Jan-2025)",
      `Resizing the filesystem on ${path} to ${blocks} (4k) blocks.`,
      `The filesystem on ${path} is now ${blocks} (4k) blocks long.`,
    ],
    done: () => {
      setSize(call, guest, key, wanted);
      return undefined;
    },
  });
}

const snapshotUses = (guest: Guest, volid: string) =>
  [...guest.snapshots.values()].some((snapshot) =>
    disksOf(guest.type, snapshot.config).some((disk) => disk.volid === volid),
  );

/** `storage` moves to another storage, `target-vmid` hands the disk to another guest. */
function move(call: SimCall, keyParam: "disk" | "volume"): Json {
  const guest = guestOf(call);
  const key = text(call, keyParam) ?? "";
  const storage = text(call, "storage");
  const targetVmid = int(call, "target-vmid");
  if (storage !== undefined && targetVmid !== undefined) {
    const message =
      guest.type === "qemu"
        ? "either set 'storage' or 'target-vmid', but not both"
        : "either set storage or target-vmid, but not both";
    if (guest.type === "lxc") die(message);
    badParams({ "target-vmid": message, storage: message });
  }
  if (targetVmid !== undefined) return reassign(call, guest, key, targetVmid);
  if (storage === undefined) {
    const message = "both 'storage' and 'target-vmid' missing, either needs to be set";
    return badParams({ "target-vmid": message, storage: message });
  }
  return moveToStorage(call, guest, key, storage);
}

function checkMove(call: SimCall, guest: Guest, key: string, storage: string): void {
  checkLock(guest);
  const digest = guestDigest(guest);
  if (guest.type === "lxc" && isRunning(guest)) die("cannot move volumes of a running container");
  if (guest.type === "qemu") assertDigest(call, digest);
  if (guest.config[key] === undefined)
    die(guest.type === "qemu" ? `disk '${key}' does not exist` : "unable to parse volume ID ''");
  if (String(guest.config[key]).includes("media=cdrom")) die("you can't move a cdrom");
  const volid = volidOf(guest, key);
  const old = volid.split(":")[0];
  const format = text(call, "format");
  if (guest.type === "qemu" && old === storage && (format === undefined || volid.endsWith(`.${format}`)))
    die("you can't move to the same storage with same format");
  const target = enabledOn(call.world, storage, guest.node);
  requirePrivileges(call.world, call.caller.id, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
  if (!contentOf(target).includes(guest.type === "qemu" ? "images" : "rootdir")) {
    if (guest.type === "qemu") badParams({ storage: `storage '${storage}' does not support vm images` });
    die(`storage '${storage}' does not support CT rootdirs`);
  }
  if (flag(call, "delete") && snapshotUses(guest, volid))
    die(`you can't move a ${guest.type === "qemu" ? "disk" : "volume"} with snapshots and delete the source`);
  if (guest.type === "lxc") assertDigest(call, digest);
}

function moveToStorage(call: SimCall, guest: Guest, key: string, storage: string): Json {
  checkMove(call, guest, key, storage);
  const old = volidOf(guest, key);
  const vm = guest.type === "qemu";
  return call.task({
    node: guest.node,
    type: vm ? "qmmove" : "move_volume",
    id: String(guest.vmid),
    seconds: 5,
    interrupted: "storage migration failed: interrupted by signal",
    done: () => {
      const log: string[] = [];
      try {
        checkMove(call, guest, key, storage);
        moveVolume(call, guest, key, storage, log);
      } catch (error) {
        throw new TaskFailure(
          `storage migration failed: ${error instanceof Error ? error.message : error}`,
          log,
        );
      }
      if (flag(call, "delete")) {
        removeVolume(call.world, guest.node, old);
        if (vm) log.push(`removing source volume '${old}' after successful copy`);
      } else {
        const kept = keepUnused(guest.config, old);
        if (vm) log.push(`adding source volume '${old}' as '${kept}' to config`);
      }
      return log;
    },
  });
}

function moveVolume(call: SimCall, guest: Guest, key: string, storage: string, log: string[]): void {
  const properties = parseProperties(String(guest.config[key]));
  const old = volidOf(guest, key);
  const bytes = findVolume(call.world, guest.node, old)?.size ?? parseSize(properties.get("size") ?? "") ?? 0;
  const vm = guest.type === "qemu";
  const format = text(call, "format") ?? /\.(qcow2|vmdk|raw)$/.exec(old)?.[1];
  if (vm) {
    log.push(
      `copying volume '${old}' from current storage '${old.split(":")[0]}' to target storage '${storage}'`,
      `create full clone of drive ${key} (${old})`,
    );
  }
  const { volume, line } = allocate(
    call.world,
    guest.node,
    {
      storage,
      vmid: guest.vmid,
      bytes,
      content: vm ? "images" : "rootdir",
      ...(format === undefined ? {} : { format }),
    },
    call.now,
  );
  if (line !== undefined) log.push(line);
  if (vm) log.push(...copyLines(volume.volid, bytes));
  else
    log.push(
      ...mkfsLines(call.world, bytes),
      "",
      "Number of files: 2 (dir: 2)",
      "Total bytes sent: 93",
      "Total bytes received: 23",
    );
  properties.set("", volume.volid);
  guest.config[key] = printProperties(properties, ["mp"]);
}

/** Hands a disk to another guest of the node: the volume is renamed after its new owner. */
function reassign(call: SimCall, guest: Guest, key: string, targetVmid: number): Json {
  const { type } = guest;
  const vm = type === "qemu";
  const label = KIND[type].label;
  requirePrivileges(call.world, call.caller.id, `/vms/${targetVmid}`, ["VM.Config.Disk"]);
  if (targetVmid === guest.vmid) {
    const message = vm
      ? "must be different than source VMID to reassign disk"
      : "must be different than source VMID to move disk to another container";
    badParams({ "target-vmid": message });
  }
  const targetKey = text(call, vm ? "target-disk" : "target-volume") ?? key;
  const target =
    call.world.guests.get(targetVmid) ?? die(`could not find ${vm ? "target VM" : "CT"} ${targetVmid}`);
  if (target.node !== guest.node)
    die(`Both ${vm ? "VMs" : "containers"} need to be on the same node (${guest.node} != ${target.node})`);
  if (isTemplate(guest) || isTemplate(target))
    die(vm ? "Can't move disks from or to template VMs" : "Can't move volumes from or to template CT");
  if (guest.config[key] === undefined)
    die(
      vm
        ? `Disk '${key}' for VM '${guest.vmid}' does not exist`
        : `volume '${key}' for container '${guest.vmid}' does not exist`,
    );
  if (vm && target.config[targetKey] !== undefined)
    die(`Target disk key '${targetKey}' is already in use for VM '${targetVmid}'`);
  if (isRunning(guest) && isDiskKey(type, key))
    die("Cannot move disk to another VM while the source VM is running - detach first");
  return call.task({
    node: guest.node,
    type: vm ? "qmmove" : "move_volume",
    id: `${guest.vmid}-${targetVmid}`,
    seconds: 1,
    done: () => {
      const old = volidOf(guest, key);
      const volume = findVolume(call.world, guest.node, old) ?? die(`volume '${old}' does not exist`);
      removeVolume(call.world, guest.node, old);
      const [storage = "", path = ""] = old.split(":");
      const file = path.slice(path.lastIndexOf("/") + 1);
      const [, prefix = "vm", ending = ""] = /^(vm|subvol)-.*?(\.\w+)?$/.exec(file) ?? [];
      const fresh = `${nextName(call.world, guest.node, storage, targetVmid, prefix)}${ending}`;
      const name = `${storage}:${path.includes("/") ? `${targetVmid}/` : ""}${fresh}`;
      addVolume(call.world, guest.node, { ...volume, volid: name, vmid: targetVmid });
      const properties = parseProperties(String(guest.config[key]));
      properties.set("", name);
      target.config[targetKey] = printProperties(properties, ["mp"]);
      delete guest.config[key];
      return [
        `moving ${vm ? "disk" : "volume"} '${key}' from ${label} '${guest.vmid}' to '${targetVmid}'`,
        `removing ${vm ? "disk" : "volume"} '${key}' from ${label} '${guest.vmid}' config`,
      ];
    },
  });
}

/** Resizing and moving of guests' disks. */
export const diskRoutes: Handlers = {
  "PUT /nodes/{node}/qemu/{vmid}/resize": resizeVm,
  "PUT /nodes/{node}/lxc/{vmid}/resize": resizeContainer,
  "POST /nodes/{node}/qemu/{vmid}/move_disk": (call) => move(call, "disk"),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": (call) => move(call, "volume"),
};
