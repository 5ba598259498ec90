import type { Route } from "../routes.gen.ts";

/** What each operation on the datacenter as a whole does, in one line; storage definitions and version included. */
export const CLUSTER_SUMMARIES = {
  "GET /version": "Show the Proxmox VE version and release of the answering node",

  "GET /storage": "List storage definitions of the datacenter, optionally of one type",
  "POST /storage": "Add a storage (directory, NFS, CIFS, LVM, ZFS, Ceph RBD, iSCSI, PBS)",
  "GET /storage/{storage}": "Show one storage's definition: path or server, content types, nodes",
  "PUT /storage/{storage}": "Change a storage definition: content types, nodes, retention, disable",
  "DELETE /storage/{storage}": "Remove a storage definition; the data on it stays",

  "GET /cluster": "List the sub-paths of the cluster",
  "GET /cluster/log": "Read the latest entries of the cluster log, of all nodes",
  "GET /cluster/resources": "List all guests (VM, CT), nodes, storages, pools and SDN with state and usage",
  "GET /cluster/tasks": "List recent tasks of all nodes",
  "GET /cluster/options": "Show datacenter options (migration network, keyboard, tag style, limits)",
  "PUT /cluster/options": "Change datacenter options (migration network, console, tags, limits)",
  "GET /cluster/status": "Show quorum and which nodes of the cluster are online, with their IPs",
  "GET /cluster/nextid": "Find the next free VMID, or check that a VMID is free",

  "GET /cluster/config": "List the sub-paths of the cluster (corosync) configuration",
  "POST /cluster/config": "Create a new cluster with this node as its first member",
  "GET /cluster/config/apiversion": "Show this node's version of the cluster join protocol",
  "GET /cluster/config/nodes": "List nodes configured in corosync with their votes and links",
  "POST /cluster/config/nodes/{node}":
    "Enter a joining node into corosync's configuration (joins call it themselves)",
  "DELETE /cluster/config/nodes/{node}": "Remove a node from the cluster for good",
  "GET /cluster/config/join": "Show what a new node needs to join this cluster (fingerprint, addresses)",
  "POST /cluster/config/join": "Join this node to an existing cluster",
  "GET /cluster/config/totem": "Show corosync's totem settings (links, transport, timeouts)",
  "GET /cluster/config/qdevice": "Show the state of the external quorum vote (QDevice)",

  "GET /cluster/ceph": "List the sub-paths of cluster-wide Ceph",
  "GET /cluster/ceph/metadata": "List Ceph daemons (mon, mgr, mds, osd) with versions and hosts",
  "GET /cluster/ceph/status": "Show Ceph health, monitors, OSDs and recovery, asked cluster-wide",
  "GET /cluster/ceph/flags": "List all Ceph flags (noout, noscrub, pause) and which are set",
  "PUT /cluster/ceph/flags": "Set or clear several Ceph flags (noout, norebalance) in one task",
  "GET /cluster/ceph/flags/{flag}": "Show whether one Ceph flag is set",
  "PUT /cluster/ceph/flags/{flag}": "Set or clear one Ceph flag at once, such as noout for maintenance",

  "GET /cluster/qemu": "List the sub-paths of cluster-wide QEMU settings",
  "GET /cluster/qemu/cpu-flags": "List CPU flags that VMs can be given, and the nodes that support them",
  "GET /cluster/qemu/custom-cpu-models": "List custom CPU models that VMs can use",
  "POST /cluster/qemu/custom-cpu-models": "Define a custom CPU model for VMs",
  "GET /cluster/qemu/custom-cpu-models/{cputype}": "Show one custom CPU model's base model and flags",
  "PUT /cluster/qemu/custom-cpu-models/{cputype}": "Change a custom CPU model's base model or flags",
  "DELETE /cluster/qemu/custom-cpu-models/{cputype}": "Delete a custom CPU model of VMs",

  "GET /cluster/mapping": "List the sub-paths of resource mappings (PCI, USB, directory)",
  "GET /cluster/mapping/dir": "List directory mappings for virtiofs shares, optionally checked on a node",
  "POST /cluster/mapping/dir": "Map host directories under one name, for sharing with VMs (virtiofs)",
  "GET /cluster/mapping/dir/{id}": "Show one directory mapping: its path on each node",
  "PUT /cluster/mapping/dir/{id}": "Change a directory mapping: its path on each node",
  "DELETE /cluster/mapping/dir/{id}": "Delete a directory mapping",
  "GET /cluster/mapping/pci": "List PCI/GPU passthrough mappings, optionally checked on a node",
  "POST /cluster/mapping/pci": "Map PCI devices (GPU, NIC) of several nodes under one name for passthrough",
  "GET /cluster/mapping/pci/{id}": "Show one PCI/GPU mapping: its device on each node",
  "PUT /cluster/mapping/pci/{id}": "Change a PCI/GPU mapping: devices, mediated devices, live migration",
  "DELETE /cluster/mapping/pci/{id}": "Delete a PCI/GPU passthrough mapping",
  "GET /cluster/mapping/usb": "List USB passthrough mappings, optionally checked on a node",
  "POST /cluster/mapping/usb": "Map USB devices of several nodes under one name for passthrough",
  "GET /cluster/mapping/usb/{id}": "Show one USB mapping: its device on each node",
  "PUT /cluster/mapping/usb/{id}": "Change a USB mapping: its device on each node",
  "DELETE /cluster/mapping/usb/{id}": "Delete a USB passthrough mapping",

  "GET /cluster/bulk-action": "List the sub-paths of cluster-wide bulk actions",
  "GET /cluster/bulk-action/guest": "List the sub-paths of bulk actions on guests (start, shutdown, migrate)",
  "POST /cluster/bulk-action/guest/start": "Start or resume all or chosen guests (VM, CT) across the cluster",
  "POST /cluster/bulk-action/guest/shutdown": "Shut down all or chosen guests (VM, CT) across the cluster",
  "POST /cluster/bulk-action/guest/suspend":
    "Suspend all or chosen VMs across the cluster, to memory or disk",
  "POST /cluster/bulk-action/guest/migrate":
    "Migrate all or chosen guests (VM, CT) of the cluster to one node",

  "GET /cluster/metrics": "List the sub-paths of metrics (servers, export)",
  "GET /cluster/metrics/server": "List external metric servers (Graphite, InfluxDB, OpenTelemetry)",
  "GET /cluster/metrics/server/{id}": "Show one external metric server's settings",
  "POST /cluster/metrics/server/{id}":
    "Send metrics to a new external server (Graphite, InfluxDB, OpenTelemetry)",
  "PUT /cluster/metrics/server/{id}": "Change or disable an external metric server",
  "DELETE /cluster/metrics/server/{id}": "Stop sending metrics to an external server by deleting it",
  "GET /cluster/metrics/export":
    "Export current or recent CPU, memory, disk and network metrics of the cluster",
} as const satisfies Partial<Record<Route, string>>;
