import {
  type Inverse,
  inverseOf,
  type MadeChange,
  type NowRead,
  presentRead,
  recordedRead,
} from "../../src/plan/inverse/inverse.ts";
import { createPveClient } from "../../src/pve/client.ts";
import type { Json, Row } from "../../src/pve/data.ts";
import { PveError } from "../../src/pve/errors.ts";
import { redactData } from "../../src/render/redact.ts";
import type { Route } from "../../src/schema/routes.gen.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { withPending } from "../../src/simulator/guests.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { World } from "../../src/simulator/world.ts";
import { MORNING } from "./simulated.ts";
import { simulatorTransport } from "./simulator-transport.ts";

type Params = Readonly<Record<string, unknown>>;

/** Longer than any task of the demo takes. */
const TASK_SECONDS = 120;

/** A simulated cluster on which changes are made as the pipeline makes them, and taken back. */
export function undoWorld() {
  const clock = new VirtualClock(MORNING);
  const world: World = clusterWorld(clock);
  const { id, secret } = DEMO_TOKENS.admin;
  const client = createPveClient({
    transport: simulatorTransport(world).transport,
    authorization: `PVEAPIToken=${id}=${secret}`,
    timeoutMs: 30_000,
    tier: "full",
  });

  const look = async (read: NowRead | undefined, params: Params): Promise<Row | undefined> => {
    if (!read) return undefined;
    try {
      const { data } = await client.call(read.read, read.params(params) as never);
      return read.pick(redactData(read.read, data) as Json, params);
    } catch (error) {
      if (error instanceof PveError) return undefined;
      throw error;
    }
  };
  const send = async (route: Route, params: Params): Promise<void> => {
    await client.call(route, params as never);
    clock.advance(TASK_SECONDS);
    // Tasks end when somebody asks.
    await client.call("GET /version", {});
  };

  /** Makes a change: what the record has of it. Throws a PveError where PVE refuses it. */
  const make = async (route: Route, params: Params): Promise<MadeChange> => {
    const checked = await client.check(route, params as never);
    const before = await look(recordedRead(route), checked.params);
    await send(route, checked.params);
    const kept = redactData(route, checked.params) as Params;
    // As JSON, which is how the record keeps it.
    return JSON.parse(JSON.stringify({ route, params: kept, before })) as MadeChange;
  };
  const now = (change: MadeChange): Promise<Row | undefined> =>
    look(presentRead(change.route), change.params);
  const inverse = async (change: MadeChange): Promise<Inverse> => inverseOf(change, await now(change));
  /** Takes a change back: the changes by which that is done. Throws where there is no way. */
  const undo = async (change: MadeChange): Promise<readonly MadeChange[]> => {
    const found = await inverse(change);
    if (found.kind === "none") throw new Error(found.why);
    const made: MadeChange[] = [];
    for (const { route, params, recheck } of found.requests) {
      const checked = recheck?.((await now(change)) ?? {}) ?? {};
      if (typeof checked === "string") throw new Error(checked);
      made.push(await make(route, { ...params, ...checked }));
    }
    return made;
  };
  return { world, clock, make, now, inverse, undo, look };
}

/** What is configured, without what a change of it leaves behind: volumes, `unused` settings, an order that means nothing. */
export function configured(world: World): unknown {
  const guests = [...world.guests.values()].map((guest) => ({
    vmid: guest.vmid,
    status: guest.status,
    snapshots: [...guest.snapshots.values()].map(({ name, description }) => [name, description]),
    config: Object.fromEntries(
      Object.entries(withPending(guest)).filter(([key]) => !key.startsWith("unused")),
    ),
  }));
  const sorted = (values: Iterable<unknown>) => [...values].map((value) => JSON.stringify(value)).sort();
  return plain({
    guests,
    // The key that may go without its name.
    options: { ...world.options, migration: String(world.options.migration ?? "").replace(/^type=/, "") },
    firewall: world.firewall,
    storages: new Map([...world.storages].map(([name, { type, config }]) => [name, { type, config }])),
    acl: sorted(world.access.acl),
    users: [...world.access.users.values()].map((user) => ({ ...user, groups: [...user.groups].sort() })),
    roles: world.access.roles,
    domains: world.access.domains,
    nodes: [...world.nodes.values()].map(({ dns, timezone, config, services }) => ({
      dns,
      timezone,
      config,
      services,
    })),
    pools: new Map(
      [...world.pools].map(([name, { comment, vms, storages }]) => [
        name,
        { comment, vms: sorted(vms), storages: sorted(storages) },
      ]),
    ),
    jobs: world.backupJobs,
    ha: world.ha,
    objects: world.objects,
  });
}

/** Maps as objects, keys in order, empty texts and what is off left out: a file without them says the same. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return String(value).trimEnd();
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== "" && field !== undefined)
      .map(([key, field]) => [key, plain(field)] as const)
      .filter(([, field]) => typeof field === "string" || Object.keys(field ?? {}).length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
