import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const SCOPES = [
  "/cluster/firewall",
  "/nodes/pve2/firewall",
  "/nodes/pve2/qemu/101/firewall",
  "/nodes/pve1/lxc/200/firewall",
];

describe.each(SCOPES)("firewall below %s", (base) => {
  it("inserts in front, moves, changes and deletes by position", async () => {
    const { call } = simulated();
    const before = (await call(`GET ${base}/rules`)).data.length;
    await call(`POST ${base}/rules`, { action: "ACCEPT", type: "in", comment: "first", enable: 1 });
    await call(`POST ${base}/rules`, { action: "DROP", type: "in", macro: "SSH", comment: "second" });
    const rules = (await call(`GET ${base}/rules`)).data;
    expect(rules).toHaveLength(before + 2);
    expect(rules[0]).toMatchObject({ pos: 0, comment: "second", macro: "SSH", enable: 0 });
    await call(`PUT ${base}/rules/0`, { moveto: 2, digest: rules[0].digest });
    expect((await call(`GET ${base}/rules/1`)).data).toMatchObject({ comment: "second", pos: "1" });
    await call(`PUT ${base}/rules/1`, { enable: 1, delete: "comment" });
    expect((await call(`GET ${base}/rules/1`)).data.comment).toBeUndefined();
    const stale = await call(`DELETE ${base}/rules/1`, { digest: rules[0].digest });
    expect(stale.message).toContain("detected modified configuration");
    await call(`DELETE ${base}/rules/1`);
    expect((await call(`GET ${base}/rules`)).data).toHaveLength(before + 1);
    expect((await call(`PUT ${base}/rules/99`, { enable: 1 })).message).toBe("no rule at position 99\n");
  });

  it.each([
    [{ action: "ALLOW", type: "in" }, { action: "unknown action 'ALLOW'" }],
    [{ action: "ACCEPT", type: "in", macro: "Nope" }, { macro: "unknown macro 'Nope'" }],
    [
      { action: "ACCEPT", type: "in", dport: "22" },
      { proto: "missing property - 'dport' requires this property" },
    ],
    [{ action: "ACCEPT", type: "in", source: "+none" }, { source: "no such ipset 'none'" }],
    [{ action: "ACCEPT", type: "in", dest: "nowhere" }, { dest: "no such alias 'nowhere'" }],
  ])("refuses %j", async (params, errors) => {
    const { call } = simulated();
    const answer = await call(`POST ${base}/rules`, params);
    expect([answer.status, answer.errors]).toEqual([400, errors]);
  });

  it("sets and deletes options", async () => {
    const { call } = simulated();
    await call(`PUT ${base}/options`, { enable: 1 });
    expect((await call(`GET ${base}/options`)).data.enable).toBe(1);
    await call(`PUT ${base}/options`, { delete: "enable" });
    expect((await call(`GET ${base}/options`)).data.enable).toBeUndefined();
    expect((await call(`PUT ${base}/options`, { delete: "nosuch" })).errors).toEqual({
      delete: "no such option 'nosuch'",
    });
  });
});

describe("aliases, sets and groups", () => {
  it("keeps a set until it is empty", async () => {
    const { call } = simulated();
    const base = "/cluster/firewall/ipset";
    await call(`POST ${base}`, { name: "lan" });
    await call(`POST ${base}/lan`, { cidr: "192.0.2.0/24", nomatch: 1 });
    expect((await call(`POST ${base}/lan`, { cidr: "192.0.2.0/24" })).errors).toEqual({
      cidr: "address '192.0.2.0/24' already exists",
    });
    expect((await call(`GET ${base}/lan`)).data).toMatchObject([{ cidr: "192.0.2.0/24", nomatch: 1 }]);
    expect((await call(`DELETE ${base}/lan`)).message).toBe("IPSet 'lan' is not empty\n");
    expect((await call(`DELETE ${base}/lan/192.0.2.0%2F24`)).status).toBe(200);
    expect((await call(`DELETE ${base}/lan`)).status).toBe(200);
    expect((await call(`GET ${base}/lan`)).message).toBe("no such IPSet 'lan'\n");
  });

  it("renames an alias", async () => {
    const { call } = simulated();
    const base = "/cluster/firewall/aliases";
    await call(`PUT ${base}/office`, { cidr: "203.0.113.0/24", rename: "branch" });
    expect((await call(`GET ${base}/office`)).errors).toEqual({ name: "no such alias" });
    expect((await call(`GET ${base}/branch`)).data).toMatchObject({ cidr: "203.0.113.0/24", ipversion: 4 });
  });

  it("refuses to delete a security group that has rules", async () => {
    const { call } = simulated();
    const base = "/cluster/firewall/groups";
    expect((await call(`DELETE ${base}/webserver`)).message).toBe(
      "Security group 'webserver' is not empty\n",
    );
    await call(`DELETE ${base}/webserver/0`);
    await call(`DELETE ${base}/webserver/0`);
    expect((await call(`DELETE ${base}/webserver`)).status).toBe(200);
    expect((await call(`GET ${base}/webserver`)).message).toBe("no such security group 'webserver'\n");
  });
});
