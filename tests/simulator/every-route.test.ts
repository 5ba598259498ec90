import { beforeAll, describe, expect, it } from "vitest";
import { allRoutes, findEndpoint } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { allHandlers } from "../../src/simulator/all-routes.ts";
import { objects } from "../../src/simulator/config-objects.ts";
import { loggedIn } from "../support/logged-in.ts";
import { sampleParams } from "../support/sample-params.ts";
import { type Answer, simulated } from "../support/simulated.ts";

type Params = Readonly<Record<string, string | number | readonly string[]>>;

it("has a handler for every operation", () => {
  expect(allRoutes().filter((route) => !(route in allHandlers))).toEqual([]);
});

const GOTIFY = { server: "https://gotify.example.com", token: "x" };
const SMTP = { server: "mail.example.com", "from-address": "a@example.com", "mailto-user": ["root@pam"] };
const NOTIFY = "/cluster/notifications";

/** What there is to read besides the demo's own: one of everything that has a name. */
const SETUP: readonly (readonly [request: string, params: Params])[] = [
  [`POST ${NOTIFY}/endpoints/gotify`, { name: "gotify", ...GOTIFY }],
  [`POST ${NOTIFY}/endpoints/smtp`, { name: "smtp", ...SMTP }],
  [`POST ${NOTIFY}/endpoints/sendmail`, { name: "mail", "mailto-user": ["root@pam"] }],
  [`POST ${NOTIFY}/endpoints/webhook`, { name: "hook", url: "https://example.com", method: "post" }],
  [`POST ${NOTIFY}/matchers`, { name: "sample", mode: "all" }],
  ["POST /cluster/acme/plugins", { id: "sample", type: "dns", api: "cf" }],
  ["POST /cluster/mapping/dir", { id: "sample", map: ["node=pve1,path=/srv"] }],
  ["POST /cluster/mapping/pci", { id: "sample", map: ["node=pve1,path=0000:41:00.0,id=8086:1563"] }],
  ["POST /cluster/mapping/usb", { id: "sample", map: ["node=pve1,id=1234:5678"] }],
  ["POST /cluster/metrics/server/sample", { type: "graphite", server: "metrics.example.com", port: 2003 }],
  ["POST /cluster/qemu/custom-cpu-models", { cputype: "sample", "reported-model": "kvm64" }],
  ["POST /cluster/jobs/realm-sync/sample", { realm: "corp", schedule: "daily" }],
  ["POST /cluster/sdn/zones", { zone: "zone1", type: "simple" }],
  ["POST /cluster/sdn/vnets", { vnet: "vnet1", zone: "zone1" }],
  ["POST /cluster/sdn/vnets/vnet1/subnets", { subnet: "10.55.0.0/24", type: "subnet" }],
  ["PUT /cluster/sdn", {}],
  ["POST /cluster/sdn/vnets/vnet1/firewall/rules", { type: "forward", action: "ACCEPT" }],
  ["POST /nodes/pve1/disks/zfs", { name: "sample", raidlevel: "single", devices: "/dev/sdb" }],
  ...["/cluster", "/nodes/pve1/qemu/100", "/nodes/pve1/lxc/200"].flatMap((owner): [string, Params][] => [
    [`POST ${owner}/firewall/aliases`, { name: "sample", cidr: "192.0.2.5" }],
    [`POST ${owner}/firewall/ipset`, { name: "sample" }],
    [`POST ${owner}/firewall/ipset/sample`, { cidr: "192.0.2.5" }],
    [`POST ${owner}/firewall/rules`, { type: "in", action: "ACCEPT" }],
  ]),
  ["POST /nodes/pve1/firewall/rules", { type: "in", action: "ACCEPT" }],
  ["POST /nodes/pve1/qemu/100/agent/file-write", { file: "/etc/motd", content: "x" }],
];

const BACKUP = "backup/vzdump-qemu-100-2026_03_31-02_30_00.vma.zst";

