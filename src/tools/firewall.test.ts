import { describe, expect, it } from "vitest";
import { cannedSession, Refused } from "../../tests/support/canned.ts";
import { HOSTILE } from "../../tests/support/hostile.ts";
import { testSession } from "../../tests/support/session.ts";
import { ROOT_TOKEN, smallWorld } from "../../tests/support/small-world.ts";
import { FOREIGN_LINE } from "../render/foreign.ts";
import { mismatches } from "./firewall-rules.ts";

const start = () => testSession(smallWorld(), ROOT_TOKEN);
type Session = ReturnType<typeof start>;
const ports = ({ world }: Session) => world.firewall.cluster.rules.map(({ dport }) => dport);
const writes = ({ requests }: Session) => requests.filter(({ method }) => method !== "GET");
const digestIn = (text: string) => /digest: (\w{40})/.exec(text)?.[1] ?? "";

describe("what is set", () => {
  it("lists rules in order with one digest", async () => {
    const text = await start().call("pve_list_firewall_rules");
    expect(text.split("\n").slice(0, 6)).toEqual([
      "3 rules.",
      FOREIGN_LINE,
      "pos | on | type | action | proto | source | port | comment",
      "0 | yes | in | ACCEPT | tcp |  | 8006 | “web interface”",
      "1 | yes | in | ACCEPT | tcp | +admins | 22",
      "2 | no | in | DROP",
    ]);
    expect(text.match(/digest/g)).toHaveLength(1);
  });

  it("lists aliases, and sets with their entries", async () => {
    const session = start();
    expect(await session.call("pve_list_firewall_aliases")).toContain("lan | 10.0.0.0/8 | “office”");
    expect(await session.call("pve_list_firewall_ipsets")).toContain("admins | 2 | 192.0.2.5 !192.0.2.0/28");
  });

  it("lists many sets without a call for each", async () => {
    const session = start();
    for (let n = 0; n < 20; n++) session.world.firewall.cluster.ipsets.set(`set${n}`, { entries: new Map() });
    expect(await session.call("pve_list_firewall_ipsets")).toContain("21 IP sets.");
    expect(session.requests).toHaveLength(1);
  });

  it("tells options with PVE's defaults", async () => {
    const text = await start().call("pve_get_firewall_options");
    expect(text).toContain(
      "The cluster firewall is off.\npolicy_in: DROP (default)\npolicy_out: ACCEPT (default)",
    );
    expect(digestIn(text)).not.toBe("");
  });
});

describe("pve_update_firewall_options", () => {
  it("takes true for on, shows before and after, and warns", async () => {
    const session = start();
    const digest = digestIn(await session.call("pve_get_firewall_options"));
    const text = await session.call("pve_update_firewall_options", {
      enable: true,
      policy_in: "DROP",
      digest,
    });
    expect(text).toContain("enable | (not set) | yes\npolicy_in | (not set) | DROP");
    expect(text).toContain("keep port 8006 and SSH reachable");
    expect(session.world.firewall.cluster.options).toEqual({ enable: 1, policy_in: "DROP" });
    const stale = await session.call("pve_update_firewall_options", { enable: false, digest });
    expect(stale).toContain("has changed since it was read");
    const removed = await session.call("pve_update_firewall_options", { delete: "policy_in" });
    expect(removed).toContain("policy_in | DROP | (not set)");
  });
});

