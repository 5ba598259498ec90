import { posix } from "node:path";
import { flag, index, need, text } from "../args.ts";

import {
  deviceOf,
  disksOfNode,
  heldPart,
  isUsed,
  listDevices,
  mountedPart,
  use,
  wipe,
} from "../node-disks.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { nodeOfCall } from "./nodes.ts";

/** The disks of the call's node, and the one it names. */
function diskOf(call: SimCall) {
  const disks = disksOfNode(call.world, nodeOfCall(call));
  return { disks, path: need(call, "disk"), device: deviceOf(disks, need(call, "disk")) };
}

/** A node's disks (PVE::API2::Disks). */
export const nodeDiskRoutes: Handlers = {
  "GET /nodes/{node}/disks": () => index("name", "list initgpt smart lvm lvmthin directory wipedisk zfs"),
  "GET /nodes/{node}/disks/list": (call) =>
    listDevices(
      disksOfNode(call.world, nodeOfCall(call)),
      text(call, "type"),
      flag(call, "include-partitions"),
    ),
  "GET /nodes/{node}/disks/smart": (call) => {
    const health = String(diskOf(call).device.health ?? "UNKNOWN");
    return flag(call, "healthonly")
      ? { health }
      : { health, type: "text", text: `SMART overall-health self-assessment test result: ${health}\n` };
  },
  "POST /nodes/{node}/disks/initgpt": (call) => {
    const { disks, path, device } = diskOf(call);
    if (device.parent !== undefined) die(`${path} is a partition`);
    if (isUsed(disks, device)) die(`disk ${path} already in use`);
    return call.task({
      node: need(call, "node"),
      type: "diskinit",
      id: posix.basename(path),
      seconds: 1,
      log: ["The operation has completed successfully."],
      done: () => {
        use(disks, path, { gpt: 1 });
        return undefined;
      },
    });
  },
  "PUT /nodes/{node}/disks/wipedisk": (call) => {
    const { disks, path, device } = diskOf(call);
    const mounted = mountedPart(disks, device);
    if (mounted !== undefined) die(`disk/partition '${mounted}' is mounted`);
    const held = heldPart(disks, device);
    if (held !== undefined) die(`disk/partition '${held}' has a holder`);
    const pool = [...disks.pools.values()].some(
      ({ devices }) => Array.isArray(devices) && devices.includes(path),
    );
    const busy = `error wiping '${path}': wipefs: error: ${path}: probing initialization failed: Device or resource busy`;
    return call.task({
      node: need(call, "node"),
      type: "wipedisk",
      id: posix.basename(path),
      seconds: 2,
      ...(pool ? { log: [`wiping block device ${path}`], exitstatus: busy } : {}),
      done: () => wipe(disks, path),
    });
  },
};
