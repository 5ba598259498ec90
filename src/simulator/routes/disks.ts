import { text } from "../args.ts";
import { assertDigest, STALE } from "../digest.ts";
import { moveDisk, volidOf } from "../disk-move.ts";
import { mustFind } from "../guest-power.ts";
import { checkLock, guestDigest, guestOf, nodeOf, vmidOf } from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { formatSize, parseProperties, parseSize, printProperties } from "../property.ts";
import { refuseRootOptions } from "../root-options.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { findVolume, pathOf } from "../volumes.ts";
import type { Guest, Json } from "../world.ts";

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

/** Resizing and moving of guests' disks. */
export const diskRoutes: Handlers = {
  "PUT /nodes/{node}/qemu/{vmid}/resize": resizeVm,
  "PUT /nodes/{node}/lxc/{vmid}/resize": resizeContainer,
  "POST /nodes/{node}/qemu/{vmid}/move_disk": (call) => moveDisk(call, "disk"),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": (call) => moveDisk(call, "volume"),
};
