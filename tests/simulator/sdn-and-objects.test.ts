import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("SDN", () => {
  it("configures, applies and removes a zone with a vnet and a subnet", async () => {
    const { call, finish } = simulated();
    const zones = "/cluster/sdn/zones";
    const subnets = "/cluster/sdn/vnets/vnet1/subnets";
    await call(`POST ${zones}`, { zone: "zone1", type: "simple" });
    expect((await call(`POST ${zones}`, { zone: "zone1", type: "simple" })).message).toBe(
      "create sdn zone object failed: sdn zone object ID 'zone1' already defined\n",
    );
    await call("POST /cluster/sdn/vnets", { vnet: "vnet1", zone: "zone1" });
    await call(`POST ${subnets}`, { subnet: "10.55.0.0/24", type: "subnet", gateway: "10.55.0.1" });
    expect((await call(`GET ${subnets}`)).data).toMatchObject([
      { subnet: "zone1-10.55.0.0-24", cidr: "10.55.0.0/24", mask: "24", zone: "zone1", vnet: "vnet1" },
    ]);
    const pending = () => call("GET /cluster/sdn/vnets", { pending: 1 });
    expect((await pending()).data).toEqual([
      { vnet: "vnet1", type: "vnet", digest: null, state: "new", pending: { zone: "zone1" } },
    ]);
    expect((await finish((await call("PUT /cluster/sdn")).data)).exitstatus).toBe("OK");
    expect((await pending()).data[0].state).toBeUndefined();
    expect((await call(`DELETE ${zones}/zone1`)).message).toContain("zone zone1 is used by vnet vnet1");
    expect((await call("DELETE /cluster/sdn/vnets/vnet1")).message).toBe(
      "delete sdn vnet object failed: 400 Parameter verification failed.\nvnet: Can't delete vnet if subnets exists\n",
    );
    await call(`DELETE ${subnets}/zone1-10.55.0.0-24`);
    await call("DELETE /cluster/sdn/vnets/vnet1");
    await call(`DELETE ${zones}/zone1`);
    expect((await call(`GET ${zones}`)).data).toEqual([]);
  });
});

describe("notifications", () => {
  it("keeps secrets to itself and an endpoint in use", async () => {
    const { call } = simulated();
    const base = "/cluster/notifications";
    const server = "https://gotify.example.com";
    await call(`POST ${base}/endpoints/gotify`, { name: "got1", server, token: "sekret" });
    const { data } = await call(`GET ${base}/endpoints/gotify/got1`);
    expect(data).toMatchObject({ name: "got1", server, origin: "user-created" });
    expect(JSON.stringify(data)).not.toContain("sekret");
    await call(`POST ${base}/matchers`, { name: "m1", target: ["got1"], mode: "all" });
    const used = await call(`DELETE ${base}/endpoints/gotify/got1`);
    expect([used.status, used.message]).toEqual([400, "cannot delete 'got1', referenced by: m1\n"]);
    const stale = await call(`PUT ${base}/matchers/m1`, { comment: "z", digest: "00" });
    expect([stale.status, stale.message?.startsWith("detected modified")]).toEqual([400, true]);
    await call(`DELETE ${base}/matchers/m1`);
    await call(`DELETE ${base}/endpoints/gotify/got1`);
    expect((await call(`GET ${base}/endpoints/gotify/got1`)).status).toBe(404);
  });
});

describe("mappings and metric servers", () => {
  it("keeps a mapping", async () => {
    const { call } = simulated();
    await call("POST /cluster/mapping/dir", { id: "share1", map: ["node=pve1,path=/srv"] });
    expect((await call("GET /cluster/mapping/dir/share1")).data).toMatchObject({
      type: "dir",
      map: ["node=pve1,path=/srv"],
    });
    await call("DELETE /cluster/mapping/dir/share1");
    expect((await call("GET /cluster/mapping/dir")).data).toEqual([]);
  });

  it("refuses a metric server that does not answer", async () => {
    const { call } = simulated();
    const add = (server: string) =>
      call("POST /cluster/metrics/server/inf1", { type: "influxdb", server, port: 8089 });
    expect((await add("192.0.2.7")).message).toBe(
      "couldn't create influxdb socket [192.0.2.7]:8089 - Network is unreachable\n",
    );
    expect((await add("10.0.0.7")).status).toBe(200);
    expect((await call("GET /cluster/metrics/server")).data).toMatchObject([
      { id: "inf1", type: "influxdb" },
    ]);
  });
});