describe("pve_create_firewall_rule", () => {
  const RULE = { action: "ACCEPT", type: "in", proto: "tcp", dport: "443" };

  it("puts a rule at the top, switched off, and says so", async () => {
    const session = start();
    const text = await session.call("pve_create_firewall_rule", RULE);
    expect(text).toContain("Rule added at position 0, switched off");
    expect(text).toContain("Rules now:");
    expect(text).toContain("0 | no | in | ACCEPT | tcp |  | 443\n1 | yes");
    expect(ports(session)).toEqual(["443", "8006", "22", undefined]);
  });

  it("puts it where it is wanted, although PVE always inserts at the top", async () => {
    const session = start();
    const text = await session.call("pve_create_firewall_rule", { ...RULE, enable: true, pos: 2 });
    expect(text).toMatch(/^Rule added at position 2\./);
    expect(ports(session)).toEqual(["8006", "22", "443", undefined]);
    const last = await session.call("pve_create_firewall_rule", {
      ...RULE,
      dport: "80",
      enable: true,
      pos: 99,
    });
    expect(last).toContain("There is no position 99: it is the last.");
    expect(ports(session).at(-1)).toBe("80");
  });

  it("says when it could not be moved", async () => {
    const session = cannedSession({
      "POST /cluster/firewall/rules": null,
      "GET /cluster/firewall/rules": [
        { pos: 0, ...RULE, digest: "a" },
        { pos: 1, action: "DROP", type: "in", digest: "a" },
      ],
      "PUT /cluster/firewall/rules/0": new Refused(
        500,
        "detected modified configuration - file changed by other user? Try again.",
      ),
    });
    const text = await session.call("pve_create_firewall_rule", { ...RULE, pos: 1 });
    expect(text).toMatch(/^Rule added at position 0/);
    expect(text).toContain("It could not be moved to position 1");
    expect(session.sent).toContain("PUT /cluster/firewall/rules/0 moveto=2&digest=a");
  });

  it("puts it where params say", async () => {
    const session = start();
    const text = await session.call("pve_create_firewall_rule", { ...RULE, params: { pos: 1, enable: "1" } });
    expect(text).toMatch(/^Rule added at position 1\./);
    expect(ports(session)).toEqual(["8006", "443", "22", undefined]);
    expect(session.world.firewall.cluster.rules[1]).toMatchObject({ enable: 1 });
  });

  it("does not call a rule that was added a failure when the rules cannot be read again", async () => {
    let added = false;
    const session = cannedSession({
      "POST /cluster/firewall/rules": () => {
        added = true;
        return null;
      },
      "GET /cluster/firewall/rules": () => (added ? new Refused(500, "got timeout") : []),
    });
    const text = await session.call("pve_create_firewall_rule", RULE);
    expect(text).toMatch(/^Rule added at position 0/);
    expect(text).toContain("The rules could not be read again; the change itself was accepted.");
    added = false;
    const elsewhere = await session.call("pve_create_firewall_rule", { ...RULE, pos: 2 });
    expect(elsewhere).toContain("It could not be moved to position 2 (got timeout)");
  });

  it("takes the endpoint's other parameters", async () => {
    const session = start();
    await session.call("pve_create_firewall_rule", {
      action: "ACCEPT",
      type: "in",
      enable: true,
      params: { macro: "SSH", log: "info" },
    });
    expect(session.world.firewall.cluster.rules[0]).toMatchObject({ macro: "SSH", log: "info", enable: 1 });
  });
});

