import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { RecordSettings, Safety } from "../config/config.ts";
import { createPveClient, type PveClientOptions } from "../pve/client.ts";
import { descriptionCache } from "../pve/description/description-cache.ts";
import { type LiveDescription, liveDescription } from "../pve/description/live-description.ts";
import type { Guard } from "../pve/guard.ts";
import { GuestInventory } from "../pve/guests.ts";
import { realPace } from "../pve/pace.ts";
import { createVersionGate, type Describes } from "../pve/version-gate.ts";
import { type ChangeRecord, createRecord } from "../record/record.ts";
import { createRedactor } from "../render/redactor.ts";
import { paramOf } from "../schema/endpoint-table.ts";
import { newKey, UsedCodes } from "./code.ts";
import type { ClusterParts, HostParts } from "./parts.ts";

/** What all calls to a cluster share, whoever makes them. */
export interface ClusterCore {
  /** All of a client but the tier. */
  readonly client: Omit<PveClientOptions, "tier">;
  readonly guests: GuestInventory;
  readonly description: LiveDescription;
  /** Absent: changes are not recorded. */
  readonly record: ChangeRecord | undefined;
  /** Tells our record from those of servers that share our key; absent: there are none. */
  readonly recordTag?: string;
  /** Makes codes and task ids that nobody else can. */
  readonly key: Buffer;
  /** Unix milliseconds for what the key seals; a clock that replicas share where they share the key. */
  readonly sealTime: () => number;
  readonly used: UsedCodes;
  /** UPIDs of jobs that calls of ours have started. */
  readonly started: Set<string>;
}

/** The cores of all clusters, by name. */
export async function createCores(parts: HostParts): Promise<ReadonlyMap<string, ClusterCore>> {
  const pace = parts.pace ?? realPace;
  const key = parts.stateKey ?? newKey();
  const used = new UsedCodes();
  const redact = createRedactor(parts.secrets);
  const fault = (error: Error) => parts.log(`The record of changes: ${redact(error.message)}`);
  const records = new Map<string, ChangeRecord>();
  // Clusters that name one file share its record.
  const recordOf = (settings: RecordSettings): ChangeRecord => {
    const record = records.get(settings.path) ?? createRecord(settings, { fault });
    records.set(settings.path, record);
    return record;
  };
  const cores = await Promise.all(
    parts.clusters.map(async (cluster): Promise<[string, ClusterCore]> => {
      const { safety } = cluster;
      const guard = await guardOf(safety, cluster.tokenId);
      const description = liveDescription({
        transport: cluster.transport,
        pve: createPveClient({ ...cluster, tier: "read-only" }),
        cluster: cluster.name,
        now: () => pace.now(),
        cache: parts.cacheFolder === undefined ? undefined : descriptionCache(parts.cacheFolder),
      });
      const client = {
        transport: cluster.transport,
        authorization: cluster.authorization,
        timeoutMs: cluster.timeoutMs,
        gate: createVersionGate(() => pace.now(), describesFrom(description)),
        ...(guard ? { guard } : {}),
      };
      const core = {
        client,
        guests: new GuestInventory(createPveClient({ ...client, tier: "read-only" })),
        description,
        record: safety.record && recordOf(safety.record),
        ...(parts.stateKey && safety.record ? { recordTag: tagOf(safety.record) } : {}),
        key,
        sealTime: parts.stateKey ? Date.now : () => pace.now(),
        used,
        started: new Set<string>(),
      };
      return [cluster.name, core];
    }),
  );
  return new Map(cores);
}

/** The same for a record as long as it stays on its machine: entries of two records have the same numbers. */
const tagOf = ({ path }: RecordSettings): string =>
  createHash("sha256").update(`${hostname()}\n${path}`).digest("hex").slice(0, 6);

/** The core of a cluster. Throws for one that was not among those the cores were made for. */
export function coreOf(
  cores: ReadonlyMap<string, ClusterCore>,
  { name }: Pick<ClusterParts, "name">,
): ClusterCore {
  const core = cores.get(name);
  if (!core) throw new Error(`There is no cluster ${name}.`);
  return core;
}

/** What the node's description says to a doubt of the gate's; the description is fetched for that alone. */
const describesFrom =
  (description: LiveDescription): Describes =>
  async (route, param) => {
    const endpoint = (await description.read())?.endpoints.get(route);
    return param === undefined ? endpoint !== undefined : endpoint && paramOf(endpoint, param) !== undefined;
  };

/** The bounds, loaded only where some are set. */
async function guardOf(safety: Safety, tokenId: string): Promise<Guard | undefined> {
  const { protected: kept, allowed, freezeFile } = safety;
  if (kept.length === 0 && allowed === undefined && freezeFile === undefined) return undefined;
  return (await import("../pve/bounds/bounds-guard.ts")).createBoundsGuard(safety, { tokenId });
}
