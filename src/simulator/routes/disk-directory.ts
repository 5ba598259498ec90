import { text } from "../args.ts";
import { digestOf } from "../digest.ts";
import type { Layout } from "../disk-layout.ts";
import { partition, use } from "../node-disks.ts";
import { die } from "../route.ts";

/** The mount unit of a directory, with `-` escaped as systemd does. */
const unit = (name: string) => `mnt-pve-${name.replaceAll("-", "\\x2d")}.mount`;

/** File systems mounted below /mnt/pve (PVE::API2::Disks::Directory). */
export const directory: Layout = {
  path: "directory",
  tasks: ["dircreate", "dirremove"],
  list: ({ disks }) =>
    [...disks.mounts].map(([name, { uuid = "", type = "" }]) => ({
      unitfile: `/etc/systemd/system/${unit(name)}`,
      path: `/mnt/pve/${name}`,
      device: `/dev/disk/by-uuid/${String(uuid)}`,
      type,
      options: "defaults",
    })),
  storage: (name) => ({
    type: "dir",
    config: {
      path: `/mnt/pve/${name}`,
      content: "rootdir,images,iso,backup,vztmpl,snippets",
      is_mountpoint: "1",
    },
    same: ["path"],
  }),
  check: ({ disks, name }) => {
    const mount = disks.mounts.get(name);
    if (mount) die(`the path for '${name}' is already mounted: /mnt/pve/${name} (${String(mount.device)})`);
  },
  create: ({ call, disks, name }, [path = ""]) => {
    const type = text(call, "filesystem") ?? "ext4";
    const device = disks.devices.get(path) ?? {};
    const part = device.parent === undefined ? partition(device, type, true) : device;
    const where = String(part.devpath);
    use(disks, where, { ...part, used: type, mounted: 1 });
    if (where !== path) use(disks, path, { used: type, gpt: 1, mounted: 1 });
    const uuid = digestOf([where, call.now]).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
    disks.mounts.set(name, { device: where, uuid, type });
    return {
      log: [
        ...(where === path ? [] : [`# /sbin/sgdisk -n1 -t1:8300 ${path}`]),
        `# /sbin/mkfs -t ${type} ${where}`,
        `# /sbin/blkid ${where} -o export`,
      ],
      bytes: Math.trunc(Number(device.size ?? 0) * 0.98),
    };
  },
  holds: ({ name }, { type, config }) => type === "dir" && config.path === `/mnt/pve/${name}`,
  devices: ({ disks, name }) => {
    const mount = disks.mounts.get(name) ?? die(`command 'systemctl stop ${unit(name)}' failed: exit code 5`);
    const device = String(mount.device);
    return [String(disks.devices.get(device)?.parent ?? device)];
  },
  busy: ({ name }) => `command 'systemctl stop ${unit(name)}' failed: exit code 1`,
  remove: ({ disks, name }) => {
    const device = String(disks.mounts.get(name)?.device);
    use(disks, device, { mounted: 0 });
    const parent = disks.devices.get(device)?.parent;
    if (typeof parent === "string") use(disks, parent, { mounted: 0 });
    disks.mounts.delete(name);
  },
};
