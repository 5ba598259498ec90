import type { Route } from "../schema/routes.gen.ts";
import type { Arguments } from "./operation.ts";

/** The two kinds of guests, as PVE names them. */
export type GuestType = "qemu" | "lxc";

/** A guest is read, saved (a snapshot, a backup: it stays as it is), or anything else. */
export type GuestHow = "read" | "save" | "change";

/** What happens to a storage. */
export type StorageHow =
  | "read" // what it holds or is, is told
  | "use" // a file on it is named: an ISO image, a template
  | "save" // a backup is written to it
  | "allocate" // a guest's volume is put on it
  | "volumes" // guests' volumes or backups on it are destroyed or rewritten
  | "content" // files on it that are no guest's, or backups of all
  | "definition"; // its entry in the storage configuration

/** A node is read, is the place a guest is put, or anything else. */
export type NodeHow = "read" | "place" | "change";

export type PoolHow = "read" | "change";

/** What a call reaches, as far as its route and arguments tell; what they leave open is named to be looked up. */
export type Touch =
  | {
      readonly kind: "guest";
      readonly vmid: number;
      /** Absent: the call does not say. */
      readonly type?: GuestType;
      readonly how: GuestHow;
    }
  | {
      readonly kind: "new-guest";
      readonly vmid: number;
      readonly type: GuestType;
      readonly node?: string;
      readonly pool?: string;
      readonly tags: readonly string[];
      /** The guest whose tags it gets besides. */
      readonly tagsOf?: number;
    }
  | { readonly kind: "every-guest"; readonly but: readonly number[]; readonly how: GuestHow }
  | {
      readonly kind: "guests-of-node";
      readonly name: string;
      readonly but: readonly number[];
      readonly how: GuestHow;
    }
  | { readonly kind: "guests-of-pool"; readonly name: string; readonly how: GuestHow }
  /** The storages a guest's volumes lie on; `snapshot`: those of this snapshot too. */
  | {
      readonly kind: "guest-storages";
      readonly vmid: number;
      readonly how: "allocate" | "volumes";
      readonly localOnly?: true;
      readonly snapshot?: string;
    }
  /** Storages that only PVE knows. */
  | { readonly kind: "any-storage"; readonly how: "allocate" | "volumes"; readonly why: string }
  | { readonly kind: "storage"; readonly name: string; readonly how: StorageHow }
  /** The guests that have volumes or backups on a storage: its definition, or the backups of all, are concerned. */
  | { readonly kind: "owners"; readonly storage: string; readonly by: "definition" | "backups" }
  | { readonly kind: "pool"; readonly name: string; readonly how: PoolHow }
  | { readonly kind: "node"; readonly name: string; readonly how: NodeHow }
  | { readonly kind: "every-node" }
  /** What concerns the cluster as a whole: users, options, networks. */
  | { readonly kind: "cluster" }
  /** The guests and storages of a backup job. */
  | { readonly kind: "backup-job"; readonly id: string; readonly how: GuestHow }
  | { readonly kind: "ha-rule"; readonly id: string; readonly how: GuestHow }
  /** The nodes of an HA group and, with `members`, the guests in it. */
  | { readonly kind: "ha-group"; readonly id: string; readonly how: GuestHow; readonly members: boolean }
  /** The guests that HA moves along with this one, or that it shares any HA rule with. */
  | { readonly kind: "ha-companions"; readonly vmid: number; readonly by: "moves" | "rules" }
  /** A task: what it works on, and whose it is. */
  | { readonly kind: "task"; readonly user: string; readonly how: GuestHow; readonly of: readonly Touch[] }
  /** What a backup reaches where the node's and the storage's defaults have it prune or stop guests. */
  | {
      readonly kind: "by-default";
      readonly node: string;
      readonly storage?: string;
      readonly of: "retention" | "mode";
      readonly then: readonly Touch[];
    }
  /** It cannot be told what is reached, or there is no limit to it. `why`: "hookscript runs a program on the node". */
  | { readonly kind: "everything"; readonly why: string };

/** Reads out of a call's arguments what it touches. Takes whatever a caller may send, never throws. */
export type Reader = (params: Arguments) => readonly Touch[];

/** A part of the table: the readers of each operation; together they say all that it touches. */
export type TouchTable = { readonly [R in Route]?: readonly Reader[] };

/** The touch of a value that cannot be read. */
export const unreadable = (name: string): Touch => ({ kind: "everything", why: `${name} cannot be read` });
