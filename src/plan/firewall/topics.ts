import { num, type Row, rows, str } from "../../pve/data.ts";
import { changeFinding } from "../cluster/configuration-object.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import { unseenPoint } from "../guests/guest-configs.ts";
import { guestNames } from "../guests/guest-names.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { counted, when } from "../wording.ts";
import { firewallAfter } from "./change.ts";
import { newRule, optionsAfter, placeOfRoute, ruleEdit, setEditPoint, setRemovalPoint } from "./edit.ts";
import { reachPoints } from "./reach.ts";
import { type Firewall, firewallSeen, firewallState } from "./state.ts";
import { guestsWithFirewall, usersOf, usesAlias, usesGroup, usesSet } from "./users.ts";

/** What a step changes, told before the reads of everything that hangs on it. */
type Told = Pick<Finding, "points" | "tells">;

const isOn = (options: Row | undefined): boolean => (num(options ?? {}, "enable") ?? 0) > 0;

/** Options of the datacenter's firewall: on and off, policies. */
async function clusterOptions(step: Step, look: Look, { cluster }: Firewall): Promise<Told> {
  const change = await changeFinding(step, look, "the cluster's firewall");
  const before = cluster.options;
  const after = before && optionsAfter(before, step.params);
  const turns = after !== undefined && isOn(before) !== isOn(after);
  const { guests, unseen } = turns ? await guestsWithFirewall(look) : { guests: [], unseen: 0 };
  const out = str(after ?? {}, "policy_out");
  return {
    points: [
      ...change.points,
      ...when(
        turns,
        listing(
          isOn(after)
            ? "Firewalls of guests then count too"
            : "Firewalls of guests then count no more either",
          guestNames(guests),
        ),
      ),
      ...(turns ? unseenPoint(unseen, "whether its firewall is on") : []),
      ...when(
        Number(settingText(step.params.enable)) > 1,
        "enable above 1 is PVE's trial: after 60 seconds it is off again unless it is set to 1.",
      ),
      ...when(
        isOn(after) && out !== undefined && out !== "ACCEPT" && out !== str(before ?? {}, "policy_out"),
        `policy_out ${out ?? ""}: nodes reach storages, backup servers and updates only where a rule lets them.`,
      ),
    ],
    tells: change.tells ?? [],
  };
}

/** Who uses the group, set or alias that a step changes. */
async function usePoints(
  look: Look,
  firewall: Firewall,
  uses: (rule: Row) => boolean,
): Promise<readonly Point[]> {
  const { names, unseen } = await usersOf(look, firewall, uses);
  return [listing("Used by", names, "no rule"), ...unseenPoint(unseen, "whether its rules use it")];
}

async function groupChange(step: Step, look: Look, firewall: Firewall): Promise<Told> {
  const { route, params } = step;
  const place = placeOfRoute(route);
  const group = settingText(params.group);
  const { method = "POST", part = "" } = place ?? {};
  const from = textOf(params, "rename");
  if (part === "groups") {
    const known = rows(await look.tryRead("GET /cluster/firewall/groups", {})).some(
      (row) => str(row, "group") === (from ?? group),
    );
    if (from === undefined)
      return {
        points: [
          known
            ? `Security group ${group} is there already: PVE refuses to create it.`
            : `Security group ${group} is created, without rules.`,
        ],
        tells: ["group"],
      };
    return {
      points: [
        from === group
          ? `Security group ${group} gets another comment.`
          : `Security group ${from} becomes ${group}; PVE renames it in the rules that use it.`,
        ...(await usePoints(look, firewall, usesGroup(from))),
      ],
      tells: ["group", "rename"],
    };
  }
  const rules = await groupRules(look, firewall, group);
  const used = await usePoints(look, firewall, usesGroup(group));
  if (part === "groups/{group}" && method === "DELETE")
    return {
      points: [
        `Security group ${group} goes${rules && rules.length > 0 ? `: PVE refuses, it has ${counted(rules.length, "rule")}` : ""}.`,
        ...used,
      ],
    };
  const edit = ruleEdit(rules, method, step, `group ${group}`);
  return { ...edit, points: [...edit.points, ...used] };
}

/** A group's rules, also of one that no rule uses. */
async function groupRules(
  look: Look,
  { cluster }: Firewall,
  group: string,
): Promise<readonly Row[] | undefined> {
  const known = cluster.groups.get(group);
  if (known) return known;
  const data = await look.tryRead("GET /cluster/firewall/groups/{group}", { group });
  return data === undefined ? undefined : rows(data);
}

