import { isNot, isOn } from "../argument-values.ts";
import type { TouchTable } from "./touch.ts";
import {
  cluster,
  everything,
  guestsOfNode,
  movedOfNode,
  node,
  onlyIf,
  quorum,
  storage,
} from "./touch-readers.ts";
import { task } from "./touch-task.ts";

const NODE = [node("change")];
/** The node, and with it every guest there. */
const NODE_AND_GUESTS = [...NODE, guestsOfNode("change")];
/** The node is gone for a while: HA may empty it before (`shutdown_policy`), and the others go on without its vote. */
const POWER = [...NODE_AND_GUESTS, movedOfNode({ managed: true }), quorum];
const SHELL = [...NODE, everything("a shell on the node has no limits")];

/** Services that guests do not depend on; one we do not know may carry them. */
const ASIDE = [
  "chrony",
  "cron",
  "postfix",
  "pvedaemon",
  "pvefw-logger",
  "pveproxy",
  "pvestatd",
  "spiceproxy",
  "sshd",
  "syslog",
  "systemd-journald",
  "systemd-timesyncd",
] as const;
/** Services that the node's guests depend on, and its place in the cluster does not. */
const OF_GUESTS = [
  "ksmtuned",
  "lxcfs",
  "proxmox-firewall",
  "pve-firewall",
  "pve-ha-crm",
  "pve-ha-lrm",
  "pve-lxc-syscalld",
  "pvescheduler",
  "qmeventd",
] as const;
const STARTED = [...NODE, onlyIf("service", isNot(...ASIDE), guestsOfNode("change"))];
/** A node without these is out of the cluster; one we do not know may be like them. */
const SERVICE = [...STARTED, onlyIf("service", isNot(...ASIDE, ...OF_GUESTS), quorum)];

/** Disks are taken: PVE calls one unused that a guest has been given as a whole. */
const TAKE_DISK = [...NODE_AND_GUESTS, onlyIf("add_storage", isOn, storage("definition", "name"))];
const DESTROY = [...NODE, everything("whose data lies there cannot be told")];
/** Ceph is the cluster's, whichever node is asked. */
const CEPH = [cluster];
const CEPH_DATA = [cluster, everything("any guest's volumes may lie on Ceph")];

/** Nodes: power, services, network, system, certificates, consoles, disks, Ceph. */
export const NODE_TOUCHES = {
  "POST /nodes/{node}/apt/repositories": NODE,
  "PUT /nodes/{node}/apt/repositories": NODE,
  "POST /nodes/{node}/apt/update": NODE,
  "POST /nodes/{node}/certificates/acme/certificate": NODE,
  "PUT /nodes/{node}/certificates/acme/certificate": NODE,
  "DELETE /nodes/{node}/certificates/acme/certificate": NODE,
  "POST /nodes/{node}/certificates/custom": NODE,
  "DELETE /nodes/{node}/certificates/custom": NODE,
  "PUT /nodes/{node}/config": NODE,
  "PUT /nodes/{node}/dns": NODE,
  "POST /nodes/{node}/execute": SHELL,
  "POST /nodes/{node}/hosts": NODE,
  "POST /nodes/{node}/network": NODE,
  "PUT /nodes/{node}/network": [...NODE_AND_GUESTS, quorum],
  "DELETE /nodes/{node}/network": NODE,
  "PUT /nodes/{node}/network/{iface}": NODE,
  "DELETE /nodes/{node}/network/{iface}": NODE,
  "POST /nodes/{node}/services/{service}/reload": SERVICE,
  "POST /nodes/{node}/services/{service}/restart": SERVICE,
  "POST /nodes/{node}/services/{service}/start": STARTED,
  "POST /nodes/{node}/services/{service}/stop": SERVICE,
  "POST /nodes/{node}/spiceshell": SHELL,
  "POST /nodes/{node}/status": POWER,
  "POST /nodes/{node}/subscription": NODE,
  "PUT /nodes/{node}/subscription": NODE,
  "DELETE /nodes/{node}/subscription": NODE,
  "DELETE /nodes/{node}/tasks/{upid}": [task("change")],
  "POST /nodes/{node}/termproxy": SHELL,
  "PUT /nodes/{node}/time": NODE,
  "POST /nodes/{node}/vncshell": SHELL,
  "GET /nodes/{node}/vncwebsocket": SHELL,
  "POST /nodes/{node}/wakeonlan": NODE,
  "POST /nodes/{node}/disks/directory": TAKE_DISK,
  "DELETE /nodes/{node}/disks/directory/{name}": DESTROY,
  "POST /nodes/{node}/disks/initgpt": DESTROY,
  "POST /nodes/{node}/disks/lvm": TAKE_DISK,
  "DELETE /nodes/{node}/disks/lvm/{name}": DESTROY,
  "POST /nodes/{node}/disks/lvmthin": TAKE_DISK,
  "DELETE /nodes/{node}/disks/lvmthin/{name}": DESTROY,
  "PUT /nodes/{node}/disks/wipedisk": DESTROY,
  "POST /nodes/{node}/disks/zfs": TAKE_DISK,
  "DELETE /nodes/{node}/disks/zfs/{name}": DESTROY,
  "POST /nodes/{node}/ceph/fs/{name}": CEPH,
  "DELETE /nodes/{node}/ceph/fs/{name}": CEPH_DATA,
  "POST /nodes/{node}/ceph/init": CEPH,
  "POST /nodes/{node}/ceph/mds/{name}": CEPH,
  "DELETE /nodes/{node}/ceph/mds/{name}": CEPH_DATA,
  "POST /nodes/{node}/ceph/mgr/{id}": CEPH,
  "DELETE /nodes/{node}/ceph/mgr/{id}": CEPH_DATA,
  "POST /nodes/{node}/ceph/mon/{monid}": CEPH,
  "DELETE /nodes/{node}/ceph/mon/{monid}": CEPH_DATA,
  "POST /nodes/{node}/ceph/osd": [...NODE_AND_GUESTS, cluster],
  "DELETE /nodes/{node}/ceph/osd/{osdid}": CEPH_DATA,
  "POST /nodes/{node}/ceph/osd/{osdid}/in": CEPH_DATA,
  "POST /nodes/{node}/ceph/osd/{osdid}/out": CEPH_DATA,
  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": CEPH,
  "POST /nodes/{node}/ceph/pool": CEPH,
  "PUT /nodes/{node}/ceph/pool/{name}": CEPH_DATA,
  "DELETE /nodes/{node}/ceph/pool/{name}": CEPH_DATA,
  "POST /nodes/{node}/ceph/restart": CEPH_DATA,
  "POST /nodes/{node}/ceph/start": CEPH,
  "POST /nodes/{node}/ceph/stop": CEPH_DATA,
} satisfies TouchTable;
