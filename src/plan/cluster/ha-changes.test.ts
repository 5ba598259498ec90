import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about HA, replication and pools, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "a guest comes under HA",
    route: "POST /cluster/ha/resources",
    params: { sid: "103" },
    points: [
      "HA then STARTS VM 103 (mail).",
      "HA looks after VM 103 (mail), stopped on pve1; asked of it: started.",
    ],
  },
  {
    title: "a guest is stopped by HA",
    route: "PUT /cluster/ha/resources/{sid}",
    params: { sid: "vm:101", state: "stopped" },
    points: [
      "HA then STOPS VM 101 (web-02).",
      "HA resource vm:101: state: started → stopped.",
      "VM 101 (web-02): running on pve2.",
    ],
  },
  {
    title: "HA leaves a guest alone",
    route: "DELETE /cluster/ha/resources/{sid}",
    params: { sid: "vm:102" },
    points: [
      "HA no longer looks after VM 102 (db-01): it stays running on pve3, and is not restarted elsewhere when its node fails.",
      "HA resource vm:102 goes: state started, comment “database first”.",
      "HA rules that go with it: db-home.",
      "HA rules that no longer name it: web-apart.",
    ],
  },
  {
    title: "and leaves its rules",
    route: "DELETE /cluster/ha/resources/{sid}",
    params: { sid: "vm:102", purge: false },
    points: [
      "HA no longer looks after VM 102 (db-01): it stays running on pve3, and is not restarted elsewhere when its node fails.",
      "HA resource vm:102 goes: state started, comment “database first”.",
      "HA rules that go on naming it: db-home, web-apart.",
    ],
  },
  {
    title: "a container moves",
    route: "POST /cluster/ha/resources/{sid}/migrate",
    params: { sid: "ct:201", node: "pve1" },
    points: [
      "CT 201 (proxy) is shut down, moved and started again.",
      "HA moves CT 201 (proxy), running on pve2, to pve1, unless a rule forbids it.",
    ],
  },
  {
    title: "a guest that HA does not know",
    route: "POST /cluster/ha/resources/{sid}/relocate",
    params: { sid: "vm:100", node: "pve2" },
    points: [
      "HA does not look after VM 100 (web-01): PVE refuses.",
      "VM 100 (web-01) is shut down, moved and started again.",
      "HA moves VM 100 (web-01), running on pve1, to pve2, unless a rule forbids it.",
    ],
  },
  {
    title: "a rule that moves a guest",
    route: "PUT /cluster/ha/rules/{rule}",
    params: { rule: "db-home", type: "node-affinity", nodes: "pve1,pve2", strict: true },
    points: [
      "HA rule db-home: nodes: pve3:2,pve2:1 → pve1,pve2; strict: no → yes.",
      "May run on no node but pve1, pve2: VM 102 (db-01).",
      "HA moves: VM 102 (db-01) from pve3.",
      "When none of these nodes is online, the guests stay stopped.",
    ],
  },
  {
    title: "a rule that keeps guests together",
    route: "POST /cluster/ha/rules",
    params: { rule: "pair", type: "resource-affinity", resources: "vm:101,vm:102", affinity: "positive" },
    points: [
      "HA rule pair is created; it is not there yet.",
      "Kept on one node: VM 101 (web-02), VM 102 (db-01).",
      "HA moves some of these, which are not as it wants: VM 101 (web-02) on pve2, VM 102 (db-01) on pve3.",
    ],
  },
  {
    title: "a rule is switched off",
    route: "PUT /cluster/ha/rules/{rule}",
    params: { rule: "web-apart", type: "resource-affinity", disable: true },
    points: ["HA rule web-apart: disable: not set → yes.", "It is switched off: HA does not follow it."],
  },
  {
    title: "a rule goes",
    route: "DELETE /cluster/ha/rules/{rule}",
    params: { rule: "web-apart" },
    points: [
      "HA rule web-apart goes: type resource-affinity, resources vm:101,vm:102, affinity negative.",
      "No longer bound by it: VM 101 (web-02), VM 102 (db-01).",
    ],
  },
  {
    title: "HA is disarmed",
    route: "POST /cluster/ha/status/disarm-ha",
    params: { "resource-mode": "ignore" },
    points: [
      "HA is switched off in the whole cluster: no node is fenced, no guest is restarted elsewhere: VM 101 (web-02), VM 102 (db-01), CT 201 (proxy).",
      "ignore: these guests are handled as if HA did not manage them.",
      "Now: armed.",
    ],
  },
  {
    title: "HA is armed",
    route: "POST /cluster/ha/status/arm-ha",
    params: {},
    before: [["POST /cluster/ha/status/disarm-ha", { "resource-mode": "freeze" }]],
    points: [
      "HA is switched on again for: VM 101 (web-02), VM 102 (db-01), CT 201 (proxy).",
      "Now: disarmed.",
    ],
  },
  {
    title: "a replication job",
    route: "POST /cluster/replication",
    params: { id: "100-0", type: "local", target: "pve2", schedule: "*/30" },
    points: [
      "Replication job 100-0 is created; it is not there yet.",
      "VM 100 (web-01) on pve1 is copied to pve2, on schedule */30.",
    ],
  },
  {
    title: "a replication job goes with its copies",
    route: "DELETE /cluster/replication/{id}",
    params: { id: "203-0" },
    points: [
      "CT 203 (git) is no longer copied to pve2.",
      "The copies on pve2 are deleted.",
      "Replication job 203-0 goes: source pve1, target pve2, schedule */15, comment “git to the second node”.",
    ],
    final: ["the copies of CT 203 (git) on pve2 are deleted."],
  },
  {
    title: "a replication job goes without them",
    route: "DELETE /cluster/replication/{id}",
    params: { id: "203-0", keep: true },
    points: [
      "CT 203 (git) is no longer copied to pve2.",
      "The copies on the target stay, and are not kept up to date.",
      "Replication job 203-0 goes: source pve1, target pve2, schedule */15, comment “git to the second node”.",
    ],
  },
  {
    title: "guests leave a pool",
    route: "PUT /pools",
    params: { poolid: "web", vms: "100,101", delete: true },
    points: [
      "Leave pool web: VM 100 (web-01), VM 101 (web-02).",
      "Lost with it: group developers: PVEVMAdmin on /pool/web.",
      "Members now: VM 100 (web-01), VM 101 (web-02), CT 201 (proxy), storage nas-iso.",
    ],
  },
  {
    title: "a guest moves into a pool",
    route: "PUT /pools",
    params: { poolid: "web", vms: "107", "allow-move": true, storage: "local" },
    points: [
      "Join pool web: VM 107 (dev), storage local.",
      "Leave another pool for it: VM 107 (dev) of web/staging.",
      "Got with it: group developers: PVEVMAdmin on /pool/web.",
      "Members now: VM 100 (web-01), VM 101 (web-02), CT 201 (proxy), storage nas-iso.",
    ],
  },
  {
    title: "a pool goes",
    route: "DELETE /pools",
    params: { poolid: "web" },
    points: [
      "PVE would refuse, the plan ends there: pool web still has VM 100 (web-01), VM 101 (web-02), CT 201 (proxy), storage nas-iso; it holds pool web/staging.",
      "Pool web goes.",
      "ACL entries that go with it: group developers: PVEVMAdmin on /pool/web.",
    ],
    name: "web",
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
