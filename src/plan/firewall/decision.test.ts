import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../../pve/data.ts";
import { type ClusterFirewall, decide, type NodeFirewall } from "./decision.ts";

const ACCEPT = { type: "in", action: "ACCEPT", enable: 1 } as const;
const DROP = { type: "in", action: "DROP", enable: 1 } as const;

/** What differs from a firewall that is on, drops by default and has no rules. */
interface Case {
  readonly options?: Row;
  readonly rules?: readonly Row[];
  readonly groups?: Readonly<Record<string, readonly Row[]>>;
  readonly sets?: Readonly<Record<string, readonly Row[]>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly nodeOptions?: Row;
  readonly nodeRules?: readonly Row[];
}

const cluster = ({ options, rules = [], groups = {}, sets = {}, aliases = {} }: Case): ClusterFirewall => ({
  options: { enable: 1, ...options },
  rules,
  groups: new Map(Object.entries(groups)),
  sets: new Map(Object.entries(sets)),
  aliases: new Map(Object.entries(aliases)),
});

const node = ({ nodeOptions = {}, nodeRules = [] }: Case): NodeFirewall => ({
  node: "pve1",
  options: nodeOptions,
  rules: nodeRules,
  addresses: ["192.0.2.11", "10.0.0.11"],
  network: "192.0.2.11/24",
  iface: "vmbr0",
  hasGateway: true,
});

/** Where the connections of the cases come from: another network than the nodes'. */
const OWN = "198.51.100.20";

const verdicts = (given: Case, own: string | undefined = OWN): readonly [string, string] => [
  decide(cluster(given), node(given), own, 8006).verdict,
  decide(cluster(given), node(given), own, 22).verdict,
];

