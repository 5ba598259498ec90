import { defined, need, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import type { Rule } from "../firewall-rules.ts";
import { badParams, die, type Handler, type SimCall } from "../route.ts";
import type { FirewallFile, Json, World } from "../world.ts";

type FileOf = (call: SimCall) => FirewallFile;
type RuleHandlers = (
  rulesOf: (call: SimCall) => Rule[],
  fileOf: FileOf,
  base: string,
) => Record<string, Handler>;

function groupsDigest({ firewall }: World): string {
  return digestOf([...firewall.groups].map(([group, { comment }]) => [group, comment]));
}

function rulesOf(call: SimCall): Rule[] {
  const group = need(call, "group");
  const found = call.world.firewall.groups.get(group);
  return found?.rules ?? die(`no such security group '${group}'`);
}

/** Every list of rules that may use a security group. */
function allRules({ firewall }: World): Rule[] {
  const { cluster, nodes, guests, vnets } = firewall;
  const files = [cluster, ...nodes.values(), ...guests.values(), ...(vnets?.values() ?? [])];
  return files.flatMap(({ rules }) => rules);
}

function createGroup(call: SimCall): void {
  const { groups } = call.world.firewall;
  const group = need(call, "group");
  const rename = text(call, "rename");
  const comment = text(call, "comment");
  if (rename === undefined) {
    if (groups.has(group)) badParams({ group: `Security group '${group}' already exists` });
    groups.set(group, { rules: [], ...(comment === undefined ? {} : { comment }) });
    return;
  }
  assertDigest(call, groupsDigest(call.world));
  const old = groups.get(rename) ?? badParams({ group: `Security group '${rename}' does not exist` });
  if (group !== rename && groups.has(group))
    badParams({ group: `Security group '${group}' does already exist` });
  groups.delete(rename);
  groups.set(group, { ...old, ...(comment === undefined ? {} : { comment }) });
  for (const rule of allRules(call.world))
    if (rule.type === "group" && rule.action === rename) rule.action = group;
}

/** Security groups: named lists of rules (PVE::API2::Firewall::Groups). */
export function groupRules(ruleHandlers: RuleHandlers, fileOf: FileOf): Record<string, Handler> {
  return {
    ...ruleHandlers(rulesOf, fileOf, "/groups/{group}"),
    "GET /groups": (call) =>
      [...call.world.firewall.groups].map(([group, { comment }]) =>
        defined<Json>({ group, comment, digest: groupsDigest(call.world) }),
      ),
    "POST /groups": (call) => {
      createGroup(call);
      return null;
    },
    "DELETE /groups/{group}": (call) => {
      const group = need(call, "group");
      if (rulesOf(call).length > 0) die(`Security group '${group}' is not empty`);
      call.world.firewall.groups.delete(group);
      return null;
    },
  };
}