describe("a change by position", () => {
  const TOOLS = [
    ["pve_update_firewall_rule", { enable: false }],
    ["pve_delete_firewall_rule", {}],
  ] as const;

  it("is refused without digest or expect, with the rule shown", async () => {
    for (const [tool, args] of TOOLS) {
      const session = start();
      for (const more of [{}, { expect: {} }, { expect: { pos: 1 } }]) {
        const text = await session.call(tool, { pos: 1, ...args, ...more });
        expect(text).toContain("Positions shift");
        expect(text).toContain("1 | yes | in | ACCEPT | tcp | +admins | 22");
        expect(text).toContain("Nothing was changed.");
        expect(digestIn(text)).not.toBe("");
      }
      expect(writes(session)).toEqual([]);
    }
  });

  it("is refused when another rule is there", async () => {
    for (const [tool, args] of TOOLS) {
      const session = start();
      const text = await session.call(tool, { pos: 0, ...args, expect: { action: "ACCEPT", dport: 22 } });
      expect(text).toContain("The rule at position 0 is another one: dport is 8006, expected 22.");
      expect(writes(session)).toEqual([]);
    }
  });

  it("is refused with a digest from before another change", async () => {
    for (const [tool, args] of TOOLS) {
      const session = start();
      const digest = digestIn(await session.call("pve_list_firewall_rules"));
      session.world.firewall.cluster.rules.unshift({ type: "in", action: "DROP", enable: 1 });
      const text = await session.call(tool, { pos: 0, ...args, digest });
      expect(text).toContain("The rules have changed since that digest was read.");
      expect(text).toContain("0 | yes | in | DROP");
      expect(writes(session)).toEqual([]);
    }
  });

  it("goes with the digest of the rule that was looked at", async () => {
    const session = start();
    const text = await session.call("pve_update_firewall_rule", {
      pos: 1,
      enable: false,
      comment: "later",
      expect: { dport: 22, enable: true },
    });
    expect(text).toContain("Rule at position 1 updated.");
    expect(text).toContain("enable | yes | no");
    expect(text).toContain("comment | (not set) | “later”");
    expect(writes(session)[0]?.body).toMatch(/digest=\w{40}/);
    const next = await session.call("pve_update_firewall_rule", {
      pos: 1,
      delete: "comment",
      digest: digestIn(text),
    });
    expect(next).toContain("comment | “later” | (not set)");
  });

  it("needs expect to fit one rule alone", async () => {
    for (const [tool, args] of TOOLS) {
      const session = start();
      const text = await session.call(tool, { pos: 0, ...args, expect: { action: "ACCEPT" } });
      expect(text).toContain("expect fits 2 rules: name more of its fields, or give the digest.");
      expect(text).toContain(
        "0 | yes | in | ACCEPT | tcp |  | 8006 | “web interface”\n1 | yes | in | ACCEPT",
      );
      expect(text).not.toContain("DROP");
      expect(digestIn(text)).not.toBe("");
      expect(writes(session)).toEqual([]);
    }
  });

  it("goes with the digest where expect fits several", async () => {
    const session = start();
    const digest = digestIn(await session.call("pve_list_firewall_rules"));
    await session.call("pve_delete_firewall_rule", { pos: 1, digest, expect: { action: "ACCEPT" } });
    expect(ports(session)).toEqual(["8006", undefined]);
  });

  it("deletes one rule when the same call is sent twice", async () => {
    const session = start();
    const args = { pos: 0, expect: { action: "ACCEPT", dport: 8006 } };
    expect(await session.call("pve_delete_firewall_rule", args)).toContain("Rule at position 0 deleted");
    expect(await session.call("pve_delete_firewall_rule", args)).toContain(
      "The rule at position 0 is another one: dport is 22, expected 8006.",
    );
    expect(ports(session)).toEqual(["22", undefined]);
  });

  it("fails when the rules change between the look and the write", async () => {
    const session = cannedSession({
      "GET /cluster/firewall/rules": [{ pos: 0, type: "in", action: "DROP", digest: "a" }],
      "DELETE /cluster/firewall/rules/0": new Refused(
        500,
        "detected modified configuration - file changed by other user? Try again.",
      ),
    });
    const text = await session.call("pve_delete_firewall_rule", { pos: 0, expect: { action: "DROP" } });
    expect(session.sent[1]).toBe("DELETE /cluster/firewall/rules/0 digest=a");
    expect(text).toContain("has changed since it was read");
  });

  it("deletes and shows what is left", async () => {
    const session = start();
    const digest = digestIn(await session.call("pve_list_firewall_rules"));
    const text = await session.call("pve_delete_firewall_rule", { pos: 0, digest });
    expect(text).toContain("Rule at position 0 deleted; rules behind it have moved up by one.");
    expect(text).toContain("Rules now:\npos | on | type | action | proto | source | port\n0 | yes");
    expect(ports(session)).toEqual(["22", undefined]);
    expect(digestIn(text)).not.toBe(digest);
  });

  it("moves, and nothing else in the same call", async () => {
    const session = start();
    const both = await session.call("pve_update_firewall_rule", {
      pos: 0,
      moveto: 2,
      comment: "x",
      expect: { dport: "8006" },
    });
    expect(both).toContain("moveto only moves: change comment in a call of its own");
    const text = await session.call("pve_update_firewall_rule", {
      pos: 0,
      moveto: 2,
      expect: { dport: "8006" },
    });
    expect(text).toContain("Rule moved away from position 0.");
    expect(ports(session)).toEqual(["22", "8006", undefined]);
  });

  it("says that there is no such rule", async () => {
    const text = await start().call("pve_delete_firewall_rule", { pos: 9, expect: { action: "DROP" } });
    expect(text).toContain("no rule at position 9");
  });

  it("never leads out of its path", async () => {
    for (const [tool, args] of TOOLS) {
      const session = start();
      for (const pos of HOSTILE) expect((await session.answer(tool, { pos, ...args })).failed).toBe(true);
      expect(session.requests).toEqual([]);
    }
  });
});

describe("mismatches", () => {
  it("compares as a reader would", () => {
    const rule = { enable: 1, dport: "22", action: "DROP" };
    expect(mismatches(rule, { enable: true, dport: 22, source: null, comment: "" })).toEqual([]);
    expect(mismatches(rule, { source: "10.0.0.1", enable: 0 })).toEqual([
      "source is not set, expected 10.0.0.1",
      "enable is 1, expected 0",
    ]);
  });
});
