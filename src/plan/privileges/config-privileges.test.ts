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

/** Values by setting, and what the simulated PVE does not look at. */
const VM_SETTINGS: Readonly<Record<string, unknown>> = {
  cores: 4,
  cpu: "host",
  numa0: "cpus=0-1,memory=1024",
  memory: 4096,
  balloon: 1024,
  scsihw: "virtio-scsi-pci",
  vga: "std",
  smbios1: "uuid=00000001-5a1e-4c3b-9d2f-000000000103",
  serial0: "socket",
  rng0: "source=/dev/urandom",
  agent: "1",
  description: "x",
  name: "x",
  onboot: true,
  ostype: "l26",
  protection: true,
  tags: "prod",
  boot: "order=scsi0",
  scsi0: "local-lvm:vm-103-disk-0,iothread=1",
  scsi1: "local-lvm:4",
  ide2: "none,media=cdrom",
  net1: "virtio,bridge=vmbr0",
  ciuser: "x",
  ipconfig0: "ip=dhcp",
  delete: "agent",
};
const CT_SETTINGS: Readonly<Record<string, unknown>> = {
  cores: 2,
  memory: 1024,
  swap: 0,
  hostname: "x",
  nameserver: "192.0.2.1",
  net0: "name=eth0,bridge=vmbr0,ip=dhcp",
  mp0: "local-lvm:4,mp=/data",
  description: "x",
  onboot: true,
  tags: "prod",
  features: "nesting=0",
  delete: "net0",
};
const CONFIG = ["Disk", "CDROM", "CPU", "Memory", "Network", "HWType", "Options", "Cloudinit"].map(
  (group) => `VM.Config.${group}`,
);

describe("settings of guests", () => {
  const held = (privileges: readonly string[]) => {
    const pve = simulated();
    pve.world.access.roles.set("Operator", {
      privs: ["VM.Audit", "SDN.Use", "Sys.Modify", "Datastore.AllocateSpace", ...privileges],
      special: false,
    });
    pve.world.access.acl.push({
      path: "/",
      type: "user",
      ugid: "operator@pve",
      roleid: "Operator",
      propagate: true,
    });
    return pve;
  };
  const guests = [
    ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 103 }, VM_SETTINGS],
    ["PUT /nodes/{node}/lxc/{vmid}/config", { node: "pve3", vmid: 204 }, CT_SETTINGS],
  ] as const;
  it.each(guests)(
    "%s: every setting with all VM.Config privileges but one",
    async (route, where, settings) => {
      const differences: string[] = [];
      let refused = 0;
      for (const [key, value] of Object.entries(settings))
        for (const without of [...CONFIG, "VM.Allocate"]) {
          const pve = held([...CONFIG, "VM.Allocate"].filter((privilege) => privilege !== without));
          const params = { ...where, [key]: value };
          const { missing, lines } = await check(pve, "operator", route, params);
          const { status, message } = await pve.call(...request(route, params), "operator");
          if (status === 403) refused++;
          if (status !== 403 && status !== 200) differences.push(`${key}: ${status} ${message}`);
          if ((status === 403) !== missing.length > 0)
            differences.push(`${key} without ${without}: ${status}`);
          if (status === 403) expect(lines.join()).toContain(without);
        }
      expect(differences).toEqual([]);
      expect(refused).toBeGreaterThan(10);
    },
  );

  it("tells what root@pam alone may set", async () => {
    const pve = held([...CONFIG, "VM.Allocate"]);
    const of = async (params: Readonly<Record<string, unknown>>, type: "qemu" | "lxc" = "qemu") => {
      const where = type === "qemu" ? { node: "pve1", vmid: 103 } : { node: "pve3", vmid: 204 };
      return (
        await check(pve, "operator", `PUT /nodes/{node}/${type}/{vmid}/config`, { ...where, ...params })
      ).missing;
    };
    for (const key of ["args", "hookscript", "affinity"])
      expect(await of({ [key]: "x" })).toMatchObject([{ because: "root", what: key }]);
    expect(await of({ serial0: "/dev/ttyS0" })).toMatchObject([{ because: "root" }]);
    expect(await of({ hostpci0: "0000:01:00.0" })).toMatchObject([{ because: "root" }]);
    expect(await of({ scsi3: "/dev/sdb" })).toMatchObject([{ because: "root" }]);
    expect(await of({ mp1: "/srv,mp=/srv" }, "lxc")).toMatchObject([{ because: "root" }]);
    expect(await of({ features: "nesting=1,mount=nfs" }, "lxc")).toMatchObject([{ because: "root" }]);
    expect(await of({ features: "nesting=1" }, "lxc")).toEqual([]);
  });

  it("tells bridges, mapped devices and other guests' volumes that may not be used", async () => {
    const pve = simulated();
    pve.world.access.roles.set("Operator", { privs: ["VM.Audit", ...CONFIG], special: false });
    const of = async (params: Readonly<Record<string, unknown>>) =>
      (
        await check(pve, "operator", "PUT /nodes/{node}/qemu/{vmid}/config", {
          node: "pve1",
          vmid: 103,
          ...params,
        })
      ).missing.map((one) =>
        one.because === "check" ? [one.path, one.privileges.join("|")] : [one.because],
      );
    expect(await of({ net1: "virtio,bridge=vmbr0,tag=5" })).toEqual([
      ["/sdn/zones/localnetwork/vmbr0/5", "SDN.Use"],
    ]);
    expect(await of({ net1: "virtio,bridge=elsewhere" })).toEqual([]);
    expect(await of({ usb0: "mapping=key" })).toEqual([["/mapping/usb/key", "Mapping.Use"]]);
    expect(await of({ scsi1: "local-lvm:8" })).toEqual([["/storage/local-lvm", "Datastore.AllocateSpace"]]);
    expect(await of({ scsi1: "local-lvm:vm-100-disk-0" })).toEqual([
      ["/storage/local-lvm", "Datastore.Audit"],
    ]);
    expect(await of({ ide2: "nas-iso:iso/x.iso,media=cdrom" })).toEqual([
      ["/storage/nas-iso", "Datastore.Audit|Datastore.AllocateSpace|Datastore.Allocate"],
    ]);
    expect(await of({ startup: "order=1" })).toEqual([["/", "Sys.Modify"]]);
  });
});
