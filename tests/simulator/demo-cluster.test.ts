import { describe, expect, it } from "vitest";
import { MORNING, simulated } from "../support/simulated.ts";

/** Every route a tool sends. */
const ROUTES = `
GET /nodes
GET /nodes/{node}/status
GET /nodes/{node}/version
GET /nodes/{node}/dns
GET /nodes/{node}/time
GET /nodes/{node}/syslog
GET /nodes/{node}/services
POST /nodes/{node}/services/{service}/start
GET /nodes/{node}/qemu
GET /nodes/{node}/qemu/{vmid}/status/current
GET /nodes/{node}/qemu/{vmid}/config
GET /nodes/{node}/qemu/{vmid}/rrddata
GET /nodes/{node}/qemu/{vmid}/snapshot
POST /nodes/{node}/qemu/{vmid}/status/start
POST /nodes/{node}/qemu/{vmid}/status/stop
POST /nodes/{node}/qemu/{vmid}/status/shutdown
POST /nodes/{node}/qemu/{vmid}/status/reboot
POST /nodes/{node}/qemu/{vmid}/status/suspend
POST /nodes/{node}/qemu/{vmid}/status/resume
POST /nodes/{node}/qemu/{vmid}/status/reset
POST /nodes/{node}/qemu/{vmid}/migrate
POST /nodes/{node}/qemu
DELETE /nodes/{node}/qemu/{vmid}
PUT /nodes/{node}/qemu/{vmid}/config
POST /nodes/{node}/qemu/{vmid}/clone
POST /nodes/{node}/qemu/{vmid}/snapshot
DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}
POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback
GET /nodes/{node}/lxc
GET /nodes/{node}/lxc/{vmid}/status/current
GET /nodes/{node}/lxc/{vmid}/config
GET /nodes/{node}/lxc/{vmid}/rrddata
GET /nodes/{node}/lxc/{vmid}/snapshot
POST /nodes/{node}/lxc/{vmid}/status/start
POST /nodes/{node}/lxc/{vmid}/status/stop
POST /nodes/{node}/lxc/{vmid}/status/shutdown
POST /nodes/{node}/lxc/{vmid}/status/reboot
POST /nodes/{node}/lxc/{vmid}/status/suspend
POST /nodes/{node}/lxc/{vmid}/status/resume
POST /nodes/{node}/lxc
DELETE /nodes/{node}/lxc/{vmid}
PUT /nodes/{node}/lxc/{vmid}/config
POST /nodes/{node}/lxc/{vmid}/clone
POST /nodes/{node}/lxc/{vmid}/snapshot
DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}
POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback
GET /storage
GET /storage/{storage}
GET /nodes/{node}/storage
GET /nodes/{node}/storage/{storage}/status
GET /nodes/{node}/storage/{storage}/content
POST /storage
PUT /storage/{storage}
DELETE /storage/{storage}
GET /cluster/status
GET /cluster/resources
GET /cluster/nextid
GET /cluster/log
GET /cluster/options
GET /cluster/backup-info/not-backed-up
GET /cluster/ha/status/current
GET /cluster/replication
PUT /cluster/options
GET /access/users
GET /access/users/{userid}
GET /access/roles
GET /access/groups
GET /access/acl
GET /access/domains
POST /access/users
PUT /access/users/{userid}
DELETE /access/users/{userid}
PUT /access/acl
GET /pools
GET /pools/{poolid}
POST /pools
PUT /pools/{poolid}
DELETE /pools/{poolid}
GET /nodes/{node}/network
GET /nodes/{node}/network/{iface}
POST /nodes/{node}/network
PUT /nodes/{node}/network/{iface}
DELETE /nodes/{node}/network/{iface}
GET /cluster/firewall/options
GET /cluster/firewall/rules
GET /cluster/firewall/aliases
GET /cluster/firewall/ipset
PUT /cluster/firewall/options
POST /cluster/firewall/rules
PUT /cluster/firewall/rules/{pos}
DELETE /cluster/firewall/rules/{pos}
GET /cluster/backup
GET /cluster/backup/{id}
POST /nodes/{node}/vzdump
POST /cluster/backup
DELETE /cluster/backup/{id}
GET /nodes/{node}/tasks
GET /nodes/{node}/tasks/{upid}/status
GET /nodes/{node}/tasks/{upid}/log
DELETE /nodes/{node}/tasks/{upid}
GET /cluster/ha/resources
GET /cluster/ha/resources/{sid}
POST /cluster/ha/resources
PUT /cluster/ha/resources/{sid}
DELETE /cluster/ha/resources/{sid}
POST /nodes/{node}/storage/{storage}/oci-registry-pull
POST /cluster/bulk-action/guest/start
POST /cluster/bulk-action/guest/shutdown
POST /cluster/bulk-action/guest/suspend
POST /cluster/bulk-action/guest/migrate
GET /cluster/ha/rules
GET /cluster/ha/rules/{rule}
POST /cluster/ha/rules
PUT /cluster/ha/rules/{rule}
DELETE /cluster/ha/rules/{rule}
POST /cluster/ha/status/arm-ha
POST /cluster/ha/status/disarm-ha
POST /nodes/{node}/services/{service}/stop
POST /nodes/{node}/services/{service}/restart
POST /nodes/{node}/services/{service}/reload
PUT /nodes/{node}/network
DELETE /nodes/{node}/network
`;

