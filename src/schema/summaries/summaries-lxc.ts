import type { Route } from "../routes.gen.ts";

/** One line for each operation on the containers of a node, but for those of their firewall. */
export const LXC_SUMMARIES = {
  "GET /nodes/{node}/lxc": "List the containers (CT) of a node with state and use",
  "POST /nodes/{node}/lxc": "Create a container (CT) from a template, or restore one from a backup",
  "GET /nodes/{node}/lxc/{vmid}": "List the sub-paths of a container",
  "DELETE /nodes/{node}/lxc/{vmid}":
    "Destroy a container (CT) with its volumes and snapshots (delete for good)",

  "GET /nodes/{node}/lxc/{vmid}/config":
    "Show a container's config with pending changes applied, or as it runs, or of a snapshot",
  "PUT /nodes/{node}/lxc/{vmid}/config":
    "Change a container's config: CPU, memory, mount points, NICs, hostname, features, tags",
  "GET /nodes/{node}/lxc/{vmid}/pending":
    "Show a container's config key by key: running value, pending value, pending removal",
  "GET /nodes/{node}/lxc/{vmid}/feature": "Check whether a container can be snapshotted, cloned or copied",
  "GET /nodes/{node}/lxc/{vmid}/interfaces": "Show the IP and MAC addresses (NICs) of a running container",
  "PUT /nodes/{node}/lxc/{vmid}/resize": "Resize a container's root disk or mount point (grow only)",
  "POST /nodes/{node}/lxc/{vmid}/move_volume":
    "Move a container's volume to another storage, or reassign it to another container",
  "POST /nodes/{node}/lxc/{vmid}/clone": "Clone a container or container template, full or linked",
  "POST /nodes/{node}/lxc/{vmid}/template": "Convert a container into a template (one-way)",

  "GET /nodes/{node}/lxc/{vmid}/status":
    "List the sub-paths of a container's status: state and power actions",
  "GET /nodes/{node}/lxc/{vmid}/status/current":
    "Show whether a container runs now, with uptime, CPU, memory, lock and HA state",
  "POST /nodes/{node}/lxc/{vmid}/status/start": "Start a container (CT)",
  "POST /nodes/{node}/lxc/{vmid}/status/stop": "Stop a container (CT) at once, killing all its processes",
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": "Shut down a container (CT) cleanly",
  "POST /nodes/{node}/lxc/{vmid}/status/reboot":
    "Reboot a container by clean shutdown and start (restart), applying pending changes",
  "POST /nodes/{node}/lxc/{vmid}/status/suspend":
    "Suspend a container, freezing its processes (experimental)",
  "POST /nodes/{node}/lxc/{vmid}/status/resume": "Resume a suspended container",

  "GET /nodes/{node}/lxc/{vmid}/snapshot": "List the snapshots of a container as a tree",
  "POST /nodes/{node}/lxc/{vmid}/snapshot": "Take a snapshot of a container",
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": "List the sub-paths of a container's snapshot",
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": "Delete a snapshot of a container",
  "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": "Show the container config stored in a snapshot",
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config":
    "Change the description of a container's snapshot",
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback":
    "Roll back a container to a snapshot, losing what came after (revert)",

  "GET /nodes/{node}/lxc/{vmid}/migrate":
    "Check a container's migration: allowed nodes and what is in the way",
  "POST /nodes/{node}/lxc/{vmid}/migrate": "Migrate a container to another node, offline or by restart",
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": "Migrate a container to another cluster (experimental)",
  "POST /nodes/{node}/lxc/{vmid}/mtunnel": "Open the migration tunnel of a container (used by PVE itself)",
  "GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket":
    "Connect to the migration tunnel of a container (used by PVE itself)",

  "POST /nodes/{node}/lxc/{vmid}/vncproxy": "Open a VNC console to a container: get its port and ticket",
  "POST /nodes/{node}/lxc/{vmid}/termproxy": "Open a terminal to a container: get its port and ticket",
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy":
    "Open a SPICE console to a container: get the viewer's settings",
  "GET /nodes/{node}/lxc/{vmid}/vncwebsocket":
    "Connect to the opened VNC console of a container by WebSocket",

  "GET /nodes/{node}/lxc/{vmid}/rrd": "Draw a graph of a container's use over time as PNG (RRD)",
  "GET /nodes/{node}/lxc/{vmid}/rrddata":
    "Show a container's CPU, memory, disk and network use over time (RRD metrics)",
} as const satisfies Partial<Record<Route, string>>;