describe("from an address of another network", () => {
  it.each<[string, Case, readonly [api: string, ssh: string]]>([
    ["nothing is let in without a rule", {}, ["block", "block"]],
    ["all is let in when the cluster's firewall is off", { options: { enable: 0 } }, ["accept", "accept"]],
    ["or the node's", { nodeOptions: { enable: 0 } }, ["accept", "accept"]],
    ["a policy lets in", { options: { policy_in: "ACCEPT" } }, ["accept", "accept"]],
    ["a policy rejects", { options: { policy_in: "REJECT" } }, ["block", "block"]],
    ["a port", { rules: [{ ...ACCEPT, proto: "tcp", dport: "8006" }] }, ["accept", "block"]],
    [
      "a range of ports",
      { rules: [{ ...ACCEPT, proto: "tcp", dport: "20:30,8000:8006" }] },
      ["accept", "accept"],
    ],
    ["a service by name", { rules: [{ ...ACCEPT, proto: "tcp", dport: "http,ssh" }] }, ["block", "accept"]],
    ["another port", { rules: [{ ...ACCEPT, proto: "tcp", dport: "443" }] }, ["block", "block"]],
    ["another protocol", { rules: [{ ...ACCEPT, proto: "udp", dport: "8006" }] }, ["block", "block"]],
    ["a protocol by number", { rules: [{ ...ACCEPT, proto: "6", dport: "22" }] }, ["block", "accept"]],
    ["every protocol", { rules: [ACCEPT] }, ["accept", "accept"]],
    ["a rule that is off", { rules: [{ ...ACCEPT, enable: 0 }] }, ["block", "block"]],
    ["a rule without enable", { rules: [{ type: "in", action: "ACCEPT" }] }, ["block", "block"]],
    ["a rule for what goes out", { rules: [{ ...ACCEPT, type: "out" }] }, ["block", "block"]],
    [
      "the first rule that matches",
      { rules: [{ ...DROP, proto: "tcp", dport: "22" }, ACCEPT] },
      ["accept", "block"],
    ],
    ["the macro SSH", { rules: [{ ...ACCEPT, macro: "SSH" }] }, ["block", "accept"]],
    ["the macro PMG, which is 8006", { rules: [{ ...ACCEPT, macro: "PMG" }] }, ["accept", "block"]],
    ["another macro", { rules: [{ ...DROP, macro: "HTTPS" }, ACCEPT] }, ["accept", "accept"]],
    ["a macro that is not known", { rules: [{ ...ACCEPT, macro: "Brandnew" }] }, ["unknown", "unknown"]],
    ["an address", { rules: [{ ...ACCEPT, source: OWN }] }, ["accept", "accept"]],
    ["another address", { rules: [{ ...ACCEPT, source: "198.51.100.21" }] }, ["block", "block"]],
    ["a network", { rules: [{ ...ACCEPT, source: "198.51.100.0/24" }] }, ["accept", "accept"]],
    ["a list", { rules: [{ ...ACCEPT, source: "203.0.113.1,198.51.100.16/28" }] }, ["accept", "accept"]],
    ["a range", { rules: [{ ...ACCEPT, source: "198.51.100.1-198.51.100.30" }] }, ["accept", "accept"]],
    ["the other family", { rules: [{ ...ACCEPT, source: "2001:db8::/32" }] }, ["block", "block"]],
    [
      "an alias in any case",
      { rules: [{ ...ACCEPT, source: "dc/Office" }], aliases: { office: "198.51.100.0/24" } },
      ["accept", "accept"],
    ],
    ["an alias that is not there", { rules: [{ ...DROP, source: "dc/gone" }, ACCEPT] }, ["accept", "accept"]],
    [
      "an IP set",
      { rules: [{ ...ACCEPT, source: "+dc/admins" }], sets: { admins: [{ cidr: "198.51.100.16/28" }] } },
      ["accept", "accept"],
    ],
    [
      "an IP set whose exception is narrower",
      {
        rules: [{ ...ACCEPT, source: "+admins" }],
        sets: { admins: [{ cidr: "198.51.100.0/24" }, { cidr: "198.51.100.20", nomatch: 1 }] },
      },
      ["block", "block"],
    ],
    [
      "an IP set with an alias",
      {
        rules: [{ ...ACCEPT, source: "+dc/admins" }],
        sets: { admins: [{ cidr: "dc/office" }] },
        aliases: { office: "198.51.100.0/24" },
      },
      ["accept", "accept"],
    ],
    ["an IP set that is not there", { rules: [{ ...ACCEPT, source: "+dc/gone" }] }, ["block", "block"]],
    ["an IP set of SDN", { rules: [{ ...ACCEPT, source: "+sdn/v-all" }] }, ["unknown", "unknown"]],
    [
      "the node's address as destination",
      { rules: [{ ...ACCEPT, dest: "192.0.2.0/24" }] },
      ["accept", "accept"],
    ],
    ["another address of the node", { rules: [{ ...ACCEPT, dest: "10.0.0.11" }] }, ["unknown", "unknown"]],
    ["another machine's address", { rules: [{ ...ACCEPT, dest: "192.0.2.99" }] }, ["block", "block"]],
    ["the interface with the gateway", { rules: [{ ...ACCEPT, iface: "vmbr0" }] }, ["accept", "accept"]],
    ["another interface", { rules: [{ ...ACCEPT, iface: "vmbr1" }] }, ["block", "block"]],
    [
      "a source port, which nobody knows",
      { rules: [{ ...ACCEPT, proto: "tcp", sport: "1024:2048" }] },
      ["unknown", "unknown"],
    ],
    [
      "a security group",
      {
        rules: [{ type: "group", action: "web", enable: 1 }],
        groups: { web: [{ ...ACCEPT, macro: "SSH" }] },
      },
      ["block", "accept"],
    ],
    [
      "a security group that is off",
      { rules: [{ type: "group", action: "web", enable: 0 }], groups: { web: [ACCEPT] } },
      ["block", "block"],
    ],
    [
      "a security group that drops what the next rule accepts",
      {
        rules: [{ type: "group", action: "web", enable: 1 }, ACCEPT],
        groups: { web: [{ ...DROP, proto: "tcp", dport: "8006" }] },
      },
      ["block", "accept"],
    ],
    [
      "a security group on one interface",
      { rules: [{ type: "group", action: "web", enable: 1, iface: "vmbr1" }], groups: { web: [ACCEPT] } },
      ["block", "block"],
    ],
    [
      "the node's rules come before the cluster's",
      { nodeRules: [DROP], rules: [ACCEPT] },
      ["block", "block"],
    ],
    ["the set management", { sets: { management: [{ cidr: "198.51.100.0/24" }] } }, ["accept", "accept"]],
    [
      "a rule comes before the set management",
      { rules: [DROP], sets: { management: [{ cidr: OWN }] } },
      ["block", "block"],
    ],
    [
      "not with the newer firewall",
      { rules: [DROP], sets: { management: [{ cidr: OWN }] }, nodeOptions: { nftables: 1 } },
      ["accept", "accept"],
    ],
    [
      "the set blacklist comes before all rules",
      { rules: [ACCEPT], sets: { blacklist: [{ cidr: OWN }] } },
      ["block", "block"],
    ],
    [
      "doubt that changes nothing is none",
      { rules: [{ ...ACCEPT, source: "+sdn/v-all" }, ACCEPT] },
      ["accept", "accept"],
    ],
    [
      "doubt about a refusal before what accepts",
      { rules: [{ ...DROP, source: "+sdn/v-all" }, ACCEPT] },
      ["unknown", "unknown"],
    ],
  ])("%s", (_, given, expected) => {
    expect(verdicts(given)).toEqual(expected);
  });
});

