import type { Route } from "../routes.gen.ts";

/** One line for each operation on a node's storages, backups, local disks and scans for storage. */
export const NODE_STORAGE_SUMMARIES = {
  "GET /nodes/{node}/storage": "List the storages a node reaches, with total, used and free space",
  "GET /nodes/{node}/storage/{storage}": "List the sub-paths of a storage on a node",
  "GET /nodes/{node}/storage/{storage}/status":
    "Show whether one storage is active on a node, and its free space",
  "GET /nodes/{node}/storage/{storage}/identity": "Show type and unique id of a storage as a node sees it",
  "GET /nodes/{node}/storage/{storage}/rrd": "Draw a graph of a storage's use over time as PNG (RRD)",
  "GET /nodes/{node}/storage/{storage}/rrddata":
    "Show a storage's used and total space over time (RRD metrics)",

  "GET /nodes/{node}/storage/{storage}/content":
    "List what a storage holds: disk images, ISOs, CT templates, backups, snippets",
  "POST /nodes/{node}/storage/{storage}/content": "Allocate an empty disk image for a guest on a storage",
  "GET /nodes/{node}/storage/{storage}/content/{volume}":
    "Show one volume of a storage: path, size, format, notes, protection",
  "POST /nodes/{node}/storage/{storage}/content/{volume}":
    "Copy a volume to another name or node (experimental)",
  "PUT /nodes/{node}/storage/{storage}/content/{volume}":
    "Change notes or protection of a backup on a storage",
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}":
    "Delete a volume from a storage: disk image, ISO, CT template or backup",
  "POST /nodes/{node}/storage/{storage}/upload": "Upload an ISO, CT template or disk image to a storage",
  "POST /nodes/{node}/storage/{storage}/download-url":
    "Download an ISO, CT template or disk image from a URL to a storage",
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull":
    "Pull an OCI (Docker) image from a registry to a storage, as CT template",
  "GET /nodes/{node}/storage/{storage}/import-metadata":
    "Show the VM settings found in an importable guest (ESXi, OVA, OVF)",

  "GET /nodes/{node}/storage/{storage}/prunebackups":
    "Preview which backups pruning would keep or remove (retention)",
  "DELETE /nodes/{node}/storage/{storage}/prunebackups":
    "Prune old backups from a storage by retention settings",
  "GET /nodes/{node}/storage/{storage}/file-restore/list":
    "List files inside a backup of a Proxmox Backup Server (PBS)",
  "GET /nodes/{node}/storage/{storage}/file-restore/download":
    "Download a file or folder out of a backup of a Proxmox Backup Server (PBS)",

  "POST /nodes/{node}/vzdump": "Back up VMs and containers now (vzdump)",
  "GET /nodes/{node}/vzdump/defaults": "Show a node's default backup settings (vzdump.conf)",
  "GET /nodes/{node}/vzdump/extractconfig": "Show the guest config stored in a backup",

  "GET /nodes/{node}/disks": "List the sub-paths of a node's disk management",
  "GET /nodes/{node}/disks/list": "List a node's physical disks with model, size, use, wear-out and health",
  "GET /nodes/{node}/disks/smart": "Show SMART health and attributes of a node's disk",
  "POST /nodes/{node}/disks/initgpt": "Write a new GPT partition table to an unused disk of a node",
  "PUT /nodes/{node}/disks/wipedisk": "Wipe a disk or partition of a node, erasing its data",
  "GET /nodes/{node}/disks/directory": "List the disks a node mounts as directory storages",
  "POST /nodes/{node}/disks/directory":
    "Format a node's unused disk (ext4, xfs) and mount it as a directory storage",
  "DELETE /nodes/{node}/disks/directory/{name}": "Unmount a directory storage's disk, optionally wiping it",
  "GET /nodes/{node}/disks/lvm": "List a node's LVM volume groups with their disks and free space",
  "POST /nodes/{node}/disks/lvm": "Create an LVM volume group on an unused disk of a node",
  "DELETE /nodes/{node}/disks/lvm/{name}":
    "Destroy an LVM volume group of a node, optionally wiping its disks",
  "GET /nodes/{node}/disks/lvmthin": "List a node's LVM thin pools with data and metadata use",
  "POST /nodes/{node}/disks/lvmthin": "Create an LVM thin pool on an unused disk of a node",
  "DELETE /nodes/{node}/disks/lvmthin/{name}":
    "Destroy an LVM thin pool of a node, optionally wiping its disks",
  "GET /nodes/{node}/disks/zfs": "List a node's ZFS pools with size, use, fragmentation and health",
  "POST /nodes/{node}/disks/zfs": "Create a ZFS pool on unused disks of a node (mirror, RAIDZ, dRAID)",
  "GET /nodes/{node}/disks/zfs/{name}": "Show one ZFS pool's state: devices, errors, last scrub, advice",
  "DELETE /nodes/{node}/disks/zfs/{name}": "Destroy a ZFS pool of a node, optionally wiping its disks",

  "GET /nodes/{node}/scan": "List the sub-paths of a node's scans for storage",
  "GET /nodes/{node}/scan/cifs": "Scan a CIFS/SMB server for its shares",
  "GET /nodes/{node}/scan/iscsi": "Scan an iSCSI portal for its targets",
  "GET /nodes/{node}/scan/nfs": "Scan an NFS server for its exports",
  "GET /nodes/{node}/scan/pbs": "Scan a Proxmox Backup Server for its datastores (PBS)",
  "GET /nodes/{node}/scan/lvm": "List the names of LVM volume groups a node could add as storage",
  "GET /nodes/{node}/scan/lvmthin": "List the names of LVM thin pools in a volume group of a node",
  "GET /nodes/{node}/scan/zfs": "List the names of ZFS pools and datasets a node could add as storage",

  "GET /nodes/{node}/aplinfo": "List the container templates a node can download (appliances)",
  "POST /nodes/{node}/aplinfo": "Download a container template (CT appliance) to a storage",
  "GET /nodes/{node}/query-oci-repo-tags": "List the tags of an OCI (Docker) image in its registry",
  "GET /nodes/{node}/query-url-metadata": "Look up size, file name and MIME type of a URL before a download",
} as const satisfies Partial<Record<Route, string>>;
