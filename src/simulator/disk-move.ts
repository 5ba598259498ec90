import { flag, int, text } from "./args.ts";
import { copyLines, mirrorLines, switchLines } from "./copy-lines.ts";
import { assertDigest } from "./digest.ts";
import { keepUnused, mkfsLines } from "./guest-disks.ts";
import {
  checkLock,
  disksOf,
  guestDigest,
  guestOf,
  isDiskKey,
  isRunning,
  isTemplate,
  KIND,
} from "./guests.ts";
import { requirePrivileges } from "./permissions.ts";
import { parseProperties, parseSize, printProperties } from "./property.ts";
import { badParams, die, type SimCall } from "./route.ts";
import { TaskFailure } from "./tasks.ts";
import { addVolume, allocate, contentOf, enabledOn, findVolume, nextName, removeVolume } from "./volumes.ts";
import type { Guest, Json, Volume } from "./world.ts";

/** The volume behind a disk key. */
export function volidOf(guest: Guest, key: string): string {
  return String(guest.config[key] ?? "").split(",")[0] ?? "";
}

const snapshotUses = (guest: Guest, volid: string) =>
  [...guest.snapshots.values()].some((snapshot) =>
    disksOf(guest.type, snapshot.config).some((disk) => disk.volid === volid),
  );

/** Moves a guest's disk: `storage` to another storage, `target-vmid` hands it to another guest. */
export function moveDisk(call: SimCall, keyParam: "disk" | "volume"): Json {
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

/** How long a move takes. */
const MOVE_SECONDS = 5;

/** The copy is there while the task runs; the configuration takes it at the end. */
function moveToStorage(call: SimCall, guest: Guest, key: string, storage: string): Json {
  checkMove(call, guest, key, storage);
  const old = volidOf(guest, key);
  const vm = guest.type === "qemu";
  let copy: Volume | undefined;
  const discard = () => {
    if (copy) removeVolume(call.world, guest.node, copy.volid);
  };
  const guarded = (run: (log: string[]) => void): string[] => {
    const log: string[] = [];
    try {
      run(log);
      return log;
    } catch (error) {
      discard();
      const message = `storage migration failed: ${error instanceof Error ? error.message : error}`;
      throw new TaskFailure(message, log);
    }
  };
  return call.task({
    node: guest.node,
    type: vm ? "qmmove" : "move_volume",
    id: String(guest.vmid),
    seconds: MOVE_SECONDS,
    interrupted: "storage migration failed: interrupted by signal",
    stopped: discard,
    begun: () =>
      guarded((log) => {
        copy = copyVolume(call, guest, key, storage, log);
      }),
    done: () =>
      guarded((log) => {
        checkMove(call, guest, key, storage);
        const properties = parseProperties(String(guest.config[key]));
        properties.set("", copy?.volid ?? old);
        guest.config[key] = printProperties(properties, ["mp"]);
        if (flag(call, "delete")) {
          removeVolume(call.world, guest.node, old);
          if (vm) log.push(`removing source volume '${old}' after successful copy`);
        } else {
          const kept = keepUnused(guest.config, old);
          if (vm) log.push(`adding source volume '${old}' as '${kept}' to config`);
        }
      }),
  });
}

/** Allocates the copy of a disk and logs the copying. */
function copyVolume(call: SimCall, guest: Guest, key: string, storage: string, log: string[]): Volume {
  const properties = parseProperties(String(guest.config[key]));
  const old = volidOf(guest, key);
  const source = findVolume(call.world, guest.node, old);
  const bytes = source?.size ?? parseSize(properties.get("size") ?? "") ?? 0;
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
  if (source?.used !== undefined) volume.used = source.used;
  if (line !== undefined) log.push(line);
  if (vm)
    log.push(
      `allocated target volume '${volume.volid}'`,
      ...(isRunning(guest)
        ? [...mirrorLines(key, bytes, MOVE_SECONDS), ...switchLines([key])]
        : copyLines(bytes)),
    );
  else
    log.push(
      ...mkfsLines(call.world, bytes),
      "",
      "Number of files: 2 (dir: 2)",
      "Total bytes sent: 93",
      "Total bytes received: 23",
    );
  return volume;
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
    id: `${guest.vmid}-${key}>${targetVmid}-${targetKey}`,
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
