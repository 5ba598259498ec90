import { list, mayAny, need, settings } from "../args.ts";
import { objects } from "../config-objects.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import type { Json, JsonObject, World } from "../world.ts";

const models = (world: World): Map<string, JsonObject> => objects(world, "cpu-models");
const digest = (world: World): string => digestOf(models(world));

/** A model's name with or without its prefix. */
const nameOf = (call: SimCall): string => need(call, "cputype").replace(/^custom-/, "");

const maySee = (call: SimCall, name: string): boolean =>
  mayAny(call, `/mapping/cpu/${name}`, "Mapping.Modify", "Mapping.Use", "Mapping.Audit");

const shown = (name: string, config: JsonObject): JsonObject => ({ cputype: `custom-${name}`, ...config });

function update(call: SimCall): Json {
  const dropped = list(call, "delete");
  for (const key of ["cputype", "reported-model"]) if (dropped.includes(key)) die(`cannot delete '${key}'`);
  const name = nameOf(call);
  assertDigest(call, digest(call.world));
  const old = models(call.world).get(name) ?? die(`custom CPU model '${name}' does not exist`);
  const changes = settings(call, "cputype");
  const both = dropped.find((key) => changes[key] !== undefined);
  if (both !== undefined) die(`cannot set and delete property '${both}' at the same time!`);
  const kept = Object.entries({ ...old, ...changes }).filter(([key]) => !dropped.includes(key));
  models(call.world).set(name, Object.fromEntries(kept));
  return null;
}

/** What a node offers, the cluster's own models among it. */
const BUILT_IN: readonly (readonly [name: string, vendor: string])[] = [
  ["x86-64-v2-AES", "default"],
  ["x86-64-v3", "default"],
  ["host", "default"],
  ["EPYC-Rome", "AuthenticAMD"],
  ["EPYC-Milan", "AuthenticAMD"],
  ["Cascadelake-Server", "GenuineIntel"],
];

function offered(call: SimCall): Json {
  const all = call.may("/nodes", "Sys.Audit");
  const vendors = new Map(BUILT_IN);
  const custom = [...models(call.world)].filter(([name]) => all || maySee(call, name));
  return [
    ...BUILT_IN.map(([name, vendor]) => ({
      name,
      vendor,
      custom: 0,
      ...(name.startsWith("x86-64-") ? { abstract: 1 } : {}),
    })),
    ...custom.map(([name, config]) => ({
      name: `custom-${name}`,
      custom: 1,
      vendor: vendors.get(String(config["reported-model"])) ?? "default",
    })),
  ];
}

/** Custom CPU models (PVE::API2::Cluster::Qemu::CustomCPUModels), and all that a node offers. */
export const cpuModelRoutes: Handlers = {
  "GET /cluster/qemu/custom-cpu-models": (call) =>
    [...models(call.world)]
      .filter(([name]) => maySee(call, name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, config]) => ({ ...shown(name, config), digest: digest(call.world) })),
  "GET /cluster/qemu/custom-cpu-models/{cputype}": (call) => {
    const name = nameOf(call);
    const config = models(call.world).get(name) ?? die(`Custom cputype '${name}' not found`);
    const set = Object.entries(config).filter(([, value]) => value !== 0 && value !== "");
    return { ...shown(name, Object.fromEntries(set)), digest: digest(call.world) };
  },
  "POST /cluster/qemu/custom-cpu-models": (call) => {
    const name = nameOf(call);
    if (models(call.world).has(name)) die(`custom CPU model '${name}' already exists`);
    models(call.world).set(name, settings(call, "cputype"));
    return null;
  },
  "PUT /cluster/qemu/custom-cpu-models/{cputype}": update,
  "DELETE /cluster/qemu/custom-cpu-models/{cputype}": (call) => {
    const name = nameOf(call);
    if (!models(call.world).delete(name)) die(`custom CPU model '${name}' does not exist`);
    return null;
  },
  "GET /nodes/{node}/capabilities/qemu/cpu": offered,
};
