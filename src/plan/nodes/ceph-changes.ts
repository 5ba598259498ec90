import { flag, type Json, record, rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { changeOf, creationOf, named } from "../cluster/configuration-object.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { listing, listings } from "../point.ts";
import { contentsOf, disksOwners, ownerNames } from "../storage/storage-contents.ts";
import type { Finding, Look, Step, Topic, TopicTable } from "../topic.ts";
import { refusal } from "../wording.ts";
import { statement } from "./node-system.ts";

/** A service of Ceph that a step stops or destroys, for PVE's own check. */
interface Stopping {
  readonly service: "osd" | "mon" | "mds";
  readonly id: string;
  readonly action: "stop" | "destroy";
}

const SERVICES = ["osd", "mon", "mds"] as const;

/** The service of a path or of a `service` parameter such as `osd.3`; undefined where PVE has no check for it. */
function stoppingOf({ route, params }: Step): Stopping | undefined {
  if (route.endsWith("/ceph/stop") || route.endsWith("/ceph/restart")) {
    const [service, id] = settingText(params.service).split(".");
    const known = SERVICES.find((name) => name === service);
    return known === undefined || id === undefined ? undefined : { service: known, id, action: "stop" };
  }
  if (!route.startsWith("DELETE")) return undefined;
  if (route.includes("/ceph/osd/"))
    return { service: "osd", id: settingText(params.osdid), action: "destroy" };
  if (route.includes("/ceph/mon/"))
    return { service: "mon", id: settingText(params.monid), action: "destroy" };
  return route.includes("/ceph/mds/")
    ? { service: "mds", id: settingText(params.name), action: "destroy" }
    : undefined;
}

/** How Ceph says it is: `HEALTH_OK`. */
const healthPoint = (data: Json | undefined): readonly string[] => {
  const health = str(record(record(data).health), "status");
  return health === undefined ? ["Ceph's health could not be read."] : [`Ceph now: ${health}.`];
};

/** PVE's own check of whether data stays available. */
async function safetyPoint(
  look: Look,
  node: string,
  stopping: Stopping | undefined,
): Promise<readonly string[]> {
  if (!stopping) return [];
  const { service, id, action } = stopping;
  const data = await look.tryRead("GET /nodes/{node}/ceph/cmd-safety", { node, service, id, action });
  if (data === undefined) return [`Whether ${service}.${id} can be spared could not be read.`];
  const { safe, status } = { safe: flag(record(data), "safe"), status: str(record(data), "status") ?? "" };
  return [
    `By PVE's check it is ${safe ? "safe" : "NOT SAFE"} to ${action} ${service}.${id}${status === "" ? "" : `: ${quoted(status)}`}.`,
  ];
}

/** A service of Ceph that is started, stopped, taken out or destroyed. */
const service =
  (what: (params: Step["params"]) => string, final?: string): Topic =>
  async (step, look): Promise<Finding> => {
    const node = settingText(step.params.node);
    const [status, safety] = await Promise.all([
      look.tryRead("GET /cluster/ceph/status", {}),
      safetyPoint(look, node, stoppingOf(step)),
    ]);
    return {
      points: [...safety, `On ${node}: ${what(step.params)}.`, ...healthPoint(status)],
      ...(final === undefined ? {} : { final }),
    };
  };

/** A pool or a file system of Ceph that goes, and the storages and guests on it. */
const dataRemoval =
  (type: "rbd" | "cephfs", field: string, noun: string): Topic =>
  async ({ params }, look): Promise<Finding> => {
    const name = settingText(params.name);
    const all = await look.tryRead("GET /storage", {});
    const storages = rows(all)
      // With monitors of its own it is another cluster's.
      .filter((row) => str(row, "type") === type && str(row, field) === name && row.monhost === undefined)
      .flatMap((row) => str(row, "storage") ?? []);
    const contents = await Promise.all(storages.slice(0, 4).map((storage) => contentsOf(look, storage)));
    const vmids = disksOwners(contents.flatMap(({ volumes }) => volumes));
    return {
      points: [
        // PVE::API2::Ceph::Pool destroypool.
        ...refusal([
          type === "rbd" && vmids.length > 0 && !isOn(params, "force")
            ? `guests have disks in pool ${name}, and force is not set`
            : undefined,
        ]),
        ...listings("Guests whose disks are destroyed", await ownerNames(look, vmids)),
        `Ceph ${noun} ${name} is destroyed.`,
        all === undefined
          ? "Which storages lie on it could not be read."
          : listing("Storages that lie on it", storages),
      ],
      state: { [`ceph ${noun} ${name}`]: { storages: [...storages].sort(), guests: [...vmids] } },
      name,
      final: `all data in ${noun} ${name} is gone.`,
    };
  };

const osd = ({ osdid }: Step["params"]): string => `OSD ${settingText(osdid)}`;
const serviceName = (params: Step["params"]): string => textOf(params, "service") ?? "all of Ceph";

/** Ceph on the nodes, and its flags. */
export const CEPH_TOPICS: TopicTable = {
  "PUT /cluster/ceph/flags": [changeOf("Ceph's flags")],
  "PUT /cluster/ceph/flags/{flag}": [changeOf(named("Ceph's flag", "flag"))],
  "POST /nodes/{node}/ceph/init": [
    statement(
      ({ node, network }) =>
        `Ceph's configuration is written on ${settingText(node)}${network === undefined ? "" : `, network ${settingText(network)}`}; one that is there already is kept.`,
    ),
  ],
  "POST /nodes/{node}/ceph/fs/{name}": [
    creationOf({
      label: named("Ceph file system", "name"),
      list: "GET /nodes/{node}/ceph/fs",
      where: ({ node }) => ({ node }),
      key: "name",
    }),
  ],
  "DELETE /nodes/{node}/ceph/fs/{name}": [dataRemoval("cephfs", "fs-name", "file system")],
  "POST /nodes/{node}/ceph/mds/{name}": [
    service(({ name }) => `metadata server ${settingText(name)} is made`),
  ],
  "DELETE /nodes/{node}/ceph/mds/{name}": [
    service(({ name }) => `metadata server ${settingText(name)} is destroyed`),
  ],
  "POST /nodes/{node}/ceph/mgr/{id}": [service(({ id }) => `manager ${settingText(id)} is made`)],
  "DELETE /nodes/{node}/ceph/mgr/{id}": [service(({ id }) => `manager ${settingText(id)} is destroyed`)],
  "POST /nodes/{node}/ceph/mon/{monid}": [service(({ monid }) => `monitor ${settingText(monid)} is made`)],
  "DELETE /nodes/{node}/ceph/mon/{monid}": [
    service(({ monid }) => `monitor ${settingText(monid)} is destroyed`),
  ],
  "DELETE /nodes/{node}/ceph/osd/{osdid}": [
    service((params) => `${osd(params)} is destroyed`, "the copies of data on the OSD are gone."),
  ],
  "POST /nodes/{node}/ceph/osd/{osdid}/in": [
    service((params) => `${osd(params)} is given data again, which is moved to it`),
  ],
  "POST /nodes/{node}/ceph/osd/{osdid}/out": [
    service((params) => `${osd(params)} is emptied: its data is moved to others, which need the room`),
  ],
  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": [service((params) => `${osd(params)} is checked`)],
  "POST /nodes/{node}/ceph/pool": [
    creationOf({
      label: named("Ceph pool", "name"),
      list: "GET /nodes/{node}/ceph/pool",
      where: ({ node }) => ({ node }),
      key: "pool_name",
      param: "name",
    }),
  ],
  "PUT /nodes/{node}/ceph/pool/{name}": [changeOf(named("Ceph pool", "name"))],
  "DELETE /nodes/{node}/ceph/pool/{name}": [dataRemoval("rbd", "pool", "pool")],
  "POST /nodes/{node}/ceph/restart": [
    service((params) => `${serviceName(params)} is stopped and started again`),
  ],
  "POST /nodes/{node}/ceph/start": [service((params) => `${serviceName(params)} is started`)],
  "POST /nodes/{node}/ceph/stop": [service((params) => `${serviceName(params)} is stopped`)],
};
