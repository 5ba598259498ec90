import { need } from "../args.ts";
import type { Layout, LayoutCall } from "../disk-layout.ts";
import { type NodeDisks, use } from "../node-disks.ts";
import { die } from "../route.ts";
import { storageUsed } from "../rrd.ts";
import type { Json, Node, World } from "../world.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Thin pools of a volume group. */
const poolsOf = (disks: NodeDisks, group: string) =>
  [...disks.thin].filter(([id]) => id.startsWith(`${group}/`));

/** Volume groups as lvm_vgs reads them, without the names. */
export function groupRow(disks: NodeDisks, name: string): Record<string, number> {
  const { size = 0, free = 0 } = disks.groups.get(name) ?? {};
  return { size: Number(size), free: Number(free), lvcount: poolsOf(disks, name).length };
}

/** Puts a new volume group on a device; returns its bytes. */
function newGroup({ disks, node, name }: LayoutCall, device: string): number {
  if (disks.groups.has(name)) die(`volume group with name '${name}' already exists on node '${node.name}'`);
  const size = Number(disks.devices.get(device)?.size ?? 0) - 4 * MIB;
  disks.groups.set(name, { size, free: size, device });
  use(disks, device, { used: "LVM" });
  return size;
}

const device = (disks: NodeDisks, group: string) => String(disks.groups.get(group)?.device);

/** Volume groups (PVE::API2::Disks::LVM). */
export const lvm: Layout = {
  path: "lvm",
  tasks: ["lvmcreate", "lvmremove"],
  list: ({ disks }) => ({
    leaf: 0,
    children: [...disks.groups.keys()].sort().map((name) => {
      const { size = 0, free = 0 } = groupRow(disks, name);
      const volume = { name: device(disks, name), size, free, leaf: 1 };
      return { name, ...groupRow(disks, name), leaf: 0, children: [volume] };
    }),
  }),
  storage: (name) => ({
    type: "lvm",
    config: { vgname: name, content: "rootdir,images", shared: 0 },
    same: ["vgname"],
  }),
  create: (on, [path = ""]) => ({
    bytes: newGroup(on, path),
    log: [
      `  Physical volume "${path}" successfully created.`,
      `  Volume group "${on.name}" successfully created`,
    ],
  }),
  holds: ({ name }, { type, config }) => /^lvm(thin)?$/.test(type) && config.vgname === name,
  devices: ({ disks, name }) =>
    disks.groups.has(name) ? [device(disks, name)] : die(`no such volume group '${name}'`),
  busy: ({ name }) =>
    `unable to remove volume group ${name}: Logical volume ${name} contains a volume in use.`,
  remove: ({ disks, name }) => {
    use(disks, device(disks, name), { used: "LVM" });
    for (const [id] of poolsOf(disks, name)) disks.thin.delete(id);
    disks.groups.delete(name);
  },
};

/** A row of the thin pools (PVE::Storage::LVMPlugin lvm_list_volumes). */
export function thinRows(world: World, node: Node, disks: NodeDisks, group?: string): Json[] {
  return [...disks.thin].flatMap(([id, { bytes = 0 }]) => {
    const [vg = "", lv = ""] = id.split("/");
    if (group !== undefined && vg !== group) return [];
    const storage = [...world.storages.values()].find(
      ({ config }) => config.vgname === vg && config.thinpool === lv,
    );
    const size = Number(bytes);
    const used = storage ? Math.min(size, storageUsed(world, node.name, storage)) : 0;
    return {
      vg,
      lv,
      lv_size: size,
      lv_state: "a",
      lv_type: "t",
      used,
      metadata_size: GIB,
      metadata_used: Math.trunc(GIB * 0.02 + (GIB * used) / Math.max(1, size) / 10),
      ctime: String(node.booted),
    };
  });
}

/** Thin pools (PVE::API2::Disks::LVMThin). */
export const lvmThin: Layout = {
  path: "lvmthin",
  tasks: ["lvmthincreate", "lvmthinremove"],
  list: ({ call, node, disks }) => thinRows(call.world, node, disks),
  storage: (name) => ({
    type: "lvmthin",
    config: { vgname: name, thinpool: name, content: "rootdir,images" },
    same: ["vgname", "thinpool"],
  }),
  create: (on, [path = ""]) => {
    const size = newGroup(on, path);
    const metadata = Math.min(16 * GIB, Math.max(GIB, size / 100));
    const bytes = Math.trunc(size - 128 * MIB - 2 * metadata);
    on.disks.thin.set(`${on.name}/${on.name}`, { bytes });
    on.disks.groups.set(on.name, { size, free: 128 * MIB, device: path });
    return {
      bytes,
      log: [
        `  Physical volume "${path}" successfully created.`,
        `  Volume group "${on.name}" successfully created`,
        `  Logical volume "${on.name}" created.`,
      ],
    };
  },
  removedId: ({ call, name }) => `${need(call, "volume-group")}-${name}`,
  holds: ({ call, name }, { type, config }) =>
    type === "lvmthin" && config.vgname === need(call, "volume-group") && config.thinpool === name,
  devices: ({ call, disks, name }) => {
    const group = need(call, "volume-group");
    return disks.thin.has(`${group}/${name}`)
      ? [device(disks, group)]
      : die(`no such thin pool ${group}/${name}`);
  },
  busy: ({ call, name }) => `command 'lvremove -y ${need(call, "volume-group")}/${name}' failed: exit code 5`,
  remove: ({ call, disks, name }) => {
    const group = need(call, "volume-group");
    const { bytes = 0 } = disks.thin.get(`${group}/${name}`) ?? {};
    disks.thin.delete(`${group}/${name}`);
    const { free = 0, ...rest } = disks.groups.get(group) ?? {};
    disks.groups.set(group, { ...rest, free: Number(free) + Number(bytes) });
  },
  wipeable: ({ call, disks }) => {
    const group = need(call, "volume-group");
    if (poolsOf(disks, group).length > 0) die(`volume group '${group}' still in use`);
    disks.groups.delete(group);
  },
};
