import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allRoutes, findEndpoint } from "../../src/schema/endpoint-table.ts";

interface Intent {
  intent: string;
  routes: string[];
}

const INTENTS = JSON.parse(
  readFileSync(new URL("./operator-intents.json", import.meta.url), "utf8"),
) as Intent[];

/** The parts of PVE an operator may ask about, as names below a path; together they hold every operation. */
const BELOW: Readonly<Record<string, string>> = {
  "": "pools storage version",
  "/access": "acl domains groups openid password permissions roles tfa ticket users",
  "/cluster":
    "acme backup backup-info bulk-action ceph config firewall ha jobs log mapping metrics nextid " +
    "notifications options qemu replication resources sdn status tasks",
  "/cluster/firewall": "aliases groups ipset macros options refs rules",
  "/cluster/ha": "groups resources rules status",
  "/cluster/mapping": "dir pci usb",
  "/cluster/notifications": "endpoints matchers targets",
  "/cluster/sdn": "controllers dns dry-run fabrics ipams lock prefix-lists rollback route-maps vnets zones",
  "/cluster/sdn/vnets/{vnet}": "firewall ips subnets",
  "/nodes/{node}":
    "aplinfo apt capabilities ceph certificates config disks dns execute firewall hardware hosts journal " +
    "lxc migrateall netstat network qemu query-oci-repo-tags query-url-metadata replication report rrd " +
    "rrddata scan sdn services spiceshell startall status stopall storage subscription suspendall syslog " +
    "tasks termproxy time version vncshell vzdump wakeonlan",
  "/nodes/{node}/ceph": "cfg cmd-safety crush fs log mds mgr mon osd pool rules status",
  "/nodes/{node}/disks": "directory initgpt list lvm lvmthin smart wipedisk zfs",
  "/nodes/{node}/lxc/{vmid}":
    "clone config firewall interfaces migrate move_volume pending remote_migrate resize rrddata snapshot " +
    "spiceproxy status template termproxy",
  "/nodes/{node}/qemu/{vmid}":
    "agent clone cloudinit config feature firewall migrate monitor move_disk pending remote_migrate resize " +
    "rrddata sendkey snapshot spiceproxy status template termproxy unlink vncproxy",
  "/nodes/{node}/storage/{storage}":
    "content download-url file-restore import-metadata oci-registry-pull prunebackups rrddata status upload",
};

const AREAS = Object.entries(BELOW).flatMap(([parent, names]) =>
  names.split(" ").map((name) => `${parent}/${name}`),
);

/** In no area: the list of nodes, indexes of folders, and what a client does for a console. */
const IN_NO_AREA = [
  "GET /nodes",
  "GET /access",
  "GET /cluster",
  "GET /nodes/{node}",
  "GET /nodes/{node}/vncwebsocket",
  "POST /access/vncticket",
];

const pathOf = (route: string) => route.slice(route.indexOf(" ") + 1);
const within = (area: string) => (route: string) =>
  pathOf(route) === area || pathOf(route).startsWith(`${area}/`);

test("every accepted operation exists, and none is named twice", () => {
  for (const { intent, routes } of INTENTS) {
    expect(routes.length, intent).toBeGreaterThan(0);
    expect(new Set(routes).size, intent).toBe(routes.length);
    for (const route of routes) expect(findEndpoint(route), `${intent}: ${route}`).toBeDefined();
  }
});

test("at least 150 intents, each asked once", () => {
  expect(INTENTS.length).toBeGreaterThanOrEqual(150);
  const asked = INTENTS.map(({ intent }) => intent.trim().toLowerCase().replace(/\s+/g, " "));
  expect(asked.filter((one, at) => asked.indexOf(one) !== at)).toEqual([]);
});

test.each(["resize a disk", "who can see this VM", "turn on maintenance", "certificate about to expire"])(
  "asks: %s",
  (asked) => {
    expect(INTENTS.some(({ intent }) => intent === asked)).toBe(true);
  },
);

test("every area of the API is asked about", () => {
  const accepted = INTENTS.flatMap(({ routes }) => routes);
  expect(AREAS.filter((area) => !accepted.some(within(area)))).toEqual([]);
});

test("the areas leave out no part of the API", () => {
  const inNone = allRoutes().filter((route) => !AREAS.some((area) => within(area)(route)));
  expect(inNone.toSorted()).toEqual(IN_NO_AREA.toSorted());
});
