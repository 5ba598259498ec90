import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about nodes and their services, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "the node that answers us restarts",
    route: "POST /nodes/{node}/status",
    params: { node: "pve1", command: "reboot" },
    points: [
      "pve1 (192.0.2.11) is the node that answers this server: it cannot reach PVE until it is back.",
      "pve1 is restarted.",
      "4 running guests on pve1 are shut down: VM 100 (web-01), VM 107 (dev), CT 200 (dns), CT 203 (git).",
      "2 of 3 votes stay online: the cluster keeps its quorum.",
    ],
  },
  {
    title: "a node with HA guests is switched off",
    route: "POST /nodes/{node}/status",
    params: { node: "pve3", command: "shutdown" },
    points: [
      "pve3 is switched off.",
      "2 running guests on pve3 are shut down: VM 105 (analytics), CT 202 (monitoring).",
      "HA guests stop, and start on other nodes some minutes later: VM 102 (db-01).",
      "2 of 3 votes stay online: the cluster keeps its quorum.",
    ],
  },
  {
    title: "HA moves guests first",
    route: "POST /nodes/{node}/status",
    params: { node: "pve2", command: "reboot" },
    before: [["PUT /cluster/options", { ha: "shutdown_policy=migrate" }]],
    points: [
      "pve2 is restarted.",
      "3 running guests on pve2 are shut down: VM 104 (build), VM 106 (win-desktop), VM 108 (dev).",
      "HA guests are moved to other nodes first: VM 101 (web-02), CT 201 (proxy).",
      "2 of 3 votes stay online: the cluster keeps its quorum.",
    ],
  },
  {
    title: "quorum is lost",
    route: "POST /nodes/{node}/status",
    params: { node: "pve1", command: "shutdown" },
    before: [["POST /nodes/pve3/status", { command: "shutdown" }]],
    points: [
      "pve1 (192.0.2.11) is the node that answers this server: it cannot reach PVE until somebody switches it on again.",
      "pve1 is switched off.",
      "4 running guests on pve1 are shut down: VM 100 (web-01), VM 107 (dev), CT 200 (dns), CT 203 (git).",
      "Only 1 of 3 votes stay online: the cluster LOSES its quorum, nothing can be changed or started until the node is back; pve3 is offline already.",
    ],
  },
  {
    title: "an essential service stops",
    route: "POST /nodes/{node}/services/{service}/stop",
    params: { node: "pve1", service: "pveproxy" },
    points: [
      "PVE would refuse, the plan ends there: it does not stop pveproxy, which is essential.",
      "This server's own calls go through it: they fail from then on.",
      "pveproxy on pve1 is stopped; it carries the API and the web interface, port 8006. Now: running.",
      "Without it: nobody reaches PVE through this node.",
    ],
  },
  {
    title: "our own way in restarts",
    route: "POST /nodes/{node}/services/{service}/restart",
    params: { node: "pve1", service: "pveproxy" },
    points: [
      "This server's own calls go through it: they may fail for a moment.",
      "pveproxy on pve1 is stopped and started again; it carries the API and the web interface, port 8006. Now: running.",
    ],
  },
  {
    title: "corosync restarts",
    route: "POST /nodes/{node}/services/{service}/restart",
    params: { node: "pve2", service: "corosync" },
    points: [
      "corosync on pve2 is stopped and started again; it carries the node's membership in the cluster. Now: running.",
      "Until it is back: the node loses the cluster; with HA guests on it, it is fenced after about a minute.",
    ],
  },
  {
    title: "a service that is not installed",
    route: "POST /nodes/{node}/services/{service}/start",
    params: { node: "pve1", service: "ksmtuned" },
    points: [
      "PVE would refuse, the plan ends there: ksmtuned is not installed on pve1.",
      "ksmtuned on pve1 is started; it carries memory shared between guests. Now: dead.",
    ],
  },
  {
    title: "name servers",
    route: "PUT /nodes/{node}/dns",
    params: { node: "pve1", search: "example.org", dns1: "192.0.2.200" },
    points: [
      "Name resolution of pve1: search: example.com → example.org.",
      "Name servers that the call does not name go: dns2 192.0.2.1.",
    ],
  },
  {
    title: "the hosts file",
    route: "POST /nodes/{node}/hosts",
    params: { node: "pve1", data: "127.0.0.1 localhost\n192.0.2.12 pve1\n" },
    points: [
      "The hosts file of pve1 loses 1 line and gets 1 line.",
      "Lost: “192.0.2.11 pve1.example.com pve1”.",
      "New: “192.0.2.12 pve1”.",
    ],
  },
  {
    title: "the time zone",
    route: "PUT /nodes/{node}/time",
    params: { node: "pve1", timezone: "Europe/Vienna" },
    points: ["The time zone of pve1: timezone: Etc/UTC → Europe/Vienna."],
  },
  {
    title: "a certificate",
    route: "DELETE /nodes/{node}/certificates/custom",
    params: { node: "pve1" },
    points: [
      "pve1 goes back to the certificate of the cluster's own authority.",
      "Now: pve-ssl.pem, “/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=pve1.example.com”, valid until 2028-02-18 08:54 UTC.",
      "pveproxy shows the new one when it is restarted: clients that pin the old one (PVE_FINGERPRINT of this server, if it is set) are then refused.",
    ],
    final: ["the custom certificate and its key are deleted."],
  },
  {
    title: "a package source",
    route: "PUT /nodes/{node}/apt/repositories",
    params: { node: "pve1", handle: "test" },
    points: ["Standard package source test of pve1: not set up → on."],
  },
  {
    title: "a node leaves the cluster",
    route: "DELETE /cluster/config/nodes/{node}",
    params: { node: "pve3" },
    points: [
      "pve3 is online: it has to be switched off first.",
      "Node pve3 leaves the cluster; it must be switched off and never come back as it is.",
      "Guests on it, which go with it: VM 102 (db-01), VM 105 (analytics), CT 202 (monitoring), CT 204 (wiki).",
      "2 of 2 votes stay online: the cluster keeps its quorum.",
      "Members now: pve1, pve2, pve3.",
    ],
    final: ["a node that left can only join again after it is set up anew."],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