/** Parameters by the end of the route, where what is common to all does not name anything there. */
const SAMPLES: readonly (readonly [route: RegExp, params: Params])[] = [
  [/\/token\/\{tokenid\}$/, { userid: "operator@pve" }],
  [/^GET \/cluster\/backup\/\{id\}/, { id: "backup-nightly" }],
  [/\/replication\/\{id\}/, { id: "203-0" }],
  [/\/groups\/\{group\}/, { group: "webserver" }],
  [/\/endpoints\/gotify\//, { name: "gotify" }],
  [/\/endpoints\/smtp\//, { name: "smtp" }],
  [/\/endpoints\/sendmail\//, { name: "mail" }],
  [/\/endpoints\/webhook\//, { name: "hook" }],
  [/\/disks\/smart$/, { disk: "/dev/sda" }],
  [/\/(qemu|lxc)\/\{vmid\}\/rrd$|\{node\}\/rrd$/, { ds: "cpu" }],
  [/\{storage\}\/rrd$/, { ds: "used" }],
  [/\/scan\/nfs$/, { server: "192.0.2.50" }],
  [/\/scan\/iscsi$/, { portal: "192.0.2.50" }],
  [/\/scan\/lvmthin$/, { vg: "pve" }],
  [/\/qemu\/\{vmid\}\/snapshot\/\{snapname\}\/config$/, { vmid: 107 }],
  [/\/lxc\/\{vmid\}\/snapshot\/\{snapname\}\/config$/, { vmid: 203, snapname: "pre-migration" }],
  [/\/query-url-metadata$/, { url: "https://example.com/x.iso" }],
  [/\/content\/\{volume\}$/, { volume: BACKUP }],
  [/\/extractconfig$/, { volume: `backup:${BACKUP}` }],
  [/\/agent\/file-read$/, { file: "/etc/motd" }],
  [/\/cfg\/value$/, { "config-keys": "global:fsid" }],
  [/\/vncwebsocket$/, { port: 5900 }],
  [/\/subnets\/\{subnet\}$/, { subnet: "zone1-10.55.0.0-24" }],
  [/\/acme\/account\/\{name\}$/, { name: "sample" }],
];

/** Refusals that PVE gives in a cluster like the demo's, by the reason for them. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  "Ceph is not installed": /^binary not installed: \/usr\/bin\/ceph-mon$/,
  "no Internet": /Temporary failure in name resolution/,
  "nobody answers at that address": /^unable to resolve address for server|^error fetching datastores/,
  "no such thing":
    /does(n't| not) exist|not found|^No such tfa entry|^no such|could not find|no fabrics|Unable to/i,
  "no ticket for a websocket": /^permission denied - invalid PVE(VNC|TUNNEL) ticket$/,
  "groups have become rules": /ha groups have been migrated to rules$/,
  "only the built-in IPAM": /^Currently only PVE IPAM is supported!$/,
  "not for that storage": /^get_identity not implemented|^invalid content type 'iso'$|Only PBS storages/,
  "not what it is asked for": /not an EVPN zone|zone is not|no such task|No such job|entry .* doesn't exist/,
};

const known = ({ message = "", errors = {} }: Answer): boolean => {
  const texts = [message.trim(), ...Object.values(errors)];
  return Object.values(REFUSALS).some((reason) => texts.some((text) => reason.test(text)));
};

/** Where a description and PVE differ: what is described as an object, an array or a text may be nothing. */
const MAY_BE_NULL = new Set(["GET /cluster/config/totem", "GET /cluster/sdn/lock"]);

const TYPES: Readonly<Record<string, (data: unknown) => boolean>> = {
  array: Array.isArray,
  object: (data) => typeof data === "object" && data !== null && !Array.isArray(data),
  string: (data) => typeof data === "string" || typeof data === "number",
  integer: (data) => /^-?\d+$/.test(String(data)),
  null: (data) => data === null,
};

const READS = (allRoutes() as Route[]).filter((route) => route.startsWith("GET "));

describe("every read of the demo cluster", () => {
  const answers = new Map<Route, Answer>();

  beforeAll(async () => {
    const sim = simulated();
    const root = loggedIn(sim);
    for (const [request, params] of SETUP) {
      const { status, message, errors } = await sim.call(request, params);
      if (status !== 200) throw new Error(`${request}: ${message} ${JSON.stringify(errors)}`);
      sim.clock.advance(60);
    }
    objects(sim.world, "acme-accounts").set("sample", { directory: "https://acme.example.com" });
    for (const route of READS) {
      const special = SAMPLES.filter(([pattern]) => pattern.test(route)).map(([, params]) => params);
      const params: Record<string, unknown> = Object.assign({}, sampleParams(route), ...special);
      const path = route.slice("GET ".length).replace(/\{([^}]+)\}/g, (_, name: string) => {
        const value = String(params[name]);
        delete params[name];
        return name === "volume" ? value : encodeURIComponent(value);
      });
      const sent = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
      answers.set(route, await root(`GET ${path}`, sent));
    }
  });

  it("is answered, or refused as PVE would", () => {
    const wrong = [...answers].filter(([, answer]) => answer.status !== 200 && !known(answer));
    expect(wrong.map(([route, { status, message, errors }]) => [route, status, message, errors])).toEqual([]);
    expect([...answers.values()].filter(({ status }) => status === 501)).toEqual([]);
  });

  it("finds most of what it names", () => {
    const good = [...answers.values()].filter(({ status }) => status === 200);
    expect(good.length / READS.length).toBeGreaterThan(0.8);
  });

  it("gives the type of answer that PVE describes", () => {
    const wrong = [...answers].filter(([route, { status, data }]) => {
      const check = TYPES[findEndpoint(route)?.returns ?? ""];
      return status === 200 && check && !check(data) && !(data === null && MAY_BE_NULL.has(route));
    });
    expect(wrong.map(([route, { data }]) => [route, data])).toEqual([]);
  });
});
