import { describe, expect, it } from "vitest";
import { parseApidoc } from "../../src/schema/description/apidoc.ts";
import { routesIn } from "../../src/schema/endpoint-table.ts";
import { parseRelease } from "../../src/schema/release.ts";
import { APIDOC_PATH } from "../../src/simulator/apidoc.ts";
import { PLAYED_RELEASES, type PlayedRelease } from "../../src/simulator/play-release.ts";
import { clusterWorld } from "../../src/simulator/scenarios/cluster.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { simulated } from "../support/simulated.ts";

const playing = (release: PlayedRelease, more: SimulatorOptions = {}) =>
  simulated(clusterWorld, { release, ...more });

/** A cluster under upgrade: the node that takes the requests is of 9.2, pve2 still of 8.4. */
function underUpgrade() {
  const cluster = simulated();
  const node = cluster.world.nodes.get("pve2");
  if (node) node.release = "8.4";
  return cluster;
}

const NOT_DEFINED = "property is not defined in schema and the schema does not allow additional properties";

describe("a simulated release", () => {
  it.each(PLAYED_RELEASES)("%s says so wherever it tells its version", async (release) => {
    const { call } = playing(release);
    const { data } = await call("GET /version");
    expect(data.release).toBe(release);
    expect(data.version.startsWith(release)).toBe(true);
    expect((await call("GET /nodes/pve2/version")).data).toEqual(data);
    expect((await call("GET /nodes/pve2/status")).data.pveversion).toBe(
      `pve-manager/${data.version}/${data.repoid}`,
    );
  });

  it("is 9.2 unless another is named", async () => {
    expect((await simulated().call("GET /version")).data).toMatchObject({
      version: "9.2.11",
      release: "9.2",
    });
  });

  it("lacks the methods that are younger", async () => {
    const request = "GET /cluster/ha/rules";
    expect(await playing("8.4").call(request)).toMatchObject({
      status: 501,
      message: "Method 'GET /cluster/ha/rules' not implemented",
    });
    expect((await playing("9.0").call(request)).status).toBe(200);
  });

  it("refuses the parameters that are younger", async () => {
    const create = { sid: "vm:100", failback: 1 };
    const refused = await playing("8.4").call("POST /cluster/ha/resources", create);
    expect(refused).toMatchObject({ status: 400, errors: { failback: NOT_DEFINED } });
    expect((await playing("9.0").call("POST /cluster/ha/resources", create)).status).toBe(200);
  });

  it("has the methods that are gone since, and says which of them are not simulated", async () => {
    const request = "GET /nodes/pve1/scan/glusterfs";
    expect(await playing("8.4").call(request, { server: "192.0.2.1" })).toMatchObject({
      status: 501,
      message: "not simulated: GET /nodes/pve1/scan/glusterfs",
    });
    expect(await playing("9.0").call(request, { server: "192.0.2.1" })).toMatchObject({
      status: 501,
      message: "Method 'GET /nodes/pve1/scan/glusterfs' not implemented",
    });
  });

  it("takes the parameters that are gone since", async () => {
    const job = { storage: "local", vmid: "100", schedule: "daily", maxfiles: 3 };
    expect((await playing("9.1").call("POST /cluster/backup", job)).status).toBe(200);
    const refused = await playing("9.2").call("POST /cluster/backup", job);
    expect(refused).toMatchObject({ status: 400, errors: { maxfiles: NOT_DEFINED } });
  });

  it("has HA groups before 9.0 and refuses them since", async () => {
    const { call } = playing("8.4");
    expect((await call("GET /cluster/ha/groups")).data).toMatchObject([
      { group: "db-home", type: "group", nodes: "pve3:2,pve2:1" },
    ]);
    expect((await call("GET /cluster/ha/resources/vm:102")).data.group).toBe("db-home");
    await call("POST /cluster/ha/groups", { group: "web", nodes: "pve1,pve2", restricted: 1 });
    await call("PUT /cluster/ha/groups/web", { comment: "front", delete: "restricted" });
    expect((await call("GET /cluster/ha/groups/web")).data).toMatchObject({
      nodes: "pve1,pve2",
      comment: "front",
    });
    expect((await call("DELETE /cluster/ha/groups/db-home")).message).toContain(
      "ha group is used by service 'vm:102'",
    );
    expect((await call("PUT /cluster/ha/resources/vm:101", { group: "web" })).status).toBe(200);
    expect((await playing("9.0").call("GET /cluster/ha/groups")).message).toBe(
      "cannot index groups: ha groups have been migrated to rules\n",
    );
  });

  it("knows the privileges of its time", async () => {
    const { call } = playing("8.4");
    const roles = (await call("GET /access/roles")).data as { roleid: string; privs: string }[];
    const privs = (roleid: string) => roles.find((role) => role.roleid === roleid)?.privs.split(",");
    expect(privs("PVEVMAdmin")).toContain("VM.Monitor");
    expect(privs("PVEAuditor")).not.toContain("VM.Monitor");
    expect(JSON.stringify(roles)).not.toContain("VM.GuestAgent");
    const info = "GET /nodes/pve1/qemu/100/agent/get-osinfo";
    expect(await call(info, {}, "auditor")).toMatchObject({
      status: 403,
      message: "Permission check failed (/vms/100, VM.Monitor)\n",
    });
    expect((await playing("9.2").call(info, {}, "auditor")).status).toBe(200);
    const old = (await playing("7.4").call("GET /access/roles")).data as { roleid: string }[];
    expect(old.map(({ roleid }) => roleid)).not.toContain("PVEMappingUser");
  });

  it("tells the text of a refusal in the reason alone before 8.4", async () => {
    const { handle } = playing("7.4");
    const { call } = playing("8.4");
    expect((await call("GET /cluster/ha/rules")).message).toContain("not implemented");
    const authorization = "PVEAPIToken=root@pam!mcp=d3b07384-d9a0-4c9b-8f2e-5c1f7a2b9e10";
    const answer = await handle({ method: "GET", path: "/api2/json/nope", headers: { authorization } });
    expect(answer).toMatchObject({ status: 501, reason: "Method 'GET /nope' not implemented" });
    expect(JSON.parse(answer.body)).toEqual({ data: null });
  });
});

