import { category, tool } from "./define.ts";
import { configTool, updating } from "./guest-config-tools.ts";
import { cloning, creation } from "./guest-create.ts";
import { guestPlace } from "./guest-kinds.ts";
import { listTool } from "./guest-list.ts";
import { powerTools } from "./guest-power.ts";
import { rrdTool } from "./guest-rrd.ts";
import { snapshotTools } from "./guest-snapshots.ts";
import { statusTool } from "./guest-status.ts";

const snapshots = snapshotTools("lxc");

/** Tools for containers. */
export const lxcTools = category("lxc", [
  listTool("lxc"),
  statusTool("lxc"),
  configTool("lxc"),
  rrdTool("lxc"),
  snapshots.list,
  ...powerTools("lxc"),
  tool({
    name: "pve_create_lxc_container",
    title: "Create container",
    tier: "full",
    description: "Create a container; without vmid, with the next free one.",
    route: "POST /nodes/{node}/lxc",
    params: {
      vmid: { required: false },
      ostemplate: "local:vztmpl/x.tar.zst",
      hostname: "",
      memory: "MiB",
      swap: "",
      cores: "",
      rootfs: "local-lvm:8 (GiB)",
      net0: "name=eth0,bridge=vmbr0,ip=dhcp",
      password: "",
      unprivileged: "",
      start: "",
      storage: "",
    },
    inputs: { ssh_public_keys: { of: "ssh-public-keys" } },
    ...creation("lxc"),
  }),
  tool({
    name: "pve_delete_lxc_container",
    title: "Delete container",
    tier: "full",
    description: "Delete a container and its volumes.",
    route: "DELETE /nodes/{node}/lxc/{vmid}",
    params: {
      purge: "Also from jobs, HA, ACLs",
      force: "Even if it runs",
      "destroy-unreferenced-disks": "",
    },
    done: (call) => `Deletion of ${guestPlace(call)}.`,
  }),
  tool({
    name: "pve_update_lxc_config",
    title: "Change container configuration",
    tier: "full",
    description: "Change settings of a container.",
    route: "PUT /nodes/{node}/lxc/{vmid}/config",
    params: {
      hostname: "",
      memory: "MiB",
      swap: "",
      cores: "",
      description: "",
      onboot: "",
      net0: "",
      delete: "Settings",
      digest: "",
    },
    ...updating("lxc"),
  }),
  tool({
    name: "pve_clone_lxc_container",
    title: "Clone container",
    tier: "full",
    description: "Clone a container; without newid, to the next free VMID.",
    route: "POST /nodes/{node}/lxc/{vmid}/clone",
    params: {
      newid: { required: false },
      hostname: "",
      target: "",
      full: "",
      description: "",
      snapname: "",
      storage: "",
    },
    ...cloning("lxc"),
  }),
  snapshots.create,
  snapshots.remove,
  snapshots.rollback,
]);
