import type { Route } from "../routes.gen.ts";

/** One line for each operation on a node itself: power, packages, certificates, hardware, services, logs and tasks. */
export const NODE_SYSTEM_SUMMARIES = {
  "GET /nodes": "List the cluster's nodes with state and use",
  "GET /nodes/{node}": "List the sub-paths of a node",
  "GET /nodes/{node}/status": "Show a node's CPU, memory, load, root disk, kernel, boot mode and uptime",
  "POST /nodes/{node}/status": "Reboot or shut down a node",
  "GET /nodes/{node}/version": "Show the Proxmox VE version a node runs",
  "GET /nodes/{node}/config": "Show a node's own config: notes, ACME domains, Wake-on-LAN, start delay",
  "PUT /nodes/{node}/config": "Change a node's own config: notes, ACME domains, Wake-on-LAN, start delay",
  "GET /nodes/{node}/report": "Generate a node's system report, as for support",
  "GET /nodes/{node}/rrd": "Draw a graph of a node's use over time as PNG (RRD)",
  "GET /nodes/{node}/rrddata":
    "Show a node's CPU, memory, load, disk and network use over time (RRD metrics)",
  "GET /nodes/{node}/time": "Show a node's clock and time zone",
  "PUT /nodes/{node}/time": "Set the time zone of a node",
  "POST /nodes/{node}/wakeonlan": "Wake a powered-off node by network (Wake-on-LAN)",
  "POST /nodes/{node}/execute": "Run several API calls on a node in order (root only)",

  "POST /nodes/{node}/startall": "Start all VMs and containers of a node that start at boot, or those named",
  "POST /nodes/{node}/stopall": "Shut down all VMs and containers of a node, or those named",
  "POST /nodes/{node}/suspendall": "Suspend all VMs of a node, or those named",
  "POST /nodes/{node}/migrateall": "Migrate all VMs and containers of a node to another (evacuate, drain)",

  "POST /nodes/{node}/vncshell": "Open a VNC shell on a node: get its port and ticket",
  "POST /nodes/{node}/termproxy": "Open a terminal shell on a node: get its port and ticket",
  "POST /nodes/{node}/spiceshell": "Open a SPICE shell on a node: get the viewer's settings",
  "GET /nodes/{node}/vncwebsocket": "Connect to the opened shell of a node by WebSocket",

  "GET /nodes/{node}/apt": "List the sub-paths of a node's package management (APT)",
  "GET /nodes/{node}/apt/changelog": "Show the changelog of a package on a node",
  "GET /nodes/{node}/apt/repositories":
    "List a node's package repositories with their warnings (APT sources)",
  "POST /nodes/{node}/apt/repositories": "Enable or disable a package repository of a node",
  "PUT /nodes/{node}/apt/repositories": "Add a standard Proxmox package repository to a node",
  "GET /nodes/{node}/apt/update": "List the package updates available on a node (upgrades)",
  "POST /nodes/{node}/apt/update": "Refresh a node's package lists (apt update); installs nothing",
  "GET /nodes/{node}/apt/versions": "List the installed versions of a node's Proxmox packages (pveversion)",
  "GET /nodes/{node}/subscription": "Show a node's subscription: status, level, due date",
  "POST /nodes/{node}/subscription": "Refresh a node's subscription status from the server",
  "PUT /nodes/{node}/subscription": "Set the subscription key of a node",
  "DELETE /nodes/{node}/subscription": "Remove the subscription key of a node",

  "GET /nodes/{node}/certificates": "List the sub-paths of a node's certificates",
  "GET /nodes/{node}/certificates/info": "Show the node's TLS certificates with issuer, names and expiry",
  "POST /nodes/{node}/certificates/custom": "Install a custom TLS certificate and key on a node",
  "DELETE /nodes/{node}/certificates/custom": "Remove the custom TLS certificate and key of a node",
  "GET /nodes/{node}/certificates/acme": "List the sub-paths of a node's ACME certificate",
  "POST /nodes/{node}/certificates/acme/certificate":
    "Order a node's TLS certificate by ACME (Let's Encrypt)",
  "PUT /nodes/{node}/certificates/acme/certificate": "Renew a node's ACME certificate (Let's Encrypt)",
  "DELETE /nodes/{node}/certificates/acme/certificate": "Revoke a node's ACME certificate (Let's Encrypt)",

  "GET /nodes/{node}/capabilities": "List the sub-paths of a node's capabilities",
  "GET /nodes/{node}/capabilities/qemu": "List the sub-paths of a node's QEMU capabilities",
  "GET /nodes/{node}/capabilities/qemu/cpu": "List the CPU models a node offers its VMs, custom ones too",
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": "List the CPU flags a VM's config may set on a node",
  "GET /nodes/{node}/capabilities/qemu/machines":
    "List the QEMU machine types a node offers its VMs (q35, i440fx)",
  "GET /nodes/{node}/capabilities/qemu/migration": "Show what live migration of VMs a node supports",
  "GET /nodes/{node}/hardware": "List the sub-paths of a node's hardware",
  "GET /nodes/{node}/hardware/pci": "List a node's PCI devices with IOMMU group, for GPU/PCI passthrough",
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}": "List the sub-paths of a node's PCI device",
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev":
    "List the mediated device types (vGPU) of a node's PCI device",
  "GET /nodes/{node}/hardware/usb": "List a node's USB devices, for USB passthrough",

  "GET /nodes/{node}/services": "List a node's system services with state",
  "GET /nodes/{node}/services/{service}": "List the sub-paths of a node's system service",
  "GET /nodes/{node}/services/{service}/state": "Show the state of one system service of a node",
  "POST /nodes/{node}/services/{service}/start": "Start a system service of a node",
  "POST /nodes/{node}/services/{service}/stop": "Stop a system service of a node",
  "POST /nodes/{node}/services/{service}/restart": "Restart a system service of a node, interrupting it",
  "POST /nodes/{node}/services/{service}/reload":
    "Reload a system service of a node, or restart it if it cannot",

  "GET /nodes/{node}/journal": "Read a node's systemd journal by time or cursor",
  "GET /nodes/{node}/syslog": "Read a node's system log by time or service, in pages",
  "GET /nodes/{node}/tasks": "List a node's tasks with state: finished, or active too",
  "GET /nodes/{node}/tasks/{upid}": "List the sub-paths of a node's task",
  "DELETE /nodes/{node}/tasks/{upid}": "Stop a running task of a node (cancel)",
  "GET /nodes/{node}/tasks/{upid}/log": "Read the log of a node's task",
  "GET /nodes/{node}/tasks/{upid}/status": "Show whether a node's task still runs and how it ended",

  "GET /nodes/{node}/replication": "List a node's replication jobs with last run, next run and errors",
  "GET /nodes/{node}/replication/{id}": "List the sub-paths of a replication job on a node",
  "GET /nodes/{node}/replication/{id}/log": "Read the log of a replication job's last run",
  "GET /nodes/{node}/replication/{id}/status": "Show the status of one replication job on a node",
  "POST /nodes/{node}/replication/{id}/schedule_now": "Run a replication job as soon as possible (now)",
} as const satisfies Partial<Record<Route, string>>;