it("the cluster's own network is always let in, unless a rule drops it", () => {
  expect(verdicts({}, "192.0.2.5")).toEqual(["accept", "accept"]);
  expect(verdicts({ rules: [{ ...DROP, proto: "tcp", dport: "22" }] }, "192.0.2.5")).toEqual([
    "accept",
    "block",
  ]);
  expect(verdicts({ aliases: { local_network: "10.9.0.0/16" } }, "192.0.2.5")).toEqual(["block", "block"]);
  expect(verdicts({ aliases: { local_network: "10.9.0.0/16" } }, "10.9.1.1")).toEqual(["accept", "accept"]);
});

it("an address that is not known is one outside the cluster's own network", () => {
  const from = (given: Case): string => decide(cluster(given), node(given), undefined, 8006).verdict;
  expect(from({})).toBe("block");
  expect(from({ rules: [ACCEPT] })).toBe("accept");
  expect(from({ rules: [{ ...ACCEPT, source: "0.0.0.0/0" }] })).toBe("accept");
  expect(from({ rules: [{ ...ACCEPT, source: "192.0.2.5" }] })).toBe("block");
  expect(from({ rules: [{ ...ACCEPT, source: "198.51.100.0/24" }] })).toBe("unknown");
  expect(from({ sets: { management: [{ cidr: "192.0.2.0/25" }] } })).toBe("block");
});

it("says which rule decides", () => {
  const given: Case = {
    nodeRules: [{ ...DROP, proto: "tcp", dport: "80" }],
    rules: [{ type: "group", action: "web", enable: 1 }],
    groups: {
      web: [{ ...ACCEPT, proto: "tcp", dport: "8006", source: "+dc/admins", comment: "IGNORE ALL RULES" }],
    },
    sets: { admins: [{ cidr: OWN }] },
  };
  const why = (port: number): string => decide(cluster(given), node(given), OWN, port).why;
  expect(why(8006)).toBe("rule 0 of group web accepts it (in ACCEPT tcp 8006 from +dc/admins)");
  expect(why(22)).toBe("no rule accepts it and policy_in is DROP");
});

it("what could not be read makes it unknown, unless it has no say", () => {
  const whole = cluster({ rules: [ACCEPT] });
  const there = node({});
  const verdict = (c: Partial<ClusterFirewall>, n: Partial<NodeFirewall> = {}): string =>
    decide({ ...whole, ...c }, { ...there, ...n }, OWN, 8006).verdict;
  expect(verdict({})).toBe("accept");
  expect(verdict({ options: undefined })).toBe("unknown");
  expect(verdict({ rules: undefined })).toBe("unknown");
  expect(verdict({ sets: undefined })).toBe("unknown");
  expect(verdict({}, { options: undefined })).toBe("unknown");
  expect(verdict({}, { rules: undefined })).toBe("unknown");
  expect(verdict({ options: { enable: 0 }, rules: undefined }, { rules: undefined })).toBe("accept");
  expect(verdict({ rules: undefined }, { rules: [ACCEPT] })).toBe("accept");
  expect(verdict({ aliases: undefined, rules: [{ ...ACCEPT, source: "dc/office" }] })).toBe("unknown");
});

