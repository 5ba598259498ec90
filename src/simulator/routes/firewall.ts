import { findEndpoint } from "../../schema/endpoint-table.ts";
import { defined, index, int, list, need, settings, text } from "../args.ts";
import { emptyFirewall, FIREWALL_MACROS } from "../builtin.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { dropProperties, moveRule, type Rule, ruleAt, takeParams, verifyRule } from "../firewall-rules.ts";
import { badParams, Envelope, type Handler, type Handlers, type SimCall } from "../route.ts";
import type { FirewallFile, Json } from "../world.ts";
import { groupRules } from "./firewall-groups.ts";
import { aliasHandlers, ipsetHandlers } from "./firewall-sets.ts";

type FileOf = (call: SimCall) => FirewallFile;

/** The firewall file of a map, made when it is not there yet. */
export function made<K>(files: Map<K, FirewallFile>, key: K): FirewallFile {
  const found = files.get(key) ?? emptyFirewall();
  files.set(key, found);
  return found;
}

const clusterFile: FileOf = (call) => call.world.firewall.cluster;
const nodeFile: FileOf = (call) => made(call.world.firewall.nodes, need(call, "node"));
// PVE looks for the file alone: it does not ask whether the guest exists.
const guestFile: FileOf = (call) => made(call.world.firewall.guests, int(call, "vmid") ?? 0);

function optionHandlers(fileOf: FileOf): Record<string, Handler> {
  return {
    "GET /options": (call) => {
      const { options } = fileOf(call);
      return { ...options, digest: digestOf(options) };
    },
    "PUT /options": (call) => {
      const { options } = fileOf(call);
      assertDigest(call, digestOf(options));
      const known = findEndpoint(call.route)?.params ?? {};
      for (const key of list(call, "delete")) {
        if (known[key] === undefined) badParams({ delete: `no such option '${key}'` });
        delete options[key];
      }
      Object.assign(options, settings(call, "vmid", "vnet"));
      return null;
    },
  };
}

/** Handlers for a list of rules; `rulesOf` finds it, `fileOf` the names its rules may use. */
export function ruleHandlers(
  rulesOf: (call: SimCall) => Rule[],
  fileOf: FileOf,
  base: string,
): Record<string, Handler> {
  return {
    [`GET ${base}`]: (call) => {
      const rules = rulesOf(call);
      return rules.map((rule, pos) => ({ ...rule, pos, digest: digestOf(rules) }));
    },
    [`GET ${base}/{pos}`]: (call) => {
      const rules = rulesOf(call);
      const pos = need(call, "pos");
      return { ...ruleAt(rules, Number(pos)), pos, digest: digestOf(rules) };
    },
    // PVE puts a new rule in front of all others, whatever `pos` says.
    [`POST ${base}`]: (call) => {
      const rule: Rule = {};
      takeParams(call, rule);
      verifyRule(call, fileOf(call), rule);
      rule.enable ??= 0;
      rulesOf(call).unshift(rule);
      return null;
    },
    [`PUT ${base}/{pos}`]: (call) => {
      const rules = rulesOf(call);
      assertDigest(call, digestOf(rules));
      const pos = int(call, "pos") ?? 0;
      const rule = ruleAt(rules, pos);
      const moveto = int(call, "moveto");
      if (moveto !== undefined && moveto !== pos) {
        moveRule(rules, pos, moveto);
        return null;
      }
      const changed = { ...rule };
      takeParams(call, changed);
      dropProperties(changed, list(call, "delete"));
      verifyRule(call, fileOf(call), changed);
      rules[pos] = changed;
      return null;
    },
    [`DELETE ${base}/{pos}`]: (call) => {
      const rules = rulesOf(call);
      assertDigest(call, digestOf(rules));
      const pos = int(call, "pos") ?? 0;
      ruleAt(rules, pos);
      rules.splice(pos, 1);
      return null;
    },
  };
}

/** Sets and aliases a rule may name, with the scope in front (GET …/firewall/refs). */
function refs(fileOf: FileOf): Handler {
  return (call) => {
    const own = fileOf(call);
    const { cluster } = call.world.firewall;
    const only = text(call, "type");
    const files: [string, FirewallFile][] =
      own === cluster
        ? [["dc", cluster]]
        : [
            ["dc", cluster],
            ["guest", own],
          ];
    const all = files.flatMap(([scope, file]) => [
      ...[...file.ipsets].map(([name, { comment }]) => ({
        type: "ipset",
        name,
        ref: `+${scope}/${name}`,
        scope,
        comment,
      })),
      ...[...file.aliases].map(([name, { comment }]) => ({
        type: "alias",
        name,
        ref: `${scope}/${name}`,
        scope,
        comment,
      })),
    ]);
    return all.filter(({ type }) => (only ?? type) === type).map((ref) => defined<Json>(ref));
  };
}

const NO_LOG: Handler = () =>
  new Envelope([{ n: 1, t: "unable to open file - No such file or directory" }], { total: 1 });

/** The same handlers below another prefix. */
export function below(prefix: string, handlers: Readonly<Record<string, Handler>>): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([route, handler]) => {
      const [method, path = ""] = route.split(" ");
      return [`${method} ${prefix}${path}`, handler];
    }),
  );
}

/** Options and rules of one firewall file: what every scope has. */
export function scope(fileOf: FileOf): Record<string, Handler> {
  return { ...optionHandlers(fileOf), ...ruleHandlers((call) => fileOf(call).rules, fileOf, "/rules") };
}

const guestScope: Record<string, Handler> = {
  ...scope(guestFile),
  ...aliasHandlers(guestFile),
  ...ipsetHandlers(guestFile),
  "GET /refs": refs(guestFile),
  "GET /log": NO_LOG,
  "GET ": () => index("name", "rules aliases ipset refs options log"),
};

/** The firewalls of cluster, nodes and guests (PVE::API2::Firewall). */
export const firewallRoutes: Handlers = {
  ...below("/cluster/firewall", {
    ...scope(clusterFile),
    ...aliasHandlers(clusterFile),
    ...ipsetHandlers(clusterFile),
    ...groupRules(ruleHandlers, clusterFile),
    "GET /refs": refs(clusterFile),
    "GET /macros": () => FIREWALL_MACROS.map((macro) => ({ macro, descr: `${macro} traffic` })),
    "GET ": () => index("name", "aliases rules options groups ipset macros refs"),
  }),
  ...below("/nodes/{node}/firewall", {
    ...scope(nodeFile),
    "GET /log": NO_LOG,
    "GET ": () => index("name", "rules options log"),
  }),
  ...below("/nodes/{node}/qemu/{vmid}/firewall", guestScope),
  ...below("/nodes/{node}/lxc/{vmid}/firewall", guestScope),
};
