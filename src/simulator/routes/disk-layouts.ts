import { flag, need, splitList, text } from "../args.ts";
import type { Layout, LayoutCall } from "../disk-layout.ts";
import { addNewStorage, checkNewStorage, cleanUpStorages, dropVolumes, isBusy } from "../layout-storage.ts";
import { disksOfNode, unusedDevice, wipe } from "../node-disks.ts";
import { requirePrivileges } from "../permissions.ts";
import { die, type Handler, type Handlers, type SimCall } from "../route.ts";
import type { Storage } from "../world.ts";
import { directory } from "./disk-directory.ts";
import { lvm, lvmThin } from "./disk-lvm.ts";
import { poolStatus, zfs } from "./disk-zfs.ts";
import { nodeOfCall } from "./nodes.ts";

function layoutCall(call: SimCall): LayoutCall {
  const node = nodeOfCall(call);
  return { call, node, disks: disksOfNode(call.world, node), name: need(call, "name") };
}

const create =
  (layout: Layout): Handler =>
  (call) => {
    const on = layoutCall(call);
    const devices = splitList(text(call, "devices") ?? need(call, "device"));
    for (const device of devices) unusedDevice(on.disks, device);
    const storage = { name: on.name, node: on.node.name, ...layout.storage(on.name) };
    const adds = flag(call, "add_storage");
    if (adds) checkNewStorage(call, storage);
    layout.check?.(on, devices);
    return call.task({
      node: on.node.name,
      type: layout.tasks[0],
      id: on.name,
      seconds: 3,
      begun: () => {
        for (const device of devices) unusedDevice(on.disks, device);
        const { log, bytes } = layout.create(on, devices);
        if (adds) addNewStorage(call.world, storage, bytes);
        return log;
      },
    });
  };

const remove =
  (layout: Layout): Handler =>
  (call) => {
    const on = layoutCall(call);
    const { world } = call;
    const [config, disks] = [flag(call, "cleanup-config"), flag(call, "cleanup-disks")];
    if (config) requirePrivileges(world, call.caller.id, "/storage", ["Datastore.Allocate"]);
    const holds = (storage: Storage) => layout.holds(on, storage);
    return call.task({
      node: on.node.name,
      type: layout.tasks[1],
      id: layout.removedId?.(on) ?? on.name,
      seconds: 2,
      begun: () => {
        const devices = layout.devices(on);
        if (isBusy(world, on.node.name, holds)) die(layout.busy(on));
        layout.remove(on);
        dropVolumes(world, on.node.name, holds);
        if (config) cleanUpStorages(world, on.node.name, holds);
        if (!disks) return undefined;
        layout.wipeable?.(on);
        return devices.flatMap((device) => wipe(on.disks, device));
      },
    });
  };

const routesOf = (layout: Layout): Record<string, Handler> => ({
  [`GET /nodes/{node}/disks/${layout.path}`]: (call) => {
    const node = nodeOfCall(call);
    return layout.list({ call, node, disks: disksOfNode(call.world, node) });
  },
  [`POST /nodes/{node}/disks/${layout.path}`]: create(layout),
  [`DELETE /nodes/{node}/disks/${layout.path}/{name}`]: remove(layout),
});

/** Volume groups, thin pools, ZFS pools and directories on a node's disks. */
export const diskLayoutRoutes: Handlers = {
  ...routesOf(directory),
  ...routesOf(lvm),
  ...routesOf(lvmThin),
  ...routesOf(zfs),
  "GET /nodes/{node}/disks/zfs/{name}": poolStatus,
};
