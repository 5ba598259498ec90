import type { Route } from "../routes.gen.ts";

/** One line for each operation on the VMs of a node, but for those of firewall and guest agent. */
export const QEMU_SUMMARIES = {
  "GET /nodes/{node}/qemu": "List the VMs of a node with state and use",
  "POST /nodes/{node}/qemu": "Create a VM, or restore one from a backup",
  "GET /nodes/{node}/qemu/{vmid}": "List the sub-paths of a VM",
  "DELETE /nodes/{node}/qemu/{vmid}":
    "Destroy a VM with its disks, snapshots and firewall rules (delete for good)",

  "GET /nodes/{node}/qemu/{vmid}/config":
    "Show a VM's config with pending changes applied, or as it runs, or of a snapshot",
  "POST /nodes/{node}/qemu/{vmid}/config":
    "Change a VM's config as a task: CPU, memory, disks, NICs, CD-ROM/ISO, PCI passthrough",
  "PUT /nodes/{node}/qemu/{vmid}/config":
    "Change a VM's config synchronously, no task: best for name, notes, tags, boot order",
  "GET /nodes/{node}/qemu/{vmid}/pending":
    "Show a VM's config key by key: running value, pending value, pending removal",
  "GET /nodes/{node}/qemu/{vmid}/feature": "Check whether a VM can be snapshotted, cloned or copied",
  "PUT /nodes/{node}/qemu/{vmid}/unlink": "Detach disks from a VM, or delete their images",
  "PUT /nodes/{node}/qemu/{vmid}/resize": "Resize a disk of a VM (grow only)",
  "POST /nodes/{node}/qemu/{vmid}/move_disk":
    "Move a VM's disk to another storage, or reassign it to another VM",
  "POST /nodes/{node}/qemu/{vmid}/clone": "Clone a VM or VM template, full or linked",
  "POST /nodes/{node}/qemu/{vmid}/template": "Convert a VM, or one of its disks, into a template (one-way)",

  "GET /nodes/{node}/qemu/{vmid}/cloudinit": "Show a VM's cloud-init settings, current and pending",
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": "Regenerate the cloud-init drive of a VM from its settings",
  "GET /nodes/{node}/qemu/{vmid}/cloudinit/dump":
    "Show the cloud-init file generated for a VM: user, network or meta data",

  "GET /nodes/{node}/qemu/{vmid}/status": "List the sub-paths of a VM's status: state and power actions",
  "GET /nodes/{node}/qemu/{vmid}/status/current":
    "Show whether a VM runs now, with uptime, CPU, memory, lock and HA state",
  "POST /nodes/{node}/qemu/{vmid}/status/start": "Start a VM (power on)",
  "POST /nodes/{node}/qemu/{vmid}/status/stop":
    "Stop a VM at once, as by pulling the plug (power off, may lose data)",
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown":
    "Shut down a VM cleanly by ACPI or guest agent (power off)",
  "POST /nodes/{node}/qemu/{vmid}/status/reboot":
    "Reboot a VM by clean shutdown and start (restart), applying pending changes",
  "POST /nodes/{node}/qemu/{vmid}/status/reset": "Reset a VM hard, as by its reset button",
  "POST /nodes/{node}/qemu/{vmid}/status/suspend":
    "Suspend a VM: pause it in memory, or hibernate it to disk",
  "POST /nodes/{node}/qemu/{vmid}/status/resume": "Resume a suspended VM, paused or hibernated",

  "GET /nodes/{node}/qemu/{vmid}/snapshot": "List the snapshots of a VM as a tree",
  "POST /nodes/{node}/qemu/{vmid}/snapshot": "Take a snapshot of a VM, optionally with its memory",
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": "List the sub-paths of a VM's snapshot",
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": "Delete a snapshot of a VM",
  "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": "Show the VM config stored in a snapshot",
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": "Change the description of a VM's snapshot",
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback":
    "Roll back a VM to a snapshot, losing what came after (revert)",

  "GET /nodes/{node}/qemu/{vmid}/migrate":
    "Check a VM's migration: allowed nodes, local disks, devices in the way",
  "POST /nodes/{node}/qemu/{vmid}/migrate": "Migrate a VM to another node, live or offline",
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": "Migrate a VM to another cluster (experimental)",
  "POST /nodes/{node}/qemu/{vmid}/mtunnel": "Open the migration tunnel of a VM (used by PVE itself)",
  "GET /nodes/{node}/qemu/{vmid}/mtunnelwebsocket":
    "Connect to the migration tunnel of a VM (used by PVE itself)",
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate":
    "Start or stop the helper that carries extra VM state in a live migration",

  "POST /nodes/{node}/qemu/{vmid}/monitor": "Run a QEMU monitor command on a VM (HMP)",
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": "Send a key press to a VM, such as ctrl-alt-delete",
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": "Open a VNC console to a VM: get its port and ticket",
  "POST /nodes/{node}/qemu/{vmid}/termproxy": "Open a serial terminal to a VM: get its port and ticket",
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": "Open a SPICE console to a VM: get the viewer's settings",
  "GET /nodes/{node}/qemu/{vmid}/vncwebsocket": "Connect to the opened VNC console of a VM by WebSocket",

  "GET /nodes/{node}/qemu/{vmid}/rrd": "Draw a graph of a VM's use over time as PNG (RRD)",
  "GET /nodes/{node}/qemu/{vmid}/rrddata":
    "Show a VM's CPU, memory, disk and network use over time (RRD metrics)",
} as const satisfies Partial<Record<Route, string>>;
