import { flag, type Row, record, rows, str } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { factsOf, listAnswer } from "./answers.ts";
import { withComparison } from "./compare.ts";
import { category, tool } from "./define.ts";
import {
  CHANGE_RULE,
  createRule,
  deleteRule,
  digestOf,
  RULE_COLUMNS,
  RULES,
  ruleRow,
  updateRule,
} from "./firewall-rules.ts";
import type { Input, ToolCall } from "./tool.ts";

const OPTIONS = "GET /cluster/firewall/options";
const IPSET = "GET /cluster/firewall/ipset/{name}";

/** Up to this many sets are listed with their entries, one call each. */
const SETS_READ = 10;

/** PVE's number, a switch for the caller. */
const ENABLE: Input = { schema: { type: "boolean" } };

const EXPECT: Input = {
  schema: { type: "object", description: 'What it must have, e.g. {"macro":"SSH"}' },
};

function optionsAnswer(options: Row): Answer {
  const on = flag(options, "enable");
  return {
    headline: `The cluster firewall is ${on ? "on" : "off"}.`,
    blocks: [
      {
        kind: "facts",
        facts: [
          // Defaults of PVE::Firewall.
          { key: "policy_in", value: str(options, "policy_in") ?? "DROP (default)" },
          { key: "policy_out", value: str(options, "policy_out") ?? "ACCEPT (default)" },
          { key: "policy_forward", value: str(options, "policy_forward") },
          ...factsOf(options, [{ key: "ebtables", format: "flag" }, "log_ratelimit", "digest"]),
        ],
      },
    ],
  };
}

async function updateOptions(call: ToolCall): Promise<Answer> {
  const { enable } = call.input;
  const sending: ToolCall =
    enable === undefined
      ? call
      : { ...call, send: (more) => call.send({ enable: enable === true ? 1 : 0, ...more }) };
  const answer = await withComparison(sending, {
    route: OPTIONS,
    params: () => ({}),
    pick: (data) => record(data),
  });
  const warning: Block = {
    kind: "note",
    text: "With the firewall on, what no rule accepts falls under policy_in: keep port 8006 and SSH reachable.",
  };
  return enable === true ? { ...answer, blocks: [...(answer.blocks ?? []), warning] } : answer;
}

const listSets = listAnswer({
  one: "IP set",
  many: "IP sets",
  sort: "name",
  columns: [
    { key: "name" },
    { key: "count", label: "entries" },
    { key: "entries", label: "members" },
    { key: "comment", foreign: true },
  ],
  next: () => ["A rule names a set as +dc/name in source or dest."],
});

const entryText = (row: Row): string => `${flag(row, "nomatch") ? "!" : ""}${str(row, "cidr") ?? ""}`;

async function ipsets(call: ToolCall): Promise<Answer> {
  const reply = await call.send();
  const sets = rows(reply.data);
  if (sets.length > SETS_READ) return listSets(reply, call);
  const filled = await Promise.all(
    sets.map(async (set): Promise<Row> => {
      const name = str(set, "name") ?? "";
      const entries = rows((await call.pve.call(IPSET, { name })).data).map(entryText);
      return { ...set, count: entries.length, entries: entries.join(" ") };
    }),
  );
  return listSets({ data: filled }, call);
}

const RULE_PARAMS = {
  enable: ENABLE,
  source: "",
  dest: "",
  proto: "",
  dport: "",
  sport: "",
  comment: "",
} as const;

/** Tools for the cluster's firewall. */
export const firewallTools = category("firewall", [
  tool({
    name: "pve_get_firewall_options",
    title: "Firewall options",
    tier: "read-only",
    description: "Cluster firewall switch and default policies.",
    route: OPTIONS,
    answer: ({ data }) => optionsAnswer(record(data)),
  }),
  tool({
    name: "pve_list_firewall_rules",
    title: "List firewall rules",
    tier: "read-only",
    description: "Cluster firewall rules, with the digest that changes need.",
    route: RULES,
    paged: true,
    answer: listAnswer({
      one: "rule",
      many: "rules",
      sort: "pos",
      columns: RULE_COLUMNS,
      row: ruleRow,
      blocks: (data) => [{ kind: "facts", facts: [{ key: "digest", value: digestOf(rows(data)) }] }],
    }),
  }),
  tool({
    name: "pve_list_firewall_aliases",
    title: "List firewall aliases",
    tier: "read-only",
    description: "Named addresses and networks for rules.",
    route: "GET /cluster/firewall/aliases",
    answer: listAnswer({
      one: "alias",
      many: "aliases",
      sort: "name",
      columns: [{ key: "name" }, { key: "cidr", label: "address" }, { key: "comment", foreign: true }],
    }),
  }),
  tool({
    name: "pve_list_firewall_ipsets",
    title: "List IP sets",
    tier: "read-only",
    description: "Named sets of addresses for rules.",
    route: "GET /cluster/firewall/ipset",
    reads: [IPSET],
    run: ipsets,
  }),
  tool({
    name: "pve_update_firewall_options",
    title: "Update firewall options",
    tier: "full",
    description: "Switch the cluster firewall or change its policies.",
    route: "PUT /cluster/firewall/options",
    reads: [OPTIONS],
    params: {
      enable: ENABLE,
      policy_in: "",
      policy_out: "",
      log_ratelimit: "",
      delete: "Settings",
      digest: "",
    },
    more: true,
    done: () => "Cluster firewall options updated.",
    run: updateOptions,
  }),
  tool({
    name: "pve_create_firewall_rule",
    title: "Create firewall rule",
    tier: "full",
    description: "Add a cluster firewall rule, off unless enable is true.",
    route: "POST /cluster/firewall/rules",
    also: [CHANGE_RULE],
    reads: [RULES],
    params: {
      action: "ACCEPT, DROP, REJECT or a group",
      type: "",
      ...RULE_PARAMS,
      pos: "Default 0, the top",
    },
    more: true,
    run: createRule,
  }),
  tool({
    name: "pve_update_firewall_rule",
    title: "Update firewall rule",
    tier: "full",
    description: "Change the rule at a position; needs digest or expect.",
    route: CHANGE_RULE,
    reads: [RULES],
    params: {
      action: "",
      ...RULE_PARAMS,
      moveto: "Goes before this one",
      delete: "Settings",
      digest: "",
    },
    inputs: { expect: EXPECT },
    more: true,
    idempotent: false,
    run: updateRule,
  }),
  tool({
    name: "pve_delete_firewall_rule",
    title: "Delete firewall rule",
    tier: "full",
    description: "Delete the rule at a position; needs digest or expect.",
    route: "DELETE /cluster/firewall/rules/{pos}",
    reads: [RULES],
    params: { digest: "" },
    inputs: { expect: EXPECT },
    idempotent: false,
    run: deleteRule,
  }),
]);
