import { str } from "../pve/data.ts";
import { category, tool } from "./define.ts";
import { configTool, updating } from "./guest-config-tools.ts";
import { cloning, creation } from "./guest-create.ts";
import { guestPlace } from "./guest-kinds.ts";
import { listTool } from "./guest-list.ts";
import { powerTools } from "./guest-power.ts";
import { rrdTool } from "./guest-rrd.ts";
import { snapshotTools } from "./guest-snapshots.ts";
import { statusTool } from "./guest-status.ts";

const snapshots = snapshotTools("qemu");

/** Tools for VMs. */
export const qemuTools = category("qemu", [
  listTool("qemu"),
  statusTool("qemu"),
  configTool("qemu"),
  rrdTool("qemu"),
  snapshots.list,
  ...powerTools("qemu"),
  tool({
    name: "pve_migrate_qemu_vm",
    title: "Migrate VM",
    tier: "read-execute",
    description: "Move a VM to another node.",
    route: "POST /nodes/{node}/qemu/{vmid}/migrate",
    params: {
      target: "",
      online: "",
      "with-local-disks": "",
    },
    more: true,
    done: (call) => `Migration of ${guestPlace(call)} to ${str(call.input, "target")}.`,
  }),
  tool({
    name: "pve_create_qemu_vm",
    title: "Create VM",
    tier: "full",
    description: "Create a VM; without vmid, with the next free one.",
    route: "POST /nodes/{node}/qemu",
    params: {
      vmid: { required: false },
      name: "",
      memory: "MiB",
      cores: "",
      sockets: "",
      ostype: "",
      ide2: "local:iso/x.iso,media=cdrom",
      scsi0: "local-lvm:32 (GiB)",
      net0: "virtio,bridge=vmbr0",
      scsihw: { schema: { type: "string" } },
      boot: "order=scsi0;ide2",
      start: "",
    },
    ...creation("qemu"),
  }),
  tool({
    name: "pve_delete_qemu_vm",
    title: "Delete VM",
    tier: "full",
    description: "Delete a stopped VM and its disks.",
    route: "DELETE /nodes/{node}/qemu/{vmid}",
    params: { purge: "Also from jobs and HA", "destroy-unreferenced-disks": "" },
    done: (call) => `Deletion of ${guestPlace(call)}.`,
  }),
  tool({
    name: "pve_update_qemu_config",
    title: "Change VM configuration",
    tier: "full",
    description: "Change settings of a VM.",
    route: "PUT /nodes/{node}/qemu/{vmid}/config",
    params: {
      name: "",
      memory: "MiB",
      cores: "",
      sockets: "",
      description: "",
      onboot: "",
      net0: "",
      scsi0: "",
      delete: "Settings",
      digest: "",
    },
    ...updating("qemu"),
  }),
  tool({
    name: "pve_clone_qemu_vm",
    title: "Clone VM",
    tier: "full",
    description: "Clone a VM; without newid, to the next free VMID.",
    route: "POST /nodes/{node}/qemu/{vmid}/clone",
    params: {
      newid: { required: false },
      name: "",
      target: "",
      full: "",
      description: "",
      snapname: "",
      storage: "",
    },
    ...cloning("qemu"),
  }),
  snapshots.create,
  snapshots.remove,
  snapshots.rollback,
]);