describe("any rules", () => {
  const address = fc.constantFrom(
    OWN,
    "198.51.100.0/24",
    "203.0.113.0/24",
    "+dc/admins",
    "+dc/gone",
    "dc/office",
    "0.0.0.0/0",
  );
  const rule = fc.record(
    {
      type: fc.constantFrom("in", "out", "group"),
      action: fc.constantFrom("ACCEPT", "DROP", "REJECT", "web"),
      enable: fc.constantFrom(0, 1),
      proto: fc.constantFrom("tcp", "udp"),
      dport: fc.constantFrom("22", "8006", "20:9000", "443"),
      macro: fc.constantFrom("SSH", "HTTPS", "Ping"),
      source: address,
      iface: fc.constantFrom("vmbr0", "vmbr1"),
    },
    { requiredKeys: ["type", "action", "enable"] },
  );
  const rules = fc.array(rule, { maxLength: 6 });
  const sets = { admins: [{ cidr: "198.51.100.16/28" }] };
  const aliases = { office: "198.51.100.0/24" };
  const plain = (some: readonly Row[]): Case => ({
    rules: some,
    sets,
    aliases,
    groups: { web: [{ ...ACCEPT, macro: "SSH" }] },
  });

  it("with all that they name known are decided", () => {
    fc.assert(
      fc.property(rules, (some) => {
        expect(verdicts(plain(some))).not.toContain("unknown");
      }),
    );
  });

  it("rules that are off, or for another direction, have no say", () => {
    const idle = rule.map((one) => (one.type === "out" ? one : { ...one, enable: 0 }));
    fc.assert(
      fc.property(rules, fc.array(idle, { maxLength: 3 }), fc.nat(6), (some, off, at) => {
        const mixed = [...some.slice(0, at), ...off, ...some.slice(at)];
        expect(verdicts(plain(mixed))).toEqual(verdicts(plain(some)));
      }),
    );
  });

  it("after a rule that matches everything have no say", () => {
    fc.assert(
      fc.property(rules, rules, fc.constantFrom(ACCEPT, DROP), (some, after, last) => {
        expect(verdicts(plain([...some, last, ...after]))).toEqual(verdicts(plain([...some, last])));
      }),
    );
  });

  it("a rule of doubt changes a verdict to unknown or not at all", () => {
    fc.assert(
      fc.property(rules, fc.nat(6), fc.constantFrom(ACCEPT, DROP), (some, at, what) => {
        const doubt = { ...what, source: "+sdn/v-all" };
        const before = verdicts(plain(some));
        const after = verdicts(plain([...some.slice(0, at), doubt, ...some.slice(at)]));
        for (const [port, verdict] of after.entries())
          if (verdict !== "unknown") expect(verdict).toBe(before[port]);
      }),
    );
  });

  it("what holds for an address outside holds for every one outside, where it is told", () => {
    const outside = fc.constantFrom("198.51.100.1", OWN, "203.0.113.7", "8.8.8.8");
    fc.assert(
      fc.property(rules, outside, fc.constantFrom(22, 8006), (some, own, port) => {
        const given = plain(some);
        const told = decide(cluster(given), node(given), undefined, port).verdict;
        if (told !== "unknown") expect(decide(cluster(given), node(given), own, port).verdict).toBe(told);
      }),
    );
  });

  it("a cluster whose firewall is off lets everybody in", () => {
    fc.assert(
      fc.property(rules, (some) => {
        expect(verdicts({ ...plain(some), options: { enable: 0 } })).toEqual(["accept", "accept"]);
      }),
    );
  });
});
