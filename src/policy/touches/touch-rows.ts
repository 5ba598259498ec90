import type { Route } from "../../schema/routes.gen.ts";
import type { Arguments } from "../operations/operation.ts";
import { type Touch, unreadable } from "./touch.ts";
import { given, nodeIn, poolIn, storageIn, textOf, vmidOf } from "./touch-arguments.ts";
import { sids as sidReader } from "./touch-readers.ts";
import { taskTouch } from "./touch-task.ts";
import { volumeTouches } from "./touch-volumes.ts";
import { aclTouches } from "./touches-access.ts";
import { selectedGuests } from "./touches-backup.ts";

/** A line of a list that PVE answered with. */
export type ListRow = Readonly<Record<string, unknown>>;

/** What a line of a list tells of; all of it must be inside for the line to be shown. */
export type RowReader = (row: ListRow, params: Arguments) => readonly Touch[];

const guest =
  (field: string): RowReader =>
  (row) => {
    const vmid = vmidOf(given(row, field));
    return [vmid === undefined ? unreadable(field) : { kind: "guest", vmid, how: "read" }];
  };

const named =
  (field: string, read: (text: string) => string | undefined, kind: "storage" | "pool" | "node"): RowReader =>
  (row) => {
    const name = read(textOf(given(row, field)) ?? "");
    return [name === undefined ? unreadable(field) : { kind, name, how: "read" }];
  };

const storage = named("storage", storageIn, "storage");
const node = named("node", nodeIn, "node");

const sids = (field: string): RowReader => sidReader(field, "read");

const CLUSTER: RowReader = () => [{ kind: "cluster" }];

/** A line by its `type`. */
const byType =
  (kinds: Readonly<Record<string, RowReader>>): RowReader =>
  (row, params) => {
    const type = textOf(given(row, "type")) ?? "";
    return (Object.hasOwn(kinds, type) ? (kinds[type] ?? CLUSTER) : CLUSTER)(row, params);
  };

const RESOURCE = byType({
  qemu: guest("vmid"),
  lxc: guest("vmid"),
  storage,
  node,
  pool: named("pool", poolIn, "pool"),
});

const STATUS = byType({ node: named("name", nodeIn, "node") });

/** HA's own lines name a node or nothing. */
const HA_STATUS = byType({ service: sids("sid"), lrm: node });

const volume: RowReader = (row, params) => [
  ...volumeTouches("volid", given(row, "volid"), "read", textOf(given(params, "storage"))),
  ...(given(row, "vmid") === undefined ? [] : guest("vmid")(row, params)),
];

const task: RowReader = (row) => [taskTouch(given(row, "upid"), "read") ?? unreadable("upid")];

/** Lists whose lines tell of different objects, and what each line tells of. */
export const LISTS: { readonly [R in Route]?: RowReader } = {
  "GET /access/acl": (row) => aclTouches(given(row, "path"), "read"),
  "GET /cluster/backup": (row) => selectedGuests(row, "read"),
  "GET /cluster/backup-info/not-backed-up": guest("vmid"),
  "GET /cluster/ha/resources": sids("sid"),
  "GET /cluster/ha/rules": sids("resources"),
  "GET /cluster/ha/status/current": HA_STATUS,
  "GET /cluster/replication": guest("guest"),
  "GET /cluster/resources": RESOURCE,
  "GET /cluster/status": STATUS,
  "GET /cluster/tasks": task,
  "GET /nodes": node,
  "GET /nodes/{node}/lxc": guest("vmid"),
  "GET /nodes/{node}/qemu": guest("vmid"),
  "GET /nodes/{node}/replication": guest("guest"),
  "GET /nodes/{node}/storage": storage,
  "GET /nodes/{node}/storage/{storage}/content": volume,
  "GET /nodes/{node}/storage/{storage}/prunebackups": volume,
  "GET /nodes/{node}/tasks": task,
  "GET /pools": named("poolid", poolIn, "pool"),
  "GET /storage": storage,
};
