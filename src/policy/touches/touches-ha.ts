import { isOn } from "../argument-values.ts";
import { type GuestHow, type Reader, type Touch, type TouchTable, unreadable } from "./touch.ts";
import { given, idIn, listOf, sidIn, textOf, vmidIn } from "./touch-arguments.ts";
import { any, cluster, everyGuest, everyNode, moved, node, onlyIf, places, sids } from "./touch-readers.ts";

/** The HA resource in the path, or the one that is made. */
const RESOURCE = sids("sid", "change");

const ids =
  (name: string, touch: (id: string) => Touch): Reader =>
  (params) => {
    const id = idIn(textOf(given(params, name)) ?? "");
    return [id === undefined ? unreadable(name) : touch(id)];
  };

/** The resources of a rule as it is. */
export const haRule = (how: GuestHow): Reader => ids("rule", (id) => ({ kind: "ha-rule", id, how }));

/** The nodes of a group and, with `members`, the guests in it. */
export const haGroup = (how: GuestHow, members: boolean): Reader =>
  ids("group", (id) => ({ kind: "ha-group", id, how, members }));

/** What touches the guest of a replication job: `100-0` (PVE::ReplicationConfig). */
const ofJob =
  (touch: (vmid: number) => Touch): Reader =>
  (params) => {
    const vmid = vmidIn(/^(\d+)-\d+$/.exec(textOf(given(params, "id")) ?? "")?.[1] ?? "");
    return [vmid === undefined ? unreadable("id") : touch(vmid)];
  };

/** The guest of a replication job. */
export const replicated = (how: GuestHow): Reader => ofJob((vmid) => ({ kind: "guest", vmid, how }));

/** Storages that only each node has: copies of the guest's volumes on them come, or go with the job. */
const copies = (how: "allocate" | "volumes"): Reader =>
  ofJob((vmid) => ({ kind: "guest-storages", vmid, how, localOnly: true }));

const companions =
  (by: "moves" | "rules"): Reader =>
  (params) =>
    listOf(given(params, "sid"), sidIn)?.map(({ vmid }): Touch => ({ kind: "ha-companions", vmid, by })) ??
    [];

/** Unless it is told not to, PVE takes a resource out of every rule (PVE::HA::Config delete_service_from_config). */
const shared: Reader = (params) => {
  const purge = given(params, "purge");
  return purge !== undefined && !isOn(purge, params) ? [] : companions("rules")(params);
};

/** HA moves these guests, and what it keeps together with them; volumes of one node are copied and deleted. */
const moving =
  (name: "sid" | "resources"): Reader =>
  (params) =>
    listOf(given(params, name) ?? [], sidIn)?.flatMap(({ vmid }): readonly Touch[] => [
      moved(vmid),
      { kind: "ha-companions", vmid, by: "moves" },
    ]) ?? [];

const MOVE = [RESOURCE, moving("sid"), node("place")];
const IN_GROUP = onlyIf("group", any, haGroup("change", false));
/** Settings of a resource that have HA move it. */
const MOVING = ["group", "failback", "auto-rebalance", "delete"] as const;
const movedBy: Reader = (params) =>
  MOVING.some((name) => given(params, name) !== undefined) ? moving("sid")(params) : [];

/** High availability and replication. */
export const HA_TOUCHES = {
  "POST /cluster/ha/groups": [cluster, places("nodes")],
  "PUT /cluster/ha/groups/{group}": [haGroup("change", true), places("nodes")],
  "DELETE /cluster/ha/groups/{group}": [haGroup("change", true)],
  "POST /cluster/ha/resources": [RESOURCE, IN_GROUP, movedBy],
  "PUT /cluster/ha/resources/{sid}": [RESOURCE, IN_GROUP, movedBy],
  "DELETE /cluster/ha/resources/{sid}": [RESOURCE, shared],
  "POST /cluster/ha/resources/{sid}/migrate": MOVE,
  "POST /cluster/ha/resources/{sid}/relocate": MOVE,
  "POST /cluster/ha/rules": [sids("resources", "change"), moving("resources"), places("nodes")],
  "PUT /cluster/ha/rules/{rule}": [
    haRule("change"),
    onlyIf("resources", any, sids("resources", "change"), moving("resources")),
    places("nodes"),
  ],
  "DELETE /cluster/ha/rules/{rule}": [haRule("change")],
  "POST /cluster/ha/status/arm-ha": [cluster, everyNode, everyGuest],
  "POST /cluster/ha/status/disarm-ha": [cluster, everyNode, everyGuest],
  "POST /cluster/replication": [replicated("change"), node("place", "target"), copies("allocate")],
  "PUT /cluster/replication/{id}": [replicated("change"), onlyIf("remove_job", any, copies("volumes"))],
  "DELETE /cluster/replication/{id}": [replicated("change"), copies("volumes")],
  "POST /nodes/{node}/replication/{id}/schedule_now": [replicated("change")],
} satisfies TouchTable;
