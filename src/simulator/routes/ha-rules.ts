import { list, need, settings, splitList, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { die, type Handlers, SimError } from "../route.ts";
import type { HaRule, Json, World } from "../world.ts";

function rulesDigest({ ha }: World): string {
  return digestOf([...ha.rules.values()].map(({ rule, type, config }) => [rule, type, config]));
}

/** A rule as the API shows it: with its place in the order and its type's defaults. */
function entry(world: World, { rule, type, config }: HaRule): Record<string, Json> {
  const order = [...world.ha.rules.keys()].indexOf(rule) + 1;
  const defaults = type === "node-affinity" ? { strict: 0 } : {};
  return { rule, type, order, ...defaults, ...config, digest: rulesDigest(world) };
}

function resourcesOf(config: Readonly<Record<string, Json>>): string[] {
  return splitList(String(config.resources ?? ""));
}

/** Refuses resources HA does not manage and nodes that do not exist. */
function checkNames(world: World, config: Readonly<Record<string, Json>>): void {
  if (config.resources !== undefined) {
    const unmanaged = resourcesOf(config).filter((sid) => !world.ha.resources.has(sid));
    if (unmanaged.length > 0) die(`cannot use unmanaged resource(s) ${unmanaged.sort().join(", ")}.`);
  }
  if (config.nodes !== undefined) {
    const nodes = splitList(String(config.nodes)).map((node) => node.split(":")[0] ?? "");
    const missing = nodes.filter((node) => !world.nodes.has(node));
    if (missing.length > 0) die(`cannot use non-existent node(s) ${missing.sort().join(", ")}.`);
  }
}

/** The checks of PVE::HA::Rules that make a rule useless or contradict another one. */
function checkFeasible(world: World, { rule, type, config }: HaRule): void {
  const mine = resourcesOf(config);
  const refuse = (message: string): never => {
    throw new SimError(400, `Rule '${rule}' is invalid.`, { resources: message });
  };
  if (type === "resource-affinity") {
    if (mine.length < 2) refuse("rule is ineffective as there are less than two resources");
    if (config.affinity === "negative" && mine.length > world.nodes.size)
      refuse("rule defines more resources than available nodes");
  }
  for (const other of world.ha.rules.values()) {
    if (other.rule === rule || other.type !== type || other.config.disable === 1) continue;
    const shared = mine.filter((sid) => resourcesOf(other.config).includes(sid));
    if (type === "node-affinity" && shared[0] !== undefined)
      refuse(`resource '${shared[0]}' is already used in another node affinity rule`);
    if (type === "resource-affinity" && shared.length > 1 && other.config.affinity !== config.affinity)
      refuse(
        `rule shares two or more resources with a ${String(other.config.affinity)} resource affinity rule`,
      );
  }
}

const REQUIRED: Readonly<Record<string, string>> = {
  "node-affinity": "nodes",
  "resource-affinity": "affinity",
};

/** HA rules (PVE::API2::HA::Rules). */
export const haRuleRoutes: Handlers = {
  "GET /cluster/ha/rules": (call) => {
    const resource = text(call, "resource");
    return [...call.world.ha.rules.values()]
      .filter(({ type }) => (text(call, "type") ?? type) === type)
      .filter(({ config }) => resource === undefined || resourcesOf(config).includes(resource))
      .map((rule) => entry(call.world, rule));
  },
  "GET /cluster/ha/rules/{rule}": (call) => {
    const name = need(call, "rule");
    return entry(call.world, call.world.ha.rules.get(name) ?? die(`no such ha rule '${name}'`));
  },
  "POST /cluster/ha/rules": (call) => {
    const rule = need(call, "rule");
    const type = need(call, "type");
    const config = settings(call, "rule", "type");
    if (config.disable === 0) delete config.disable;
    const required = REQUIRED[type];
    if (required !== undefined && config[required] === undefined)
      die(`missing value for required option '${required}'`);
    locked("create ha rule failed", () => {
      if (call.world.ha.rules.has(rule)) die(`HA rule '${rule}' already defined`);
      checkNames(call.world, config);
      checkFeasible(call.world, { rule, type, config });
      call.world.ha.rules.set(rule, { rule, type, config });
    });
    return null;
  },
  "PUT /cluster/ha/rules/{rule}": (call) => {
    const name = need(call, "rule");
    locked("update HA rules failed", () => {
      assertDigest(call, rulesDigest(call.world));
      const rule = call.world.ha.rules.get(name) ?? die(`HA rule '${name}' does not exist`);
      const changes = settings(call, "rule", "type");
      if (changes.disable === 0) delete changes.disable;
      const dropped = list(call, "delete");
      checkNames(call.world, changes);
      const config = Object.fromEntries(
        Object.entries({ ...rule.config, ...changes }).filter(([key]) => !dropped.includes(key)),
      );
      checkFeasible(call.world, { ...rule, config });
      rule.config = config;
    });
    return null;
  },
  "DELETE /cluster/ha/rules/{rule}": (call) => {
    call.world.ha.rules.delete(need(call, "rule"));
    return null;
  },
};
