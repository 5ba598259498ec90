import { list, need, settings, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import type { Json } from "../world.ts";

type Groups = Map<string, Record<string, Json>>;

/** The groups, or PVE 9's refusal: it made rules of them. */
const groupsOf = (call: SimCall, doing: string): Groups =>
  call.world.ha.groups ?? die(`cannot ${doing}: ha groups have been migrated to rules`);

function entry(groups: Groups, group: string): Record<string, Json> {
  const config = groups.get(group) ?? die(`no such ha group '${group}'`);
  return { group, type: "group", ...config, digest: digestOf(groups) };
}

/** HA groups, until PVE 8 (PVE::API2::HA::Groups). */
export const haGroupRoutes: Handlers = {
  "GET /cluster/ha/groups": (call) => {
    const groups = groupsOf(call, "index groups");
    return [...groups.keys()].map((group) => entry(groups, group));
  },
  "GET /cluster/ha/groups/{group}": (call) => entry(groupsOf(call, "read group"), need(call, "group")),
  "POST /cluster/ha/groups": (call) => {
    const groups = groupsOf(call, "create group");
    const group = need(call, "group");
    locked("create ha group failed", () => {
      if (groups.has(group)) die(`ha group ID '${group}' already defined`);
      groups.set(group, settings(call, "group", "type"));
    });
    return null;
  },
  "PUT /cluster/ha/groups/{group}": (call) => {
    const groups = groupsOf(call, "update group");
    const group = need(call, "group");
    assertDigest(call, digestOf(groups));
    locked("update ha group failed", () => {
      const config = { ...groups.get(group), ...settings(call, "group", "type") };
      if (!groups.has(group)) die(`no such ha group '${group}'`);
      for (const key of list(call, "delete")) {
        if (key === "nodes") die("unable to delete required option 'nodes'");
        if (!["comment", "nofailback", "restricted"].includes(key)) die(`no such option '${key}'`);
        delete config[key];
      }
      groups.set(group, config);
    });
    return null;
  },
  "DELETE /cluster/ha/groups/{group}": (call) => {
    const groups = groupsOf(call, "delete group");
    const group = need(call, "group");
    locked("delete ha group failed", () => {
      for (const { sid, config } of call.world.ha.resources.values())
        if (config.group === group) die(`ha group is used by service '${sid}'`);
      groups.delete(group);
    });
    return null;
  },
};

/** What PVE 9 says of a resource that names a group. */
export function refuseGroup(call: SimCall): void {
  if (text(call, "group") !== undefined && call.world.ha.groups === undefined)
    die("invalid parameter 'group': ha groups have been migrated to rules");
}
