import type { Route } from "../routes.gen.ts";

/** One line for each operation on Ceph through a node. */
export const CEPH_SUMMARIES = {
  "GET /nodes/{node}/ceph": "List the sub-paths of Ceph on a node",
  "GET /nodes/{node}/ceph/status": "Show Ceph's health and status, asked through a node",
  "GET /nodes/{node}/ceph/log": "Read the Ceph cluster log",
  "POST /nodes/{node}/ceph/init": "Set up Ceph's first config: networks, replica count, authentication",
  "POST /nodes/{node}/ceph/start": "Start Ceph services of a node",
  "POST /nodes/{node}/ceph/stop": "Stop Ceph services of a node",
  "POST /nodes/{node}/ceph/restart": "Restart Ceph services of a node",
  "GET /nodes/{node}/ceph/cmd-safety": "Check whether a Ceph OSD, monitor or MDS is safe to stop or destroy",

  "GET /nodes/{node}/ceph/cfg": "List the sub-paths of Ceph's config",
  "GET /nodes/{node}/ceph/cfg/db": "List the settings in Ceph's config database, held by the monitors",
  "GET /nodes/{node}/ceph/cfg/raw": "Show the Ceph config file as text (ceph.conf)",
  "GET /nodes/{node}/ceph/cfg/value": "Look up chosen Ceph settings, in config file or config database",
  "GET /nodes/{node}/ceph/crush": "Show Ceph's CRUSH map as text",
  "GET /nodes/{node}/ceph/rules": "List Ceph's CRUSH rules by name",

  "GET /nodes/{node}/ceph/mon": "List Ceph's monitors (MON) with address, version and quorum",
  "POST /nodes/{node}/ceph/mon/{monid}": "Create a Ceph monitor on a node (MON)",
  "DELETE /nodes/{node}/ceph/mon/{monid}": "Destroy a Ceph monitor (MON)",
  "GET /nodes/{node}/ceph/mgr": "List Ceph's managers (MGR) with state and version",
  "POST /nodes/{node}/ceph/mgr/{id}": "Create a Ceph manager on a node (MGR)",
  "DELETE /nodes/{node}/ceph/mgr/{id}": "Destroy a Ceph manager (MGR)",
  "GET /nodes/{node}/ceph/mds": "List Ceph's metadata servers (MDS) with state, rank and filesystem",
  "POST /nodes/{node}/ceph/mds/{name}": "Create a Ceph metadata server on a node (MDS)",
  "DELETE /nodes/{node}/ceph/mds/{name}": "Destroy a Ceph metadata server (MDS)",

  "GET /nodes/{node}/ceph/fs": "List the Ceph filesystems (CephFS) with their pools",
  "POST /nodes/{node}/ceph/fs/{name}": "Create a Ceph filesystem (CephFS) with its two pools",
  "DELETE /nodes/{node}/ceph/fs/{name}":
    "Destroy a Ceph filesystem (CephFS), optionally with storages and pools",

  "GET /nodes/{node}/ceph/osd": "Show Ceph's OSDs as a tree by host, with state, weight, use and flags",
  "POST /nodes/{node}/ceph/osd":
    "Create a Ceph OSD on a node's disk, optionally encrypted or with DB/WAL device",
  "GET /nodes/{node}/ceph/osd/{osdid}": "List the sub-paths of a Ceph OSD",
  "DELETE /nodes/{node}/ceph/osd/{osdid}": "Destroy a Ceph OSD, optionally wiping its disk",
  "GET /nodes/{node}/ceph/osd/{osdid}/metadata":
    "Show a Ceph OSD's details: devices, addresses, memory, version",
  "GET /nodes/{node}/ceph/osd/{osdid}/lv-info": "Show the logical volume of a Ceph OSD: block, DB or WAL",
  "POST /nodes/{node}/ceph/osd/{osdid}/in": "Mark a Ceph OSD in, so that it takes data again",
  "POST /nodes/{node}/ceph/osd/{osdid}/out": "Mark a Ceph OSD out, moving its data to other OSDs",
  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": "Start a scrub or deep scrub of a Ceph OSD (data check)",

  "GET /nodes/{node}/ceph/pool": "List Ceph's pools with replica count, placement groups, rule and use",
  "POST /nodes/{node}/ceph/pool": "Create a Ceph pool, replicated or erasure-coded",
  "GET /nodes/{node}/ceph/pool/{name}": "List the sub-paths of a Ceph pool",
  "PUT /nodes/{node}/ceph/pool/{name}":
    "Change a Ceph pool: replica count, placement groups, autoscaling, CRUSH rule",
  "DELETE /nodes/{node}/ceph/pool/{name}": "Destroy a Ceph pool with all its data",
  "GET /nodes/{node}/ceph/pool/{name}/status": "Show one Ceph pool's settings, on request with statistics",
} as const satisfies Partial<Record<Route, string>>;
