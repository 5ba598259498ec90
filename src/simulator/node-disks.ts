import { objects } from "./config-objects.ts";
import { die } from "./route.ts";
import type { Json, JsonObject, Node, World } from "./world.ts";

/** What a node's disks carry; each kind is kept by name. */
export interface NodeDisks {
  /** Disks and partitions by device path, as GET disks/list shows them; a partition has a `parent`. */
  readonly devices: Map<string, JsonObject>;
  /** LVM volume groups: `size`, `free` (bytes), `device`, and `thin`, the bytes of a thin pool in it. */
  readonly groups: Map<string, JsonObject>;
  /** Thin pools, by `group/pool`: bytes. */
  readonly thin: Map<string, JsonObject>;
  /** ZFS pools: `size`, `devices`, `raidlevel`. */
  readonly pools: Map<string, JsonObject>;
  /** Mount units below /mnt/pve: `device`, `uuid`, `type`. */
  readonly mounts: Map<string, JsonObject>;
}

const NONE = "unknown";

function disk(devpath: string, size: number, more: JsonObject): [string, JsonObject] {
  const facts = {
    devpath,
    size,
    gpt: 1,
    type: "ssd",
    mounted: 0,
    vendor: "ATA",
    model: NONE,
    serial: NONE,
    wwn: NONE,
    health: "PASSED",
    rpm: 0,
    wearout: "N/A",
    osdid: -1,
    "osdid-list": null,
  };
  return [devpath, { ...facts, ...more }];
}

/** A partition over a whole disk. */
export function partition(parent: JsonObject, used: string, mounted: boolean): JsonObject {
  const device = String(parent.devpath);
  const devpath = `${device}${/\d$/.test(device) ? "p" : ""}1`;
  const { size = 0 } = parent;
  const facts = { devpath, parent: device, size, used, type: "partition", gpt: 1, mounted: mounted ? 1 : 0 };
  return { ...facts, osdid: -1, "osdid-list": null };
}

const FAST = 1_920_383_410_176;
const SPARE = 960_197_124_096;

/** The system disk and, in a cluster, the fast one that guests live on and two that nothing is on. */
function seed(world: World, { name, rootfs }: Node, disks: NodeDisks): void {
  const add = ([path, facts]: [string, JsonObject]) => disks.devices.set(path, facts);
  const system = disk("/dev/sda", rootfs.total, {
    used: "mounted",
    mounted: 1,
    model: "Micron_5300_MTFD",
    serial: `${name}-0001`,
  });
  add(system);
  const part = partition(system[1], "mounted", true);
  disks.devices.set(String(part.devpath), part);
  if (!world.cluster) return;
  add(
    disk("/dev/nvme0n1", FAST, {
      used: "LVM",
      type: "nvme",
      vendor: NONE,
      model: "SAMSUNG MZQL21T9",
      serial: `${name}-0002`,
      wearout: 96,
    }),
  );
  for (const [letter, serial] of [["b", "0003"] as const, ["c", "0004"] as const])
    add(disk(`/dev/sd${letter}`, SPARE, { gpt: 0, model: "INTEL_SSDSC2KG96", serial: `${name}-${serial}` }));
  for (const { type, config } of world.storages.values())
    if (type === "lvmthin") {
      const [group, pool] = [String(config.vgname), String(config.thinpool)];
      const bytes = Math.trunc(FAST * 0.95);
      disks.groups.set(group, { size: FAST, free: FAST - bytes, device: "/dev/nvme0n1" });
      disks.thin.set(`${group}/${pool}`, { bytes });
    }
}

/** The disks of a node, as they are now. */
export function disksOfNode(world: World, node: Node): NodeDisks {
  const of = (kind: string) => objects(world, `${kind}/${node.name}`);
  const disks = {
    devices: of("disks"),
    groups: of("lvm"),
    thin: of("lvmthin"),
    pools: of("zfs"),
    mounts: of("mounts"),
  };
  if (disks.devices.size === 0) seed(world, node, disks);
  return disks;
}

/** PVE::Diskmanage verify_blockdev_path. */
export function deviceOf({ devices }: NodeDisks, path: string): JsonObject {
  if (!path.startsWith("/dev/")) die(`got unusual device path '${path}'`);
  return devices.get(path) ?? die("not a valid block device");
}

const partitionsOf = ({ devices }: NodeDisks, path: string): JsonObject[] =>
  [...devices.values()].filter(({ parent }) => parent === path);

/** True when something is on the disk or one of its partitions. */
export const isUsed = (disks: NodeDisks, device: JsonObject): boolean =>
  device.used !== undefined || partitionsOf(disks, String(device.devpath)).length > 0;

/** PVE::Diskmanage assert_disk_unused: the device at a path, which must carry nothing. */
export function unusedDevice(disks: NodeDisks, path: string): JsonObject {
  const device = deviceOf(disks, path);
  if (isUsed(disks, device)) die(`device '${path}' is already in use`);
  return device;
}

/** The device or the partition of it that is mounted, or undefined. */
export function mountedPart(disks: NodeDisks, device: JsonObject): string | undefined {
  const parts = partitionsOf(disks, String(device.devpath));
  const found = parts.find(({ mounted }) => mounted === 1) ?? (device.mounted === 1 ? device : undefined);
  return found === undefined ? undefined : String(found.devpath);
}

/** The device when a volume group is on it, or undefined. */
export function heldPart({ groups }: NodeDisks, device: JsonObject): string | undefined {
  const path = String(device.devpath);
  return [...groups.values()].some((group) => group.device === path) ? path : undefined;
}

/** Notes what a device is used for now. */
export function use({ devices }: NodeDisks, path: string, more: JsonObject): void {
  devices.set(path, { ...devices.get(path), ...more });
}

/** Wipes a device: partitions and labels are gone. Returns the lines PVE prints. */
export function wipe(disks: NodeDisks, path: string): string[] {
  const parts = partitionsOf(disks, path).map(({ devpath }) => String(devpath));
  for (const part of parts) disks.devices.delete(part);
  const { used: _used, ...rest } = disks.devices.get(path) ?? {};
  disks.devices.set(path, { ...rest, gpt: 0, mounted: 0 });
  return [
    ...(parts.length > 0 ? [`found child partitions to wipe: ${parts.join(", ")}`] : []),
    `wiping block device ${path}`,
  ];
}

/** Rows of GET disks/list. */
export function listDevices(disks: NodeDisks, type: string | undefined, partitions: boolean): Json[] {
  const rows = [...disks.devices.values()].sort((a, b) => (String(a.devpath) < String(b.devpath) ? -1 : 1));
  return rows
    .filter(({ parent }) => partitions || parent === undefined)
    .filter((row) => type !== "unused" || !isUsed(disks, row))
    .filter(
      ({ used, gpt }) =>
        type !== "journal_disks" ||
        used === undefined ||
        used === "LVM" ||
        (used === "partitions" && gpt === 1),
    );
}
