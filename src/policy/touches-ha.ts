import { isOn } from "./argument-values.ts";
import { type GuestHow, type Reader, type Touch, type TouchTable, unreadable } from "./touch.ts";
import { given, idIn, listOf, sidIn, textOf, vmidIn } from "./touch-arguments.ts";
import { any, cluster, everyGuest, everyNode, node, onlyIf, places, sids } from "./touch-readers.ts";

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

/** The guest of a replication job: `100-0` (PVE::ReplicationConfig). */
export const replicated =
  (how: GuestHow): Reader =>
  (params) => {
    const vmid = vmidIn(/^(\d+)-\d+$/.exec(textOf(given(params, "id")) ?? "")?.[1] ?? "");
    return [vmid === undefined ? unreadable("id") : { kind: "guest", vmid, how }];
  };

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

const MOVE = [RESOURCE, companions("moves"), node("place")];
const IN_GROUP = onlyIf("group", any, haGroup("change", false));

/** High availability and replication. */
export const HA_TOUCHES = {
  "POST /cluster/ha/groups": [cluster, places("nodes")],
  "PUT /cluster/ha/groups/{group}": [haGroup("change", true), places("nodes")],
  "DELETE /cluster/ha/groups/{group}": [haGroup("change", true)],
  "POST /cluster/ha/resources": [RESOURCE, IN_GROUP],
  "PUT /cluster/ha/resources/{sid}": [RESOURCE, IN_GROUP],
  "DELETE /cluster/ha/resources/{sid}": [RESOURCE, shared],
  "POST /cluster/ha/resources/{sid}/migrate": MOVE,
  "POST /cluster/ha/resources/{sid}/relocate": MOVE,
  "POST /cluster/ha/rules": [sids("resources", "change"), places("nodes")],
  "PUT /cluster/ha/rules/{rule}": [
    haRule("change"),
    onlyIf("resources", any, sids("resources", "change")),
    places("nodes"),
  ],
  "DELETE /cluster/ha/rules/{rule}": [haRule("change")],
  "POST /cluster/ha/status/arm-ha": [cluster, everyNode, everyGuest],
  "POST /cluster/ha/status/disarm-ha": [cluster, everyNode, everyGuest],
  "POST /cluster/replication": [replicated("change"), node("place", "target")],
  "PUT /cluster/replication/{id}": [replicated("change")],
  "DELETE /cluster/replication/{id}": [replicated("change")],
  "POST /nodes/{node}/replication/{id}/schedule_now": [replicated("change")],
} satisfies TouchTable;
