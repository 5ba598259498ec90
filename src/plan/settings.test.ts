import { describe, expect, it } from "vitest";
import { sampleParams } from "../../tests/support/sample-params.ts";
import { simulated } from "../../tests/support/simulated.ts";
import { request } from "../../tests/support/simulated-look.ts";
import { allRoutes, endpointOf } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { validate } from "../schema/validate.ts";
import { stateOf } from "./settings.ts";

const CHANGING = allRoutes().filter((route) => !route.startsWith("GET ")) as Route[];
const READ = CHANGING.filter((route) => stateOf(route) !== undefined);

/** What the demo cluster has, by the operations about it, and what their reads must tell. */
const CASES: readonly (readonly [
  Route,
  Readonly<Record<string, unknown>>,
  Readonly<Record<string, unknown>>,
])[] = [
  ["PUT /nodes/{node}/qemu/{vmid}/config", { node: "pve1", vmid: 100 }, { name: "web-01", cores: 4 }],
  ["POST /nodes/{node}/qemu/{vmid}/config", { node: "pve3", vmid: 105 }, { cores: 8 }],
  ["DELETE /nodes/{node}/qemu/{vmid}", { node: "pve1", vmid: 103 }, { name: "mail" }],
  ["POST /nodes/{node}/qemu/{vmid}/move_disk", { node: "pve1", vmid: 103, disk: "scsi0" }, { name: "mail" }],
  ["PUT /nodes/{node}/lxc/{vmid}/config", { node: "pve1", vmid: 200 }, { hostname: "dns" }],
  [
    "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
    { node: "pve1", vmid: 107, snapname: "clean" },
    { name: "dev" },
  ],
  [
    "POST /nodes/{node}/lxc/{vmid}/status/stop",
    { node: "pve1", vmid: 200 },
    { status: "running", name: "dns" },
  ],
  [
    "POST /nodes/{node}/services/{service}/restart",
    { node: "pve1", service: "pveproxy" },
    { state: "running" },
  ],
  ["PUT /cluster/firewall/groups/{group}/{pos}", { group: "webserver", pos: 0 }, { macro: "HTTPS" }],
  ["DELETE /cluster/firewall/groups/{group}", { group: "webserver" }, { entries: expect.any(Array) }],
  [
    "DELETE /cluster/firewall/ipset/{name}/{cidr}",
    { name: "admins", cidr: "198.51.100.16/28" },
    { cidr: "198.51.100.16/28" },
  ],
  ["PUT /cluster/firewall/aliases/{name}", { name: "office" }, { cidr: "198.51.100.0/24" }],
  [
    "PUT /nodes/{node}/qemu/{vmid}/firewall/rules/{pos}",
    { node: "pve1", vmid: 100, pos: 1 },
    { dport: "22" },
  ],
  ["PUT /access/acl", { path: "vms/", groups: "operators", roles: "Operator" }, { "operators Operator": 1 }],
  ["PUT /access/users/{userid}/token/{tokenid}", { userid: "operator@pve", tokenid: "ops" }, { privsep: 0 }],
  ["PUT /access/roles/{roleid}", { roleid: "PVEAuditor" }, { privs: expect.stringContaining("VM.Audit") }],
  ["PUT /pools", { poolid: "web", vms: "102" }, { vms: "100,101,201", storage: "nas-iso" }],
  ["DELETE /pools", { poolid: "web/staging" }, { vms: "107,108", storage: "" }],
  ["PUT /cluster/options", {}, { keyboard: "en-us" }],
  ["PUT /cluster/backup/{id}", { id: "backup-nightly" }, { schedule: "02:30" }],
  ["PUT /cluster/ha/resources/{sid}", { sid: "vm:101" }, { state: "started" }],
  ["POST /cluster/ha/resources/{sid}/migrate", { sid: "vm:101", node: "pve3" }, { state: "started" }],
  ["DELETE /cluster/ha/rules/{rule}", { rule: "db-home" }, { resources: "vm:102" }],
  ["POST /nodes/{node}/replication/{id}/schedule_now", { node: "pve1", id: "203-0" }, { target: "pve2" }],
  ["PUT /nodes/{node}/network/{iface}", { node: "pve1", iface: "vmbr0" }, { type: "bridge" }],
  ["PUT /nodes/{node}/network", { node: "pve1" }, { vmbr0: expect.objectContaining({ type: "bridge" }) }],
  ["PUT /nodes/{node}/dns", { node: "pve1" }, { search: "example.com" }],
  ["PUT /nodes/{node}/time", { node: "pve1" }, { timezone: "Etc/UTC" }],
  ["PUT /storage/{storage}", { storage: "backup" }, { type: "nfs" }],
];

