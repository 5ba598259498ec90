import type { Route } from "../../schema/routes.gen.ts";
import { flag, type Json, list, num, type Row, record, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";
import type { GuardRead } from "../guard.ts";

/** A guest as the inventory shows it. */
export interface SeenGuest {
  readonly vmid: number;
  readonly type: "qemu" | "lxc";
  readonly node: string;
  /** Absent: in none, or in one that the token may not see. */
  readonly pool?: string;
  readonly tags: readonly string[];
  /** HA manages it. */
  readonly managed: boolean;
}

/** A storage on a node. */
interface SeenStorage {
  readonly name: string;
  readonly node: string;
  readonly shared: boolean;
  readonly available: boolean;
}

/** What the token sees of the cluster. */
export interface Inventory {
  readonly guests: ReadonlyMap<number, SeenGuest>;
  readonly nodes: ReadonlySet<string>;
  readonly pools: readonly string[];
  readonly storages: readonly SeenStorage[];
}

function guestOf(row: Row): readonly [number, SeenGuest][] {
  const [vmid, node, type, pool] = [num(row, "vmid"), str(row, "node"), str(row, "type"), str(row, "pool")];
  if (vmid === undefined || node === undefined || (type !== "qemu" && type !== "lxc")) return [];
  const tags = list(str(row, "tags"));
  const managed = str(row, "hastate") !== undefined;
  return [[vmid, { vmid, type, node, tags, managed, ...(pool === undefined ? {} : { pool }) }]];
}

const ofType = (data: Json, type: string): readonly Row[] =>
  rows(data).filter((row) => str(row, "type") === type);

const namesOf = (found: readonly Row[], key: string): readonly string[] =>
  found.flatMap((row) => str(row, key) ?? []);

function inventoryOf(data: Json): Inventory {
  return {
    guests: new Map(rows(data).flatMap(guestOf)),
    nodes: new Set(namesOf(ofType(data, "node"), "node")),
    pools: namesOf(ofType(data, "pool"), "pool"),
    storages: ofType(data, "storage").flatMap((row) => {
      const [name, node] = [str(row, "storage"), str(row, "node")];
      if (name === undefined || node === undefined) return [];
      return [{ name, node, shared: flag(row, "shared"), available: str(row, "status") === "available" }];
    }),
  };
}

type GetRoute = Extract<Route, `GET ${string}`>;

/** What a decision looks up, each thing once; nothing is kept beyond the decision. Failures are PveErrors. */
export class LookUps {
  readonly #read: GuardRead;
  readonly #signal: AbortSignal | undefined;
  readonly #made = new Map<string, Promise<Json>>();
  #inventory: Promise<Inventory> | undefined;

  /** @param resources an answer of GET /cluster/resources that has just arrived and shows every guest */
  constructor(read: GuardRead, signal?: AbortSignal, resources?: Json) {
    this.#read = read;
    this.#signal = signal;
    if (resources !== undefined) this.#inventory = Promise.resolve(inventoryOf(resources));
  }

  /** The data of an answer, asked for once. */
  get(route: GetRoute, params: Readonly<Record<string, unknown>> = {}): Promise<Json> {
    const key = `${route} ${JSON.stringify(params)}`;
    const made = this.#made.get(key) ?? this.#read(route, params, this.#signal).then(({ data }) => data);
    this.#made.set(key, made);
    return made;
  }

  /** Guests, nodes, pools and storages at once (GET /cluster/resources). */
  inventory(): Promise<Inventory> {
    this.#inventory ??= this.get("GET /cluster/resources").then(inventoryOf);
    return this.#inventory;
  }

  /** Is the VMID taken? Whoever may not see the guest is told, too (PVE::API2::Cluster nextid). */
  async exists(vmid: number): Promise<boolean> {
    try {
      await this.get("GET /cluster/nextid", { vmid });
      return false;
    } catch (error) {
      if (error instanceof PveError && (error.kind === "parameter" || error.kind === "exists")) return true;
      throw error;
    }
  }

  /**
   * Does the token have the privilege on this ACL path and everywhere below, as far as it is told (GET
   * /access/permissions)? A path below that takes all privileges away is not shown to it.
   */
  async holdsBelow(path: string, privilege: string): Promise<boolean> {
    const permissions = record(await this.get("GET /access/permissions"));
    const here = (at: string) => record(permissions[at]);
    const above = (at: string): string => at.slice(0, at.lastIndexOf("/")) || "/";
    let nearest = path;
    while (nearest !== "/" && !Object.hasOwn(permissions, nearest)) nearest = above(nearest);
    // The value says whether the privilege reaches the paths below.
    if (!flag(here(nearest), privilege)) return false;
    return Object.keys(permissions).every((at) => !at.startsWith(`${path}/`) || privilege in here(at));
  }

  /** VMIDs whose volumes or, with `backups`, only whose backups lie on a storage; undefined when it shows on no node. */
  async ownersOn(storage: string, backups: boolean): Promise<ReadonlySet<number> | undefined> {
    const found = (await this.inventory()).storages.filter(({ name }) => name === storage);
    if (found.length === 0) return undefined;
    // A shared storage shows the same wherever it is looked at.
    const one = found.find(({ available }) => available) ?? found[0];
    const places = found.every(({ shared }) => shared) ? found.filter((place) => place === one) : found;
    const contents = await Promise.all(
      places.map(({ node }) => this.get("GET /nodes/{node}/storage/{storage}/content", { node, storage })),
    );
    const volumes = contents.flatMap(rows).filter((row) => !backups || str(row, "content") === "backup");
    return new Set(volumes.flatMap((row) => num(row, "vmid") ?? []));
  }

  /** Storages that are members of a pool. */
  async poolStorages(pool: string): Promise<readonly string[]> {
    const found = rows(await this.get("GET /pools", { poolid: pool }));
    return namesOf(
      found.flatMap((row) => ofType(row.members ?? null, "storage")),
      "storage",
    );
  }

  /** A backup job's settings. */
  async backupJob(id: string): Promise<Row> {
    return record(await this.get("GET /cluster/backup/{id}", { id }));
  }

  /** An HA rule as it is. */
  async haRule(rule: string): Promise<Row> {
    return record(await this.get("GET /cluster/ha/rules/{rule}", { rule }));
  }

  /** Every HA rule; none where PVE has no rules yet (before 9.0). */
  async haRules(): Promise<readonly Row[]> {
    try {
      return rows(await this.get("GET /cluster/ha/rules"));
    } catch (error) {
      if (error instanceof PveError && error.kind === "not-implemented") return [];
      throw error;
    }
  }

  /** An HA group with its nodes (until PVE 8). */
  async haGroup(group: string): Promise<Row> {
    return record(await this.get("GET /cluster/ha/groups/{group}", { group }));
  }

  /** Every HA resource. */
  async haResources(): Promise<readonly Row[]> {
    return rows(await this.get("GET /cluster/ha/resources"));
  }

  /** What a backup on this node does where the call does not say (PVE::API2::VZDump defaults). */
  async backupDefaults(node: string, storage: string | undefined): Promise<Row> {
    const params = storage === undefined ? { node } : { node, storage };
    return record(await this.get("GET /nodes/{node}/vzdump/defaults", params));
  }
}
