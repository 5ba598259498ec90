import { describe, expect, it } from "vitest";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

const disks = "/nodes/pve1/disks";

function onDisks() {
  const sim = simulated();
  const { call, finish } = sim;
  const row = async (devpath: string) =>
    (await call(`GET ${disks}/list`)).data.find((disk: { devpath: string }) => disk.devpath === devpath);
  const run = async (request: string, params: Record<string, string | number>) =>
    finish((await call(request, params)).data);
  return { ...sim, row, run, root: loggedIn(sim) };
}

describe("a node's disks", () => {
  it("are listed by what they are for, with partitions on demand", async () => {
    const { call } = onDisks();
    const paths = async (params: Record<string, string | number>) =>
      (await call(`GET ${disks}/list`, params)).data.map(({ devpath }: { devpath: string }) => devpath);
    expect(await paths({})).toEqual(["/dev/nvme0n1", "/dev/sda", "/dev/sdb", "/dev/sdc"]);
    expect(await paths({ type: "unused" })).toEqual(["/dev/sdb", "/dev/sdc"]);
    expect(await paths({ "include-partitions": 1 })).toContain("/dev/sda1");
    expect((await call(`GET ${disks}/smart`, { disk: "/dev/sdz" })).message).toBe(
      "not a valid block device\n",
    );
  });

  it("get a partition table unless something is on them", async () => {
    const { call, row, run } = onDisks();
    expect((await call(`POST ${disks}/initgpt`, { disk: "/dev/sda" })).message).toBe(
      "disk /dev/sda already in use\n",
    );
    expect((await call(`POST ${disks}/initgpt`, { disk: "/dev/sda1" })).message).toBe(
      "/dev/sda1 is a partition\n",
    );
    await run(`POST ${disks}/initgpt`, { disk: "/dev/sdb" });
    expect((await row("/dev/sdb")).gpt).toBe(1);
  });

  it("are wiped by root@pam alone, and not while they are in use", async () => {
    const { call, root } = onDisks();
    expect((await call(`PUT ${disks}/wipedisk`, { disk: "/dev/sdb" })).message).toBe(
      "Permission check failed (user != root@pam)\n",
    );
    expect((await root(`PUT ${disks}/wipedisk`, { disk: "/dev/sda" })).message).toBe(
      "disk/partition '/dev/sda1' is mounted\n",
    );
    expect((await root(`PUT ${disks}/wipedisk`, { disk: "/dev/nvme0n1" })).message).toBe(
      "disk/partition '/dev/nvme0n1' has a holder\n",
    );
  });
});

describe("directories", () => {
  it("are made with their storage, and removed with it", async () => {
    const { call, finish, row, run } = onDisks();
    const made = await run(`POST ${disks}/directory`, { name: "my-dir", device: "/dev/sdb", add_storage: 1 });
    expect(made).toEqual({
      exitstatus: "OK",
      log: [
        "# /sbin/sgdisk -n1 -t1:8300 /dev/sdb",
        "# /sbin/mkfs -t ext4 /dev/sdb1",
        "# /sbin/blkid /dev/sdb1 -o export",
        "TASK OK",
      ],
    });
    expect((await call(`GET ${disks}/directory`)).data).toMatchObject([
      {
        path: "/mnt/pve/my-dir",
        type: "ext4",
        unitfile: "/etc/systemd/system/mnt-pve-my\\x2ddir.mount",
      },
    ]);
    expect((await call("GET /storage/my-dir")).data).toMatchObject({
      path: "/mnt/pve/my-dir",
      nodes: "pve1",
    });
    const again = { name: "my-dir", device: "/dev/sdc", add_storage: 1 };
    expect((await call(`POST ${disks}/directory`, again)).message).toBe(
      "Storage ID 'my-dir' already exists on node pve1\n",
    );
    expect((await call(`POST ${disks}/directory`, { name: "d2", device: "/dev/sdb" })).message).toBe(
      "device '/dev/sdb' is already in use\n",
    );
    const other = await call("POST /nodes/pve2/disks/directory", { ...again, device: "/dev/sdb" });
    await finish(other.data);
    expect((await call("GET /storage/my-dir")).data.nodes).toBe("pve1,pve2");

    const gone = { "cleanup-config": 1, "cleanup-disks": 1 };
    expect((await run(`DELETE ${disks}/directory/my-dir`, gone)).exitstatus).toBe("OK");
    expect((await call("GET /storage/my-dir")).data.nodes).toBe("pve2");
    expect((await row("/dev/sdb")).used).toBeUndefined();
    const missing = await run(`DELETE ${disks}/directory/my-dir`, {});
    expect(missing.exitstatus).toContain("failed: exit code 5");
  });
});

