import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matchRoute } from "../simulator/router.ts";
import { allRoutes, findEndpoint } from "./endpoint-table.ts";
import type { Route } from "./routes.gen.ts";
import { startsTask, WORKERS } from "./workers.ts";

const listed = Object.keys(WORKERS) as Route[];

/** Routes whose text is no UPID: an address, a token, a volume, what the monitor printed. */
const OTHER_TEXTS = [
  "POST /access/openid/auth-url",
  "POST /cluster/sdn/lock",
  "POST /nodes/{node}/qemu/{vmid}/monitor",
  "POST /nodes/{node}/replication/{id}/schedule_now",
  "POST /nodes/{node}/storage/{storage}/content",
  "POST /nodes/{node}/wakeonlan",
];

interface Recorded {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const recorded: Recorded[] = readFileSync(
  new URL("../../tests/simulator/recorded-9.2.11.jsonl", import.meta.url),
  "utf8",
)
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recorded);

/** Calls of the recording that a UPID answered, with its type and id. */
const started = recorded.flatMap(({ id, method, path, params, body }) => {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  const [, , , , , type = "", task = ""] = typeof data === "string" ? data.split(":") : [];
  const match = matchRoute(method, decodeURIComponent(path));
  if (type === "" || !match || !String(data).startsWith("UPID:")) return [];
  return [{ id, route: match.route as Route, params: { ...params, ...match.placeholders }, type, task }];
});

describe("the table of workers", () => {
  it("names routes that exist", () => {
    const known = new Set(allRoutes());
    expect(listed.filter((route) => !known.has(route))).toEqual([]);
  });

  it("names every write whose answer PVE's description calls a string, but for those that are no UPID", () => {
    const texts = allRoutes().filter(
      (route) => !route.startsWith("GET ") && findEndpoint(route)?.returns === "string",
    );
    expect(texts.filter((route) => !startsTask(route))).toEqual(OTHER_TEXTS);
  });

  it("agrees with the UPIDs a real PVE answered", () => {
    expect(started.length).toBeGreaterThan(40);
    for (const { id, route, params, type, task } of started) {
      expect([id, WORKERS[route]?.types.includes(type)]).toEqual([id, true]);
      expect([id, WORKERS[route]?.id(params)]).toEqual([id, task]);
    }
  });

  it.each<[Route, Record<string, unknown>, string | undefined]>([
    ["POST /nodes/{node}/vzdump", { vmid: "100" }, "100"],
    ["POST /nodes/{node}/vzdump", { vmid: "100,101" }, undefined],
    ["POST /nodes/{node}/vzdump", { all: 1 }, undefined],
    ["POST /nodes/{node}/qemu/{vmid}/move_disk", { vmid: 100, disk: "scsi0", storage: "tank" }, "100"],
    [
      "POST /nodes/{node}/qemu/{vmid}/move_disk",
      { vmid: 100, disk: "scsi1", "target-vmid": 101 },
      "100-scsi1>101-scsi1",
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/move_volume",
      { vmid: 200, volume: "mp0", "target-vmid": 201, "target-volume": "mp3" },
      "200-mp0>201-mp3",
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
      { storage: "pbs", volume: "pbs:backup/vm/100/2026-01-02T03:04:05Z" },
      "100@pbs",
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
      { storage: "local-lvm", volume: "vm-100-disk-0" },
      "100@local-lvm",
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
      { storage: "local", volume: "local:iso/vm-100-x.iso" },
      "local",
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
      { storage: "tank", volume: "tank:base-9000-disk-0/subvol-100-disk-0" },
      "100@tank",
    ],
    ["DELETE /nodes/{node}/storage/{storage}/prunebackups", { storage: "tank" }, "tank"],
    ["DELETE /nodes/{node}/storage/{storage}/prunebackups", { storage: "tank", vmid: 100 }, "100@tank"],
    ["POST /nodes/{node}/storage/{storage}/download-url", { filename: "/x/a b.iso" }, "a_b.iso"],
    [
      "POST /nodes/{node}/storage/{storage}/oci-registry-pull",
      { reference: "docker.io/library/alpine:3.23" },
      "alpine_3.23.tar",
    ],
    ["PUT /nodes/{node}/network", {}, "networking"],
    ["POST /nodes/{node}/services/{service}/reload", { service: "pvestatd" }, "pvestatd"],
    ["PUT /nodes/{node}/disks/wipedisk", { disk: "/dev/sdb" }, "sdb"],
    ["POST /nodes/{node}/ceph/stop", {}, "ceph"],
    ["POST /nodes/{node}/ceph/mon/{monid}", { monid: "pve1" }, "mon.pve1"],
    ["DELETE /nodes/{node}/disks/lvmthin/{name}", { name: "data", "volume-group": "pve" }, "pve-data"],
  ])("%s %o has the id %s", (route, params, id) => {
    expect(WORKERS[route]?.id(params)).toBe(id);
  });

  it("says which calls are answered by a UPID only sometimes", () => {
    expect(listed.filter((route) => WORKERS[route]?.some)).toEqual([
      "POST /nodes/{node}/qemu/{vmid}/config",
      "POST /nodes/{node}/lxc/{vmid}/template",
      "POST /nodes/{node}/vzdump",
      "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    ]);
    expect(startsTask("GET /nodes")).toBe(false);
    expect(startsTask("toString")).toBe(false);
  });
});
