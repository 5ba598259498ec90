import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

type Options = Readonly<Record<string, string | number>>;

const WEB = "/nodes/pve1/qemu/100";

describe("a VM's life", () => {
  it("is created with volumes, addresses and ids, started and destroyed", async () => {
    const { world, call, finish } = simulated();
    const created = await call("POST /nodes/pve1/qemu", {
      vmid: 500,
      name: "new",
      memory: 1024,
      scsi0: "local-lvm:8,discard=on",
      net0: "virtio,bridge=vmbr0",
      tags: "web;prod",
      start: 1,
    });
    const { exitstatus, log } = await finish(created.data);
    expect([exitstatus, log]).toEqual([
      "OK",
      [
        '  Logical volume "vm-500-disk-0" created.',
        "scsi0: successfully created disk 'local-lvm:vm-500-disk-0,discard=on,size=8G'",
        "TASK OK",
      ],
    ]);
    const { data: config } = await call("GET /nodes/pve1/qemu/500/config");
    expect(config).toMatchObject({
      scsi0: "local-lvm:vm-500-disk-0,discard=on,size=8G",
      net0: expect.stringMatching(/^virtio=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0$/),
      boot: "order=scsi0;net0",
      tags: "prod;web",
      memory: "1024",
    });
    expect((await call("GET /nodes/pve1/qemu/500/status/current")).data.status).toBe("running");
    expect((await call("DELETE /nodes/pve1/qemu/500")).message).toBe("VM 500 is running - destroy failed\n");
    await finish((await call("POST /nodes/pve1/qemu/500/status/stop")).data);
    await finish((await call("DELETE /nodes/pve1/qemu/500", { purge: 1 })).data);
    expect(world.guests.has(500)).toBe(false);
    expect([...world.volumes.keys()].filter((key) => key.includes("vm-500-"))).toEqual([]);
  });

  it("is destroyed with all that names it, and not while a replication job does", async () => {
    const { world, call, finish } = simulated();
    const vm = "/nodes/pve1/qemu/103";
    await call("POST /cluster/replication", { id: "103-0", type: "local", target: "pve2" });
    expect((await call(`DELETE ${vm}`)).message).toBe(
      "There is a replication job '103-0' for guest '103' - Please remove that first.\n",
    );
    await call("POST /cluster/ha/resources", { sid: "vm:103", state: "ignored" });
    await call("POST /cluster/ha/rules", {
      rule: "alone",
      type: "node-affinity",
      resources: "vm:103",
      nodes: "pve1",
    });
    await call("POST /cluster/backup", { id: "only", vmid: "103", schedule: "daily", storage: "backup" });
    await call("POST /cluster/backup", { id: "both", vmid: "100,103", schedule: "daily", storage: "backup" });
    const { exitstatus } = await finish((await call(`DELETE ${vm}`, { purge: 1 })).data);
    expect(exitstatus).toBe("OK");
    expect(world.replication.filter(({ id }) => id === "103-0")).toEqual([]);
    expect([world.ha.resources.has("vm:103"), world.ha.rules.has("alone")]).toEqual([false, false]);
    expect(world.backupJobs.has("only")).toBe(false);
    expect(world.backupJobs.get("both")).toMatchObject({ vmid: "100" });
  });

  it.each<[string, Options, Options?]>([
    [
      `POST ${WEB}/status/start`,
      {
        stateuri: "tcp",
        skiplock: 1,
        migratedfrom: "pve2",
        migration_type: "insecure",
        migration_network: "192.0.2.0/24",
        targetstorage: "1",
        "force-cpu": "host",
        "with-conntrack-state": 1,
        "nets-host-mtu": "net0=1500",
      },
    ],
    [`POST ${WEB}/status/stop`, { skiplock: 1, keepActive: 1, migratedfrom: "pve2" }],
    [`POST ${WEB}/status/shutdown`, { skiplock: 1, keepActive: 1 }],
    [`POST ${WEB}/status/suspend`, { skiplock: 1 }],
    [`POST ${WEB}/status/resume`, { skiplock: 1, nocheck: 1 }],
    [`POST ${WEB}/status/reset`, { skiplock: 1 }],
    [`PUT ${WEB}/config`, { skiplock: 1 }],
    [`POST ${WEB}/config`, { skiplock: 1 }],
    [`PUT ${WEB}/resize`, { skiplock: 1 }, { disk: "scsi0", size: "+1G" }],
    [`PUT ${WEB}/sendkey`, { skiplock: 1 }, { key: "ret" }],
    [`DELETE ${WEB}`, { skiplock: 1 }],
    [
      `POST ${WEB}/migrate`,
      { force: 1, migration_type: "insecure", migration_network: "192.0.2.0/24" },
      { target: "pve2" },
    ],
    ["POST /nodes/pve1/lxc/200/status/start", { skiplock: 1 }],
    ["POST /nodes/pve1/lxc/200/status/stop", { skiplock: 1 }],
  ])("%s refuses tokens what is root's own", async (request, options, rest = {}) => {
    const { call } = simulated();
    for (const [name, value] of Object.entries(options)) {
      const { status, errors } = await call(request, { ...rest, [name]: value });
      expect([status, errors]).toEqual([400, { [name]: "Only root may use this option." }]);
      // Perl takes 0 for "not given".
      if (value === 1) expect((await call(request, { ...rest, [name]: 0 })).errors?.[name]).toBeUndefined();
    }
  });

  it("takes the other options of a start from everyone", async () => {
    const { call } = simulated();
    expect(
      (await call("POST /nodes/pve1/qemu/103/status/start", { timeout: 60, machine: "q35" })).status,
    ).toBe(200);
  });

  it("is refused when the VMID is taken, the storage unknown or without images", async () => {
    const { call } = simulated();
    const create = (params: Record<string, string | number>) =>
      call("POST /nodes/pve1/qemu", { vmid: 501, ...params });
    expect((await create({ vmid: 101 })).message).toBe(
      "unable to create VM 101 - VM 101 already exists on node 'pve2'\n",
    );
    expect((await create({ scsi0: "none:8" })).message).toBe("storage 'none' does not exist\n");
    expect((await create({ scsi0: "backup:8" })).errors).toEqual({
      storage: "storage 'backup' does not support vm images",
    });
  });

  it("leaves nothing behind when one of its disks cannot be made", async () => {
    const { world, call, finish } = simulated();
    const before = world.volumes.size;
    const disks = { scsi0: "local-lvm:8", scsi1: "local-lvm:vm-999-disk-0" };
    const { exitstatus } = await finish((await call("POST /nodes/pve1/qemu", { vmid: 502, ...disks })).data);
    expect(exitstatus).toBe("unable to create VM 502 - volume 'local-lvm:vm-999-disk-0' does not exist");
    expect([world.volumes.size, world.guests.has(502)]).toEqual([before, false]);
  });

  it("takes what it can while running and keeps the rest pending", async () => {
    const { call, finish } = simulated();
    await call(`PUT ${WEB}/config`, { memory: 6144, name: "renamed", delete: "tags" });
    const pending: { key: string; value?: string; pending?: string }[] = (await call(`GET ${WEB}/pending`))
      .data;
    const row = (key: string) => pending.find((entry) => entry.key === key);
    expect(row("memory")).toMatchObject({ pending: "6144" });
    expect(row("name")).toEqual({ key: "name", value: "renamed" });
    expect(row("tags")).toBeUndefined();
    const before = (await call(`GET ${WEB}/config`, { current: 1 })).data;
    expect([before.memory, (await call(`GET ${WEB}/config`)).data.memory]).toEqual([
      row("memory")?.value,
      "6144",
    ]);
    await finish((await call(`POST ${WEB}/status/reboot`)).data);
    expect((await call(`GET ${WEB}/config`, { current: 1 })).data.memory).toBe("6144");
  });

  it("refuses a stale digest and accepts the current one", async () => {
    const { call } = simulated();
    const { data } = await call(`GET ${WEB}/config`);
    await call(`PUT ${WEB}/config`, { description: "changed" });
    const stale = await call(`PUT ${WEB}/config`, { cores: 1, digest: data.digest });
    expect([stale.status, stale.message]).toEqual([500, "checksum mismatch (file change by other user?)\n"]);
    const { digest } = (await call(`GET ${WEB}/config`)).data;
    expect((await call(`PUT ${WEB}/config`, { cores: 1, digest })).status).toBe(200);
  });

  it("keeps a detached disk as unused until that is deleted too", async () => {
    const { world, call } = simulated();
    const mail = "/nodes/pve1/qemu/103";
    await call(`PUT ${mail}/config`, { delete: "scsi0" });
    const { data } = await call(`GET ${mail}/config`);
    expect([data.scsi0, data.unused0, data.boot]).toEqual([
      undefined,
      "local-lvm:vm-103-disk-0",
      "order=net0",
    ]);
    expect(world.volumes.has("pve1/local-lvm:vm-103-disk-0")).toBe(true);
    await call(`PUT ${mail}/config`, { delete: "unused0" });
    expect(world.volumes.has("pve1/local-lvm:vm-103-disk-0")).toBe(false);
  });

  it("is protected by protection and locks", async () => {
    const { call, finish } = simulated();
    await call("PUT /nodes/pve1/qemu/103/config", { protection: 1 });
    expect((await call("DELETE /nodes/pve1/qemu/103")).message).toBe(
      "can't remove VM 103 - protection mode enabled\n",
    );
    expect((await call("PUT /nodes/pve2/qemu/104/config", { cores: 1 })).message).toBe(
      "VM is locked (backup)\n",
    );
    const { data } = await call("POST /nodes/pve2/qemu/104/status/stop");
    expect((await finish(data)).exitstatus).toBe("VM is locked (backup)");
  });
});