/** What a placeholder stands for, by route where one name means several things. */
const VALUES: readonly (readonly [pattern: RegExp, values: Readonly<Record<string, string>>])[] = [
  [/\/lxc\//, { vmid: "200" }],
  [/\/qemu\//, { vmid: "100" }],
  [/^[A-Z]+ \/cluster\/backup/, { id: "backup-nightly" }],
  [/\/ha\//, { sid: "vm:101", rule: "db-home" }],
  [
    /./,
    {
      node: "pve1",
      storage: "local",
      userid: "root@pam",
      roleid: "PVEAdmin",
      groupid: "operators",
      poolid: "web",
      iface: "vmbr0",
      pos: "0",
      service: "cron",
      snapname: "none",
      upid: "UPID:pve1:00000001:00000001:00000001:qmstart:100:root@pam:",
      volume: "local:iso/none.iso",
    },
  ],
];

function filled(route: string): string {
  return route.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const found = VALUES.find(([pattern, values]) => pattern.test(route) && values[name] !== undefined);
    return encodeURIComponent(found?.[1][name] ?? "x");
  });
}

describe("the demo cluster", () => {
  it.each(
    ROUTES.trim()
      .split("\n")
      .map((route) => [route]),
  )("simulates %s", async (route) => {
    const { call } = simulated();
    const { status, message } = await call(filled(route));
    expect(message ?? "").not.toContain("not simulated");
    expect(status).not.toBe(501);
  });

  it("has one node short of memory at any hour", async () => {
    const { call, clock } = simulated();
    for (let hour = 0; hour < 24; hour++) {
      const { data } = await call("GET /nodes");
      const used = Object.fromEntries(
        data.map((node: { node: string; mem: number; maxmem: number }) => [
          node.node,
          node.mem / node.maxmem,
        ]),
      );
      expect(used.pve3).toBeGreaterThan(0.9);
      expect(used.pve1).toBeLessThan(0.6);
      clock.advance(3600);
    }
  });

  it("has ten VMs and six containers, two of them templates, and two of one name", async () => {
    const { call } = simulated();
    const { data } = await call("GET /cluster/resources", { type: "vm" });
    const count = (test: (guest: Record<string, unknown>) => boolean) => data.filter(test).length;
    expect(count(({ type }) => type === "qemu")).toBe(10);
    expect(count(({ type }) => type === "lxc")).toBe(6);
    expect(count(({ template }) => template === 1)).toBe(2);
    expect(count(({ name }) => name === "dev")).toBe(2);
    expect(count(({ lock }) => lock === "backup")).toBe(1);
    expect(count(({ status, template }) => status === "stopped" && template !== 1)).toBeGreaterThan(0);
  });

  it("has last night's failed backup and a warning in its history", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve3/tasks", { limit: 50 });
    const failed = data.find(({ status }: { status: string }) => status === "job errors");
    expect(failed.starttime).toBeGreaterThan(MORNING - 86400);
    const log = await call(`GET /nodes/pve3/tasks/${failed.upid}/log`, { limit: 200 });
    const lines = log.data.map(({ t }: { t: string }) => t);
    expect(lines).toContain(
      "ERROR: Backup of VM 102 failed - vma_queue_write: write error - No space left on device",
    );
    expect(lines.at(-1)).toBe("TASK ERROR: job errors");
    expect(data.some(({ status }: { status: string }) => status === "WARNINGS: 1")).toBe(true);
  });

  it("keeps a disk for every volume that a guest names", async () => {
    const { world } = simulated();
    for (const guest of world.guests.values())
      for (const [key, value] of Object.entries(guest.config)) {
        const volid = /^(scsi|ide|efidisk|tpmstate|rootfs|mp)\d*$/.test(key)
          ? String(value).split(",")[0]
          : undefined;
        if (volid === undefined) continue;
        const found = world.volumes.has(volid) || world.volumes.has(`${guest.node}/${volid}`);
        expect([guest.vmid, volid, found]).toEqual([guest.vmid, volid, true]);
      }
  });

  it("gives an auditor genuine refusals", async () => {
    const { call } = simulated();
    const read = await call("GET /nodes/pve1/qemu/100/config", {}, "auditor");
    expect(read.status).toBe(200);
    const start = await call("POST /nodes/pve1/qemu/103/status/start", {}, "auditor");
    expect([start.status, start.message]).toEqual([
      403,
      "Permission check failed (/vms/103, VM.PowerMgmt)\n",
    ]);
    expect((await call("POST /nodes/pve1/qemu/103/status/start", {}, "operator")).status).toBe(200);
  });
});
