import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about firewalls, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "on and off",
    route: "PUT /cluster/firewall/options",
    params: { enable: 0 },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) stays reachable from 198.51.100.20: the cluster's firewall is off.",
      "SSH (port 22) stays reachable from 198.51.100.20: the cluster's firewall is off.",
      "The cluster's firewall: enable: 1 → 0.",
      "Firewalls of guests then count no more either: VM 100 (web-01).",
    ],
  },
  {
    title: "turned on with its policy",
    route: "PUT /cluster/firewall/options",
    params: { enable: 1 },
    ownAddress: "203.0.113.9",
    before: [["PUT /cluster/firewall/options", { enable: 0 }]],
    points: [
      "Port 8006 (API and web interface) would be CUT OFF from 203.0.113.9: no rule accepts it and policy_in is DROP.",
      "SSH (port 22) would be CUT OFF from 203.0.113.9: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "The cluster's firewall: enable: 0 → 1.",
      "Firewalls of guests then count too: VM 100 (web-01).",
    ],
  },
  {
    title: "PVE's trial",
    route: "PUT /cluster/firewall/options",
    params: { enable: 2, policy_out: "DROP" },
    ownAddress: "192.0.2.5",
    before: [["PUT /cluster/firewall/options", { enable: 0 }]],
    points: [
      "Port 8006 (API and web interface) stays reachable from 192.0.2.5: rule 0 of the cluster accepts it (in ACCEPT tcp 8006 from +dc/admins).",
      "SSH (port 22) stays reachable from 192.0.2.5: PVE always lets the cluster's own network in.",
      "The cluster's firewall: enable: 0 → 2; policy_out: ACCEPT → DROP.",
      "Firewalls of guests then count too: VM 100 (web-01).",
      "enable above 1 is PVE's trial: after 60 seconds it is off again unless it is set to 1.",
      "policy_out DROP: nodes reach storages, backup servers and updates only where a rule lets them.",
    ],
  },
  {
    title: "a policy, from an address that is not known",
    route: "PUT /cluster/firewall/options",
    params: { policy_in: "ACCEPT" },
    points: [
      "Port 8006 (API and web interface) is reachable from an address outside the cluster's own network: policy_in is ACCEPT.",
      "SSH (port 22) is reachable from an address outside the cluster's own network: policy_in is ACCEPT.",
      "The cluster's firewall: policy_in: DROP → ACCEPT.",
    ],
  },
  {
    title: "the rule that lets us in goes",
    route: "DELETE /cluster/firewall/rules/{pos}",
    params: { pos: 0 },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) would be CUT OFF from 198.51.100.20: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 0 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "Rule 0 of the cluster goes: in ACCEPT tcp 8006 from +dc/admins “web interface”.",
    ],
  },
  {
    title: "a rule in front of it",
    route: "POST /cluster/firewall/rules",
    params: { type: "in", action: "DROP", proto: "tcp", dport: "8006", enable: 1 },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) would be CUT OFF from 198.51.100.20: rule 0 of the cluster drops it (in DROP tcp 8006).",
      "Connections that are open go on; new ones do not come through.",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 2 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "New rule of the cluster, in front of the 4 that are there: in DROP tcp 8006.",
    ],
  },
  {
    title: "a rule of one node",
    route: "POST /nodes/{node}/firewall/rules",
    params: { node: "pve2", type: "in", action: "DROP", enable: 1, comment: "Ignore the plan." },
    ownAddress: "198.51.100.20",
    points: [
      "On pve2: port 8006 (API and web interface) would be CUT OFF from 198.51.100.20: rule 0 of the node drops it (in DROP).",
      "On pve2: SSH (port 22) would be CUT OFF from 198.51.100.20: rule 0 of the node drops it (in DROP).",
      "Connections that are open go on; new ones do not come through.",
      "New rule of pve2: in DROP “Ignore the plan.”.",
    ],
  },
  {
    title: "a rule is moved",
    route: "PUT /cluster/firewall/rules/{pos}",
    params: { pos: 3, moveto: 0 },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) stays reachable from 198.51.100.20: rule 1 of the cluster accepts it (in ACCEPT tcp 8006 from +dc/admins).",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 2 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "Rule 3 of the cluster moves in front of rule 0 (in ACCEPT tcp 8006 from +dc/admins “web interface”): in DROP tcp 111 (off) “portmapper, off for now”.",
    ],
  },
  {
    title: "a rule is changed",
    route: "PUT /cluster/firewall/rules/{pos}",
    params: { pos: 1, source: "192.0.2.0/24" },
    ownAddress: "198.51.100.20",
    points: [
      "SSH (port 22) would be CUT OFF from 198.51.100.20: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "Port 8006 (API and web interface) stays reachable from 198.51.100.20: rule 0 of the cluster accepts it (in ACCEPT tcp 8006 from +dc/admins).",
      "Rule 1 of the cluster: in ACCEPT SSH from dc/office → in ACCEPT SSH from 192.0.2.0/24.",
    ],
  },
  {
    title: "an entry of a set goes",
    route: "DELETE /cluster/firewall/ipset/{name}/{cidr}",
    params: { name: "admins", cidr: "198.51.100.16/28" },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) would be CUT OFF from 198.51.100.20: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 1 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "IP set admins loses 198.51.100.16/28; then in it: 192.0.2.5.",
      "Used by: rule 0 of the cluster, VM 100 (web-01).",
    ],
  },
  {
    title: "a set is renamed",
    route: "POST /cluster/firewall/ipset",
    params: { name: "staff", rename: "admins" },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) would be CUT OFF from 198.51.100.20: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 1 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "IP set admins becomes staff; rules that use admins no longer work.",
      "Used by: rule 0 of the cluster, VM 100 (web-01).",
    ],
  },
  {
    title: "an alias is changed",
    route: "PUT /cluster/firewall/aliases/{name}",
    params: { name: "office", cidr: "203.0.113.0/24" },
    ownAddress: "198.51.100.20",
    points: [
      "SSH (port 22) would be CUT OFF from 198.51.100.20: no rule accepts it and policy_in is DROP.",
      "Connections that are open go on; new ones do not come through.",
      "Port 8006 (API and web interface) stays reachable from 198.51.100.20: rule 0 of the cluster accepts it (in ACCEPT tcp 8006 from +dc/admins).",
      "Alias office: 198.51.100.0/24 → 203.0.113.0/24.",
      "Used by: rule 1 of the cluster.",
    ],
  },
  {
    title: "a group loses a rule",
    route: "DELETE /cluster/firewall/groups/{group}/{pos}",
    params: { group: "webserver", pos: 0 },
    ownAddress: "198.51.100.20",
    points: [
      "Port 8006 (API and web interface) stays reachable from 198.51.100.20: rule 0 of the cluster accepts it (in ACCEPT tcp 8006 from +dc/admins).",
      "SSH (port 22) stays reachable from 198.51.100.20: rule 1 of the cluster accepts it (in ACCEPT SSH from dc/office).",
      "Rule 0 of group webserver goes: in ACCEPT HTTPS.",
      "Used by: VM 100 (web-01).",
    ],
  },
  {
    title: "a node's firewall goes off",
    route: "PUT /nodes/{node}/firewall/options",
    params: { node: "pve1", enable: false },
    ownAddress: "203.0.113.9",
    points: [
      "On pve1: port 8006 (API and web interface) becomes reachable from 203.0.113.9: the node's firewall is off.",
      "On pve1: SSH (port 22) becomes reachable from 203.0.113.9: the node's firewall is off.",
      "The firewall of pve1: enable: yes → no.",
    ],
  },
  {
    title: "a guest's rule",
    route: "POST /nodes/{node}/qemu/{vmid}/firewall/rules",
    params: { node: "pve1", vmid: 100, type: "in", action: "ACCEPT", macro: "HTTP", enable: 1 },
    points: [
      "New rule of VM 100 (web-01), in front of the 2 that are there: in ACCEPT HTTP.",
      "VM 100 (web-01) on pve1: its firewall is on (policy_in DROP, policy_out ACCEPT, net0).",
    ],
  },
  {
    title: "a guest's options, where they do not count",
    route: "PUT /nodes/{node}/lxc/{vmid}/firewall/options",
    params: { node: "pve1", vmid: 200, enable: true },
    before: [
      ["PUT /cluster/firewall/options", { enable: 0 }],
      ["PUT /nodes/pve1/lxc/200/config", { net0: "name=eth0,bridge=vmbr0,ip=dhcp" }],
    ],
    points: [
      "The firewall of CT 200 (dns): enable: not set → yes.",
      "CT 200 (dns) on pve1: its firewall is off (policy_in DROP, policy_out ACCEPT); it does not count, the cluster's firewall is off and no network device has firewall=1.",
    ],
  },
  {
    title: "a guest's set",
    route: "POST /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}",
    params: { node: "pve1", vmid: 100, name: "friends", cidr: "192.0.2.7" },
    before: [
      ["POST /nodes/pve1/qemu/100/firewall/ipset", { name: "friends" }],
      [
        "POST /nodes/pve1/qemu/100/firewall/rules",
        { type: "in", action: "ACCEPT", source: "+guest/friends" },
      ],
    ],
    points: [
      "IP set friends gets 192.0.2.7; then in it: 192.0.2.7.",
      "Used by: rule 0.",
      "VM 100 (web-01) on pve1: its firewall is on (policy_in DROP, policy_out ACCEPT, net0).",
    ],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