describe("a cluster of mixed releases", () => {
  it("tells the version of each node", async () => {
    const { call } = underUpgrade();
    expect((await call("GET /version")).data.release).toBe("9.2");
    expect((await call("GET /nodes/pve1/version")).data.release).toBe("9.2");
    expect((await call("GET /nodes/pve2/version")).data.release).toBe("8.4");
    expect((await call("GET /nodes/pve2/status")).data.pveversion).toContain("/8.4.1/");
  });

  it("checks a call that is passed on by the release of the node it goes to", async () => {
    const { call } = underUpgrade();
    const young = "GET /nodes/pve2/capabilities/qemu/migration";
    expect(await call(young)).toMatchObject({
      status: 501,
      message: "Method 'GET /nodes/pve2/capabilities/qemu/migration' not implemented",
    });
    expect((await call(young.replace("pve2", "pve1"))).status).toBe(200);
    expect(await call("PUT /nodes/pve2/qemu/103/config", { "allow-ksm": 0 })).toMatchObject({
      status: 400,
      errors: { "allow-ksm": NOT_DEFINED },
    });
  });

  it("offers only what the node that takes the request knows", async () => {
    const { call, world } = simulated();
    const node = world.nodes.get("pve1");
    if (node) node.release = "8.4";
    expect((await call("GET /version")).data.release).toBe("8.4");
    expect((await call("GET /cluster/ha/rules")).status).toBe(501);
    expect((await call("GET /nodes/pve2/capabilities/qemu/migration")).status).toBe(501);
  });
});

describe("the API description a node serves", () => {
  const get = ({ handle }: ReturnType<typeof simulated>, method = "GET") =>
    handle({ method, path: APIDOC_PATH, headers: {} });

  it.each(PLAYED_RELEASES)("is that of %s, without login", async (name) => {
    const answer = await get(playing(name));
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/javascript" } });
    const release = parseRelease(name);
    if (!release) throw new Error(name);
    expect([...parseApidoc(answer.body).endpoints.keys()].sort()).toEqual([...routesIn(release)].sort());
  });

  it("is missing where pve-docs is", async () => {
    expect(await get(playing("9.2", { apidoc: false }))).toMatchObject({
      status: 500,
      body: `no such file '${APIDOC_PATH}'`,
    });
  });

  it("is any text that is given", async () => {
    expect((await get(playing("9.2", { apidoc: "garbage" }))).body).toBe("garbage");
  });

  it("is there to read only", async () => {
    expect((await get(playing("9.2"), "POST")).status).not.toBe(200);
  });
});