describe("LVM", () => {
  it("has volume groups and thin pools", async () => {
    const { call, row, run } = onDisks();
    expect((await call(`GET ${disks}/lvmthin`)).data).toMatchObject([
      { vg: "pve", lv: "data", lv_type: "t" },
    ]);
    await run(`POST ${disks}/lvm`, { name: "fast", device: "/dev/sdb", add_storage: 1 });
    expect((await row("/dev/sdb")).used).toBe("LVM");
    expect((await call(`GET ${disks}/lvm`)).data.children[0]).toMatchObject({
      name: "fast",
      lvcount: 0,
      children: [{ name: "/dev/sdb", leaf: 1 }],
    });
    expect((await call("GET /nodes/pve1/scan/lvm")).data).toMatchObject([{ vg: "pve" }, { vg: "fast" }]);
    await run(`POST ${disks}/lvmthin`, { name: "thin", device: "/dev/sdc" });
    expect((await call("GET /nodes/pve1/scan/lvmthin", { vg: "thin" })).data).toHaveLength(1);
    expect((await call("GET /nodes/pve1/scan/lvmthin", { vg: "none" })).message).toContain("exit code 5");
    const thin = { "volume-group": "thin", "cleanup-disks": 1 };
    expect((await run(`DELETE ${disks}/lvmthin/thin`, thin)).log).toContain("wiping block device /dev/sdc");
    expect((await row("/dev/sdc")).used).toBeUndefined();
    expect((await run(`DELETE ${disks}/lvmthin/thin`, thin)).exitstatus).toBe("no such thin pool thin/thin");
    await run(`DELETE ${disks}/lvm/fast`, { "cleanup-config": 1, "cleanup-disks": 1 });
    expect((await call("GET /storage/fast")).status).toBe(500);
  });

  it("keeps a pool that a running guest uses, and takes the volumes of one that goes", async () => {
    const { world, run } = onDisks();
    const pool = { "volume-group": "pve" };
    expect((await run(`DELETE ${disks}/lvmthin/data`, pool)).exitstatus).toBe(
      "command 'lvremove -y pve/data' failed: exit code 5",
    );
    for (const guest of world.guests.values()) guest.status = "stopped";
    const on = () =>
      [...world.volumes.values()].filter((v) => v.storage === "local-lvm" && v.node === "pve1");
    expect(on()).not.toEqual([]);
    expect((await run(`DELETE ${disks}/lvmthin/data`, pool)).exitstatus).toBe("OK");
    expect(on()).toEqual([]);
  });
});

describe("ZFS", () => {
  it("has pools of as many disks as their level needs", async () => {
    const { call, row, run } = onDisks();
    const make = (raidlevel: string, devices: string) =>
      call(`POST ${disks}/zfs`, { name: "tank", raidlevel, devices, add_storage: 1 });
    expect((await make("raidz", "/dev/sdb,/dev/sdc")).message).toBe("raidz needs at least 3 disks\n");
    expect((await make("single", "/dev/sdb,/dev/sdc")).message).toBe(
      "please give only one disk for single disk mode\n",
    );
    expect((await make("mirror", "/dev/sdb,/dev/sda")).message).toBe("device '/dev/sda' is already in use\n");
    const { data } = await make("mirror", "/dev/sdb,/dev/sdc");
    expect(data).toContain(":zfscreate:tank:");
    expect((await call(`GET ${disks}/zfs`)).data).toMatchObject([
      { name: "tank", health: "ONLINE", alloc: 0 },
    ]);
    const tree = (await call(`GET ${disks}/zfs/tank`)).data;
    expect(tree.children[0].children[0]).toMatchObject({
      name: "mirror-0",
      children: [{ name: "/dev/sdb1" }, { name: "/dev/sdc1" }],
    });
    expect((await call("GET /nodes/pve1/scan/zfs")).data).toMatchObject([{ pool: "tank" }]);
    expect((await row("/dev/sdb")).used).toBe("ZFS");
    await run(`DELETE ${disks}/zfs/tank`, { "cleanup-disks": 1, "cleanup-config": 1 });
    expect((await call(`GET ${disks}/zfs/tank`)).message).toContain("zpool status -P tank' failed");
    expect((await row("/dev/sdb")).used).toBeUndefined();
  });
});
