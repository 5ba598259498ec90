import { describe, expect, it } from "vitest";
import { planned, pointTexts } from "../../../tests/support/guest-plan.ts";
import type { Json } from "../../pve/data.ts";
import type { Look } from "../topic.ts";
import { migration, preconditionsOf } from "./migrate-guest.ts";

const VM = "POST /nodes/{node}/qemu/{vmid}/migrate";
const CT = "POST /nodes/{node}/lxc/{vmid}/migrate";

describe("a migration", () => {
  it("of a running VM with local disks", async () => {
    const { points } = planned();
    const params = { node: "pve1", vmid: 100, target: "pve2" };
    expect(await points(VM, params)).toEqual([
      "VM 100 (web-01) on pve1: running, up 12d.",
      "PVE would refuse this for VM 100 (web-01), the plan ends there: it runs and online is not set; its local disks (local-lvm:vm-100-disk-0 (32 GiB)) move live with with-local-disks only.",
      "VM 100 (web-01) moves to pve2 and runs on, with a short break at the end.",
      "Local disks are copied, the originals removed: local-lvm:vm-100-disk-0 (32 GiB).",
    ]);
    const allowed = { ...params, online: true, "with-local-disks": true, targetstorage: "ceph-vm" };
    expect((await points(VM, allowed)).slice(1)).toEqual([
      "VM 100 (web-01) moves to pve2 and runs on, with a short break at the end.",
      "Local disks are copied to ceph-vm, the originals removed: local-lvm:vm-100-disk-0 (32 GiB).",
    ]);
  });

  it("of what HA manages is HA's", async () => {
    expect(
      (await planned().points(VM, { node: "pve2", vmid: 101, target: "pve3", online: true })).slice(1),
    ).toEqual([
      "VM 101 (web-02) moves to pve3 and runs on, with a short break at the end.",
      "No local disk has to be copied.",
      "HA moves it: vm:101 (started) is asked to go to pve3.",
    ]);
  });

  it("to a node without the storage, or of a locked VM", async () => {
    const { world, points } = planned();
    const lvm = world.storages.get("local-lvm");
    if (lvm) world.storages.set("local-lvm", { ...lvm, config: { ...lvm.config, nodes: "pve1" } });
    expect(await points(VM, { node: "pve1", vmid: 103, target: "pve2" })).toEqual([
      "VM 103 (mail) on pve1: stopped.",
      "PVE would refuse this for VM 103 (mail), the plan ends there: pve2: no storage local-lvm.",
      "VM 103 (mail) moves to pve2 while it is stopped.",
      "Local disks are copied, the originals removed: local-lvm:vm-103-disk-0 (40 GiB).",
    ]);
    expect((await points(VM, { node: "pve2", vmid: 104, target: "pve3", online: true }))[1]).toBe(
      "PVE would refuse this for VM 104 (build), the plan ends there: it is locked (backup).",
    );
  });

  it("of a container is a restart", async () => {
    const { points } = planned();
    const params = { node: "pve1", vmid: 203, target: "pve2" };
    expect(await points(CT, { ...params, restart: true })).toEqual([
      "CT 203 (git) on pve1: running, up 30d.",
      "CT 203 (git) is shut down, moved to pve2 and started there: it is away meanwhile.",
      "Local volumes are copied, the originals removed: rootfs local-lvm:vm-203-disk-0 (50 GiB).",
      "Replication: 203-0 to pve2 (*/15).",
    ]);
    expect((await points(CT, { ...params, online: true }))[1]).toBe(
      "PVE would refuse this for CT 203 (git), the plan ends there: containers cannot be migrated live; restart moves them stopped.",
    );
  });

  it("of a container that uses the node's paths", async () => {
    const { world, points } = planned();
    const wiki = world.guests.get(204);
    if (wiki) Object.assign(wiki.config, { mp0: "/srv/data,mp=/data", mp1: "/mnt/nas,mp=/nas,shared=1" });
    expect((await points(CT, { node: "pve3", vmid: 204, target: "pve1" }))[1]).toBe(
      "PVE would refuse this for CT 204 (wiki), the plan ends there: it uses paths of its node (mp0 /srv/data).",
    );
  });

  it("hangs on what PVE's own check says", async () => {
    const { world, state } = planned();
    const params = { node: "pve1", vmid: 103, target: "pve2" };
    const before = await state(VM, params);
    const lvm = world.storages.get("local-lvm");
    if (lvm) world.storages.set("local-lvm", { ...lvm, config: { ...lvm.config, nodes: "pve1" } });
    expect(await state(VM, params)).not.toEqual(before);
  });
});