async function setChange({ route, params }: Step, look: Look, firewall: Firewall): Promise<Told> {
  const { method = "POST", part = "" } = placeOfRoute(route) ?? {};
  const name = settingText(params.name);
  const from = textOf(params, "rename");
  const read = await look.tryRead("GET /cluster/firewall/ipset/{name}", { name: from ?? name });
  const entries = read === undefined ? undefined : rows(read);
  if (part === "ipset") {
    if (from === undefined)
      return {
        points: [
          entries
            ? `IP set ${name} is there already: PVE refuses to create it.`
            : `IP set ${name} is created, empty.`,
        ],
        tells: ["name"],
      };
    return {
      points: [
        from === name
          ? `IP set ${name} gets another comment.`
          : `IP set ${from} becomes ${name}; rules that use ${from} no longer work.`,
        ...(await usePoints(look, firewall, usesSet(from))),
      ],
      tells: ["name", "rename"],
    };
  }
  const used = await usePoints(look, firewall, usesSet(name));
  if (part === "ipset/{name}" && method === "DELETE")
    return { points: [setRemovalPoint(name, entries), ...used] };
  return { points: [setEditPoint(name, entries, method, params), ...used], tells: ["cidr", "nomatch"] };
}

async function aliasChange({ route, params }: Step, look: Look, firewall: Firewall): Promise<Told> {
  const { method = "POST" } = placeOfRoute(route) ?? {};
  const name = settingText(params.name);
  const { aliases } = firewall.cluster;
  const now = aliases?.get(name.toLowerCase());
  const used = await usePoints(look, firewall, usesAlias(name));
  const to = textOf(params, "rename");
  const cidr = textOf(params, "cidr");
  const unread = aliases === undefined;
  const text =
    method === "POST"
      ? now === undefined
        ? `Alias ${name} is created: ${cidr ?? ""}.`
        : `Alias ${name} is there already: PVE refuses to create it.`
      : method === "DELETE"
        ? `Alias ${name} (${now ?? "not there"}) goes; rules that use it no longer work.`
        : `Alias ${name}: ${now ?? "not there"} → ${cidr ?? ""}${to === undefined || to === name ? "" : `, renamed to ${to}: rules that use ${name} no longer work`}.`;
  return {
    points: [unread ? `Alias ${name} could not be read.` : text, ...(method === "POST" ? [] : used)],
    tells: unread ? [] : ["name", "cidr", "rename"],
  };
}

/** What a step of the cluster's or a node's firewall changes. */
async function told(step: Step, look: Look, firewall: Firewall): Promise<Told> {
  const { route, params } = step;
  const place = placeOfRoute(route);
  if (!place) return { points: [] };
  const { method, part, scope } = place;
  if (part === "options")
    return scope === "cluster"
      ? clusterOptions(step, look, firewall)
      : changeFinding(step, look, `the firewall of ${settingText(params.node)}`);
  if (part.startsWith("groups")) return groupChange(step, look, firewall);
  if (part.startsWith("ipset")) return setChange(step, look, firewall);
  if (part.startsWith("aliases")) return aliasChange(step, look, firewall);
  const node = firewall.nodes.find((one) => one.node === settingText(params.node));
  return scope === "cluster"
    ? ruleEdit(firewall.cluster.rules, method, step, "the cluster")
    : ruleEdit(node?.rules, method, step, settingText(params.node));
}

/** Rules and sets that a step would bring in, so that what they name is looked at too. */
function incoming({ route, params }: Step): readonly Row[] {
  const place = placeOfRoute(route);
  if (!place) return [];
  if (place.part.startsWith("ipset") && params.name !== undefined)
    return [{ source: `+${settingText(params.name)}` }, { source: `+${settingText(params.rename)}` }];
  if (place.part.startsWith("groups") && params.group !== undefined)
    return ["group", "rename"].flatMap((key) =>
      params[key] === undefined ? [] : [{ type: "group", action: settingText(params[key]) }],
    );
  return place.part.startsWith("rules") ? [newRule(params)] : [];
}

/** The firewall of the datacenter or a node: whether this server still gets in, then what changes. */
export const nodeFirewallChange: Topic = async (step, look): Promise<Finding> => {
  const only = placeOfRoute(step.route)?.scope === "node" ? settingText(step.params.node) : undefined;
  const firewall = await firewallSeen(look, only, incoming(step));
  const { points, tells = [] } = await told(step, look, firewall);
  const after = [step, ...(step.moves ?? [])].reduce(firewallAfter, firewall);
  return {
    points: [...reachPoints(firewall, after, look.ownAddress), ...points],
    tells,
    state: firewallState(firewall),
  };
};