describe("power", () => {
  it("fails in the task when the guest runs already or is a template", async () => {
    const { call, finish } = simulated();
    const start = async (path: string) => finish((await call(`POST ${path}/status/start`)).data);
    expect((await start("/nodes/pve1/qemu/107")).exitstatus).toBe("VM 107 already running");
    expect((await start("/nodes/pve1/qemu/9000")).exitstatus).toBe("you can't start a vm if it's a template");
    expect((await start("/nodes/pve1/qemu/999")).exitstatus).toBe(
      "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
    );
  });

  it("fails at once for containers that run already and guests that do not run", async () => {
    const { call } = simulated();
    expect((await call("POST /nodes/pve1/lxc/203/status/start")).message).toBe("CT 203 already running\n");
    expect((await call("POST /nodes/pve3/lxc/204/status/stop")).message).toBe("CT 204 not running\n");
    expect((await call("POST /nodes/pve1/qemu/103/status/reset")).message).toBe("VM 103 not running\n");
  });

  it("pauses and resumes", async () => {
    const { call, finish } = simulated();
    const vm = "/nodes/pve1/qemu/107";
    await finish((await call(`POST ${vm}/status/suspend`)).data);
    expect((await call(`GET ${vm}/status/current`)).data).toMatchObject({
      status: "running",
      qmpstatus: "paused",
    });
    expect((await call(`POST ${vm}/status/shutdown`)).message).toBe("VM is paused - cannot shutdown\n");
    await finish((await call(`POST ${vm}/status/resume`)).data);
    expect((await call(`GET ${vm}/status/current`)).data.qmpstatus).toBe("running");
  });

  it("times out on a guest that does not listen, unless forced", async () => {
    const { world, call, finish } = simulated();
    const guest = world.guests.get(107);
    if (!guest) throw new Error("no VM 107");
    world.guests.set(107, { ...guest, deaf: true });
    const vm = "/nodes/pve1/qemu/107";
    const first = await call(`POST ${vm}/status/shutdown`, { timeout: 5 });
    expect((await finish(first.data)).exitstatus).toBe("VM quit/powerdown failed - got timeout");
    const second = await call(`POST ${vm}/status/shutdown`, { timeout: 5, forceStop: 1 });
    expect((await finish(second.data)).exitstatus).toBe("OK");
    expect((await call(`GET ${vm}/status/current`)).data.status).toBe("stopped");
  });

  it("asks HA for guests that HA manages", async () => {
    const { world, call, finish } = simulated();
    const sid = [...world.ha.resources.keys()].find((key) => key.startsWith("vm:")) ?? "";
    const guest = world.guests.get(Number(sid.slice(3)));
    const path = `/nodes/${guest?.node}/qemu/${guest?.vmid}`;
    const { data } = await call(`POST ${path}/status/stop`);
    expect(data).toContain(":hastop:");
    expect((await finish(data)).log).toContain(`Requesting HA stop for VM ${guest?.vmid}`);
    expect((await call(`GET ${path}/status/current`)).data).toMatchObject({
      status: "stopped",
      ha: { state: "stopped" },
    });
  });
});

