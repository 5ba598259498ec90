import { describe, expect, it } from "vitest";
import { simulated } from "../../../tests/support/simulated.ts";
import { request, simulatedLook } from "../../../tests/support/simulated-look.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { missingPrivileges } from "./permissions.ts";

const check = async (
  pve: ReturnType<typeof simulated>,
  who: Parameters<typeof simulatedLook>[1],
  route: Route,
  params: Readonly<Record<string, unknown>>,
) => missingPrivileges([{ route, params }], simulatedLook(pve, who).look);

describe("operations that ask for more than their description says", () => {
  /** What none of them asks for; bridges are free in the simulated PVE. */
  const UNASKED =
    /^(?:VM\.GuestAgent|VM\.Console|VM\.Snapshot|VM\.Config\.(?!Disk|CPU|Options)|Mapping|SDN|Sys\.(?:Incoming|Syslog|PowerMgmt))/;
  /** Where the simulated PVE and PVE's code differ: in what the former does not look at, or looks at needlessly. */
  const UNLIKE: { readonly [R in Route]?: string } = {
    // create_vm asks for VM.Config.* of no drive: check_vm_modify_config_perm leaves drives out.
    "POST /nodes/{node}/qemu": "VM.Config.Disk",
    "PUT /nodes/{node}/qemu/{vmid}/resize": "Datastore.AllocateSpace",
    "PUT /nodes/{node}/lxc/{vmid}/resize": "Datastore.AllocateSpace",
    // PVE::API2::Backup assert_param_permission_create and _update.
    "POST /cluster/backup": "Datastore.Allocate",
    "PUT /cluster/backup/{id}": "Datastore.Allocate",
    "POST /nodes/{node}/startall": "VM.PowerMgmt",
  };
  const DOWNLOAD = {
    node: "pve1",
    storage: "local",
    content: "iso",
    filename: "x.iso",
    url: "https://example.com/x.iso",
  };
  const cases: readonly (readonly [Route, Readonly<Record<string, unknown>>])[] = [
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 777, cores: 1, scsi0: "local-lvm:4", net0: "virtio,bridge=vmbr0" },
    ],
    ["POST /nodes/{node}/qemu", { node: "pve1", vmid: 777, "ha-managed": 1, start: 1, agent: "1" }],
    [
      "POST /nodes/{node}/lxc",
      {
        node: "pve1",
        vmid: 777,
        ostemplate: "nas-iso:vztmpl/alpine-3.23-default_20260116_amd64.tar.xz",
        rootfs: "local-lvm:4",
        unprivileged: 1,
      },
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/clone",
      { node: "pve1", vmid: 9000, newid: 777, full: 1, storage: "ceph-vm" },
    ],
    ["POST /nodes/{node}/qemu/{vmid}/clone", { node: "pve1", vmid: 9000, newid: 777 }],
    ["POST /nodes/{node}/lxc/{vmid}/clone", { node: "pve1", vmid: 9100, newid: 777 }],
    [
      "POST /nodes/{node}/qemu/{vmid}/move_disk",
      { node: "pve1", vmid: 103, disk: "scsi0", storage: "ceph-vm" },
    ],
    ["PUT /nodes/{node}/qemu/{vmid}/resize", { node: "pve1", vmid: 103, disk: "scsi0", size: "+1G" }],
    ["PUT /nodes/{node}/lxc/{vmid}/resize", { node: "pve3", vmid: 204, disk: "rootfs", size: "+1G" }],
    ["POST /nodes/{node}/vzdump", { node: "pve1", vmid: "103", storage: "backup", bwlimit: 1000 }],
    ["POST /cluster/backup", { schedule: "sun 01:00", storage: "backup", vmid: "100" }],
    ["PUT /cluster/backup/{id}", { id: "backup-nightly", enabled: 0 }],
    ["PUT /pools", { poolid: "web", vms: "102", storage: "backup" }],
    ["POST /nodes/{node}/startall", { node: "pve1", vms: "103" }],
    ["POST /cluster/bulk-action/guest/start", { vms: ["103"] }],
    ["POST /nodes/{node}/qemu/{vmid}/migrate", { node: "pve1", vmid: 103, target: "pve2" }],
    ["POST /cluster/replication", { id: "100-0", type: "local", target: "pve2" }],
    ["PUT /access/users/{userid}", { userid: "operator@pve", comment: "x", groups: "operators" }],
    ["PUT /access/acl", { path: "/vms/100", users: "bob@corp", roles: "PVEAuditor" }],
    ["DELETE /access/users/{userid}", { userid: "former@pve" }],
    ["POST /nodes/{node}/storage/{storage}/download-url", DOWNLOAD],
  ];
  it("names the way that grants least", async () => {
    const steps = ["103", "103,107"].map((vms) => ({
      route: "POST /nodes/{node}/stopall" as const,
      params: { node: "pve1", vms },
    }));
    const { missing } = await missingPrivileges(steps, simulatedLook(simulated(), "auditor").look);
    expect(missing.map((one) => one.because === "check" && one.path)).toEqual([
      "/vms/103",
      "/vms/103",
      "/vms/107",
    ]);
    const download = await check(
      simulated(),
      "empty",
      "POST /nodes/{node}/storage/{storage}/download-url",
      DOWNLOAD,
    );
    expect(download.missing).toMatchObject([
      { privileges: ["Datastore.AllocateTemplate"] },
      { path: "/nodes/pve1", privileges: ["Sys.AccessNetwork"] },
    ]);
  });

  it.each(cases)("%s %j: all privileges but one", async (route, params) => {
    const differences: string[] = [];
    const every = simulated().world.access.roles.get("Administrator")?.privs ?? [];
    const asked = every.filter((one) => !UNASKED.test(one) && one !== UNLIKE[route]);
    for (const without of asked) {
      const pve = simulated();
      const { roles, acl } = pve.world.access;
      const privs = every.filter((privilege) => privilege !== without);
      roles.set("Operator", { privs, special: false });
      acl.length = 0;
      acl.push({ path: "/", type: "user", ugid: "operator@pve", roleid: "Operator", propagate: true });
      const { missing } = await check(pve, "operator", route, params);
      const { status, message } = await pve.call(...request(route, params), "operator");
      if (status !== 403 && status !== 200) differences.push(`${status} ${message}`);
      if ((status === 403) !== missing.length > 0)
        differences.push(`without ${without}: ${status} ${message} <> ${JSON.stringify(missing)}`);
    }
    expect(differences).toEqual([]);
  });
});