describe("where present settings are read", () => {
  it("is known for these operations", () => {
    const lines = READ.map((route) => `${route} <- ${stateOf(route)?.read.replace("GET ", "")}`);
    expect(lines).toMatchSnapshot();
  });

  it("is not known for these", () => {
    expect(CHANGING.filter((route) => !READ.includes(route) && !route.startsWith("POST "))).toEqual([
      "DELETE /cluster/config/nodes/{node}",
      "DELETE /cluster/sdn/lock",
      "DELETE /cluster/sdn/vnets/{vnet}/ips",
      "DELETE /nodes/{node}/ceph/fs/{name}",
      "DELETE /nodes/{node}/ceph/mds/{name}",
      "DELETE /nodes/{node}/ceph/mgr/{id}",
      "DELETE /nodes/{node}/ceph/mon/{monid}",
      "DELETE /nodes/{node}/ceph/osd/{osdid}",
      "PUT /access/password",
      "PUT /access/users/{userid}/unlock-tfa",
      "PUT /cluster/sdn",
      "PUT /cluster/sdn/vnets/{vnet}/ips",
      "PUT /nodes/{node}/qemu/{vmid}/sendkey",
    ]);
  });

  it("takes parameters that the read has, and all that it must have", () => {
    for (const route of READ) {
      const state = stateOf(route);
      if (!state) continue;
      const issues = validate(endpointOf(state.read), state.params(sampleParams(route)));
      expect(
        issues.filter(({ code }) => code === "unknown" || code === "missing"),
        route,
      ).toEqual([]);
    }
  });

  it("answers on the simulated cluster, or says that there is no such thing", async () => {
    const odd: string[] = [];
    let answered = 0;
    for (const route of READ) {
      const state = stateOf(route);
      if (!state) continue;
      const sample = sampleParams(route);
      const {
        status,
        data,
        message = "",
      } = await simulated().call(...request(state.read, state.params(sample)));
      if (status === 200) {
        answered++;
        const row = state.pick(data, sample);
        for (const moving of ["uptime", "cputime", "netin", "diskread", "pid"])
          expect(row, route).not.toHaveProperty(moving);
      } else if (
        !/does not exist|not defined|invalid vnet specified|zpool status|not found|no such|No such|no rule at|not installed|migrated to rules|user != root@pam|Parameter verification|no format/.test(
          message,
        )
      )
        odd.push(`${route}: ${status} ${message}`);
    }
    expect(odd).toEqual([]);
    expect(answered).toBeGreaterThan(80);
  });

  it.each(CASES)("%s of %j", async (route, params, told) => {
    const state = stateOf(route);
    if (!state) throw new Error("no state");
    const { status, data, message } = await simulated().call(...request(state.read, state.params(params)));
    expect(status, message).toBe(200);
    expect(state.pick(data, params)).toMatchObject(told);
  });

  it("is the same when it is read later, though guests and load move on", async () => {
    const pve = simulated();
    for (const route of [
      "POST /nodes/{node}/qemu/{vmid}/status/stop",
      "PUT /pools",
      "PUT /nodes/{node}/time",
    ] as const) {
      const state = stateOf(route);
      const params = { node: "pve1", vmid: 100, poolid: "web" };
      const read = async () =>
        state?.pick((await pve.call(...request(state.read, state.params(params)))).data, params);
      const before = await read();
      pve.clock.advance(3600);
      expect(await read()).toEqual(before);
    }
  });

  it("of what is made anew there is none", () => {
    for (const route of [
      "POST /storage",
      "POST /access/users",
      "POST /nodes/{node}/qemu",
      "POST /pools",
    ] as const)
      expect(stateOf(route)).toBeUndefined();
  });
});