describe("snapshots and clones", () => {
  it("takes, lists, rolls back and deletes snapshots", async () => {
    const { call, finish } = simulated();
    const snapshot = async (name: string) =>
      finish((await call(`POST ${WEB}/snapshot`, { snapname: name })).data);
    expect((await snapshot("before")).log[0]).toBe("snapshotting 'drive-scsi0' (local-lvm:vm-100-disk-0)");
    expect((await snapshot("before")).exitstatus).toBe("snapshot name 'before' already used");
    await snapshot("after");
    const cores = (await call(`GET ${WEB}/config`)).data.cores;
    await call(`PUT ${WEB}/config`, { description: "later", startup: "order=9" });
    await finish((await call(`POST ${WEB}/snapshot/before/rollback`)).data);
    expect((await call(`GET ${WEB}/status/current`)).data.status).toBe("stopped");
    const restored = (await call(`GET ${WEB}/config`)).data;
    expect(restored).toMatchObject({ cores, description: "later" });
    expect(restored.startup).not.toBe("order=9");
    await finish((await call(`DELETE ${WEB}/snapshot/before`)).data);
    const rows: { name: string; parent?: string }[] = (await call(`GET ${WEB}/snapshot`)).data;
    expect(rows.find((row) => row.name === "before")).toBeUndefined();
    expect(rows.find((row) => row.name === "after")?.parent).not.toBe("before");
  });

  it("links clones of templates and copies everything else", async () => {
    const { call, finish } = simulated();
    const linked = await finish(
      (await call("POST /nodes/pve1/qemu/9000/clone", { newid: 600, name: "linked" })).data,
    );
    expect(linked.log).toContain("create linked clone of drive scsi0 (local-lvm:base-9000-disk-0)");
    const full = await finish((await call(`POST ${WEB}/clone`, { newid: 601 })).data);
    expect(full.log).toContain("create full clone of drive scsi0 (local-lvm:vm-100-disk-0)");
    const [source, copy] = [
      (await call(`GET ${WEB}/config`)).data,
      (await call("GET /nodes/pve1/qemu/601/config")).data,
    ];
    expect(copy.net0).not.toBe(source.net0);
    expect(copy.smbios1).not.toBe(source.smbios1);
    expect(copy.name).toBe("Copy-of-VM-web-01");
    expect((await call(`POST ${WEB}/clone`, { newid: 602, full: 0 })).message).toContain(
      "Linked clone feature is not supported",
    );
    expect((await call(`POST ${WEB}/clone`, { newid: 101 })).message).toContain("config file already exists");
  });

  it("does not destroy a template whose clones are linked to it", async () => {
    const { call, finish } = simulated();
    await finish((await call("POST /nodes/pve1/qemu/9000/clone", { newid: 600 })).data);
    const { data } = await call("DELETE /nodes/pve1/qemu/9000");
    expect((await finish(data)).exitstatus).toContain("is still in use by linked cloned");
  });
});
