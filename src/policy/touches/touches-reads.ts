import type { Route } from "../../schema/routes.gen.ts";
import type { Reader, TouchTable } from "./touch.ts";
import {
  any,
  cluster,
  guest,
  node,
  onlyIf,
  pool,
  sids,
  storage,
  storageIfNamed,
  volume,
} from "./touch-readers.ts";
import { LISTS } from "./touch-rows.ts";
import { task } from "./touch-task.ts";
import { backupJob } from "./touches-backup.ts";
import { haGroup, haRule, replicated } from "./touches-ha.ts";

/** Tells nothing of any object: versions, what may be named, lists of what lies below in the API. */
const NOTHING: readonly Reader[] = [];
const CLUSTER = [cluster];
const NODE = [node("read")];
const STORAGE = [storage("read")];
const TASK = [task("read")];
const REPLICATED = [replicated("read")];
/** What goes out from the node, or is worked on there: more than a read of it. */
const AT_WORK = [node("change")];
/** The files of a guest, out of its backup; the storage is only read. */
const GUEST_FILES: readonly Reader[] = [
  (params) =>
    volume("read")(params).map((touch) => (touch.kind === "guest" ? { ...touch, how: "change" } : touch)),
];

/** Reads that the rules below would take for more, or for less, than they are. Lists stand in `LISTS`. */
const READS: TouchTable = {
  "GET /version": NOTHING,
  "GET /access": NOTHING,
  "GET /access/domains": NOTHING,
  "GET /access/openid": NOTHING,
  "GET /access/permissions": [onlyIf("userid", any, cluster)],
  "GET /access/ticket": NOTHING,
  "GET /cluster": NOTHING,
  "GET /cluster/acme": NOTHING,
  "GET /cluster/acme/challenge-schema": NOTHING,
  "GET /cluster/acme/directories": NOTHING,
  "GET /cluster/backup-info": NOTHING,
  "GET /cluster/backup/{id}": [backupJob("read")],
  "GET /cluster/backup/{id}/included_volumes": [backupJob("read")],
  "GET /cluster/bulk-action": NOTHING,
  "GET /cluster/bulk-action/guest": NOTHING,
  "GET /cluster/config": NOTHING,
  "GET /cluster/config/apiversion": NOTHING,
  "GET /cluster/firewall": NOTHING,
  "GET /cluster/firewall/macros": NOTHING,
  "GET /cluster/ha": NOTHING,
  "GET /cluster/ha/groups/{group}": [haGroup("read", true), cluster],
  "GET /cluster/ha/resources/{sid}": [sids("sid", "read")],
  "GET /cluster/ha/rules/{rule}": [haRule("read")],
  "GET /cluster/ha/status": NOTHING,
  "GET /cluster/jobs": NOTHING,
  "GET /cluster/jobs/schedule-analyze": NOTHING,
  "GET /cluster/mapping": NOTHING,
  "GET /cluster/metrics": NOTHING,
  "GET /cluster/nextid": NOTHING,
  "GET /cluster/notifications": NOTHING,
  "GET /cluster/notifications/endpoints": NOTHING,
  "GET /cluster/qemu": NOTHING,
  "GET /cluster/qemu/cpu-flags": NOTHING,
  "GET /cluster/replication/{id}": REPLICATED,
  "GET /cluster/sdn": NOTHING,
  "GET /nodes/{node}": NOTHING,
  "GET /nodes/{node}/apt": NOTHING,
  "GET /nodes/{node}/apt/changelog": AT_WORK,
  "GET /nodes/{node}/capabilities": NOTHING,
  "GET /nodes/{node}/capabilities/qemu": NOTHING,
  "GET /nodes/{node}/capabilities/qemu/cpu": NOTHING,
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": NOTHING,
  "GET /nodes/{node}/capabilities/qemu/machines": NOTHING,
  "GET /nodes/{node}/capabilities/qemu/migration": NOTHING,
  "GET /nodes/{node}/qemu/{vmid}/agent/file-read": [guest("change", "qemu")],
  "GET /nodes/{node}/query-oci-repo-tags": AT_WORK,
  "GET /nodes/{node}/query-url-metadata": AT_WORK,
  "GET /nodes/{node}/replication/{id}": REPLICATED,
  "GET /nodes/{node}/replication/{id}/log": REPLICATED,
  "GET /nodes/{node}/replication/{id}/status": REPLICATED,
  "GET /nodes/{node}/scan/cifs": AT_WORK,
  "GET /nodes/{node}/scan/iscsi": AT_WORK,
  "GET /nodes/{node}/scan/nfs": AT_WORK,
  "GET /nodes/{node}/scan/pbs": AT_WORK,
  "GET /nodes/{node}/storage/{storage}": NOTHING,
  "GET /nodes/{node}/storage/{storage}/content/{volume}": [volume("read")],
  "GET /nodes/{node}/storage/{storage}/file-restore/download": GUEST_FILES,
  "GET /nodes/{node}/storage/{storage}/file-restore/list": GUEST_FILES,
  "GET /nodes/{node}/storage/{storage}/import-metadata": [volume("read")],
  "GET /nodes/{node}/tasks/{upid}": TASK,
  "GET /nodes/{node}/tasks/{upid}/log": TASK,
  "GET /nodes/{node}/tasks/{upid}/status": TASK,
  "GET /nodes/{node}/version": NOTHING,
  // What a backup of a guest that may be backed up will do.
  "GET /nodes/{node}/vzdump/defaults": [storageIfNamed("use")],
  "GET /nodes/{node}/vzdump/extractconfig": [volume("read")],
  "GET /pools": [onlyIf("poolid", any, pool("read"))],
  "GET /pools/{poolid}": [pool("read")],
  "GET /storage/{storage}": STORAGE,
};

/** Reads by what their path begins with; the first that fits counts. */
const BELOW: readonly (readonly [path: string, readers: readonly Reader[]])[] = [
  ["/nodes/{node}/qemu/{vmid}", [guest("read", "qemu")]],
  ["/nodes/{node}/lxc/{vmid}", [guest("read", "lxc")]],
  ["/nodes/{node}/storage/{storage}", STORAGE],
  ["/nodes/{node}", NODE],
  ["/cluster", CLUSTER],
  ["/access", CLUSTER],
];

const within = (path: string, top: string) => path === top || path.startsWith(`${top}/`);

/** What a read touches; undefined when no rule covers it. Rows of a list are judged one by one when it is answered. */
export function readTouches(route: Route): readonly Reader[] | undefined {
  const listed = READS[route];
  if (listed) return listed;
  if (LISTS[route]) return NOTHING;
  const path = route.slice("GET ".length);
  return BELOW.find(([top]) => within(path, top))?.[1];
}