/** A look at a guest whose preconditions are these; nothing else can be read. */
const looking = (preconditions: Json): Look => ({
  read: async () => preconditions,
  tryRead: async (route) => (route.endsWith("/migrate") ? preconditions : undefined),
  guests: async () => [],
  tokenId: "t@pve!t",
});

describe("PVE's preconditions", () => {
  const guest = { type: "qemu", node: "pve1", vmid: 100 } as const;

  it("say why a node is not allowed", async () => {
    const look = looking({
      allowed_nodes: ["pve2"],
      not_allowed_nodes: {
        pve3: {
          unavailable_storages: ["a", "b"],
          "unavailable-resources": ["gpu"],
          "blocking-ha-resources": [{ sid: "vm:102", cause: "resource-affinity" }],
        },
      },
    });
    expect((await preconditionsOf(look, guest, "pve2"))?.refused).toBeUndefined();
    expect((await preconditionsOf(look, guest, "pve3"))?.refused).toBe(
      "no storage a, b; no mapped device gpu; HA keeps it from vm:102 (resource-affinity)",
    );
    expect((await preconditionsOf(look, guest, "pve4"))?.refused).toBe("PVE does not allow it as a target");
  });

  it("name images, devices and guests that move along", async () => {
    const look = looking({
      running: 1,
      allowed_nodes: ["pve2"],
      local_disks: [
        { volid: "local:iso/x.iso", cdrom: 1 },
        { volid: "local-lvm:vm-100-cloudinit", cdrom: 1 },
        { volid: "local-lvm:vm-100-disk-1", is_unused: 1, size: 1024 ** 3 },
      ],
      local_resources: ["hostpci0"],
      "dependent-ha-resources": ["vm:101"],
    });
    const found = await migration({ route: VM, params: { node: "pve1", vmid: 100, target: "pve2" } }, look);
    expect(pointTexts(found?.points ?? [])).toEqual([
      "PVE would refuse this for VM 100, the plan ends there: a CD-ROM image on a local storage is in a drive (local:iso/x.iso); it uses devices of its node (hostpci0).",
      "VM 100 moves to pve2 and runs on, with a short break at the end.",
      "Local disks are copied, the originals removed: local-lvm:vm-100-cloudinit, local-lvm:vm-100-disk-1 (1 GiB).",
      "Devices of the node: hostpci0.",
      "Moved along by an HA rule: vm:101.",
    ]);
  });
});

describe("a migration to another cluster", () => {
  const params = {
    node: "pve1",
    vmid: 100,
    "target-endpoint": "host=192.0.2.99,apitoken=PVEAPIToken=root@pam!x=0a1b2c3d,fingerprint=AA:BB",
    "target-storage": "local-lvm",
    "target-bridge": "vmbr0",
  };
  const REMOTE = "POST /nodes/{node}/qemu/{vmid}/remote_migrate";

  it("names the host and nothing else of the endpoint, and that the guest here goes", async () => {
    const plan = await planned().plan(REMOTE, { ...params, online: true, delete: true });
    expect(plan.points.slice(1)).toEqual([
      "VM 100 (web-01) moves to the cluster at 192.0.2.99, as VMID 100.",
      "Here it is destroyed afterwards, with its disks (delete).",
      "It runs on there.",
      "All its disks are copied to local-lvm there: scsi0 local-lvm:vm-100-disk-0 (32 GiB).",
      "Its bridges there: vmbr0.",
    ]);
    expect(plan.name).toBe("web-01");
    expect(JSON.stringify(plan)).toContain("0a1b2c3d"); // in the request itself, which the plan's answer redacts
    expect(JSON.stringify({ ...plan, steps: [] })).not.toContain("0a1b2c3d");
  });

  it("is refused for HA, replication, snapshots and what runs", async () => {
    const { points } = planned();
    expect((await points(REMOTE, { ...params, node: "pve3", vmid: 102 }))[1]).toBe(
      "PVE would refuse this for VM 102 (db-01), the plan ends there: HA has vm:102 (started); it runs and online is not set; it has snapshots (before-upgrade (2026-03-12 09:00 UTC), after-upgrade (2026-03-13 09:00 UTC)).",
    );
  });
});
