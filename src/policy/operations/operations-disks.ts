import { isOn } from "../argument-values.ts";
import { EXECUTE, EXECUTE_LOSS, loss, type Operations, raised, WRITE, WRITE_LOSS } from "./operation.ts";

/** Disks of the nodes, and Ceph. */
export const DISK_OPERATIONS = {
  "POST /nodes/{node}/ceph/fs/{name}": WRITE,
  "DELETE /nodes/{node}/ceph/fs/{name}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/init": raised(WRITE, loss("disable_cephx", "turns authentication off", isOn)),
  "POST /nodes/{node}/ceph/mds/{name}": WRITE,
  "DELETE /nodes/{node}/ceph/mds/{name}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/mgr/{id}": WRITE,
  "DELETE /nodes/{node}/ceph/mgr/{id}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/mon/{monid}": WRITE,
  "DELETE /nodes/{node}/ceph/mon/{monid}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/osd": WRITE_LOSS,
  "DELETE /nodes/{node}/ceph/osd/{osdid}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/osd/{osdid}/in": WRITE,
  "POST /nodes/{node}/ceph/osd/{osdid}/out": WRITE_LOSS,
  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": EXECUTE,
  "POST /nodes/{node}/ceph/pool": WRITE,
  "PUT /nodes/{node}/ceph/pool/{name}": raised(
    WRITE,
    loss(["size", "min_size", "crush_rule"], "changes how many copies there are and where"),
  ),
  "DELETE /nodes/{node}/ceph/pool/{name}": WRITE_LOSS,
  "POST /nodes/{node}/ceph/restart": EXECUTE_LOSS,
  "POST /nodes/{node}/ceph/start": EXECUTE,
  "POST /nodes/{node}/ceph/stop": EXECUTE_LOSS,
  "POST /nodes/{node}/disks/directory": WRITE_LOSS,
  "DELETE /nodes/{node}/disks/directory/{name}": WRITE_LOSS,
  "POST /nodes/{node}/disks/initgpt": WRITE_LOSS,
  "POST /nodes/{node}/disks/lvm": WRITE_LOSS,
  "DELETE /nodes/{node}/disks/lvm/{name}": WRITE_LOSS,
  "POST /nodes/{node}/disks/lvmthin": WRITE_LOSS,
  "DELETE /nodes/{node}/disks/lvmthin/{name}": WRITE_LOSS,
  "PUT /nodes/{node}/disks/wipedisk": WRITE_LOSS,
  "POST /nodes/{node}/disks/zfs": WRITE_LOSS,
  "DELETE /nodes/{node}/disks/zfs/{name}": WRITE_LOSS,
} satisfies Operations;
