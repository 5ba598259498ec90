import type { Route } from "../../schema/routes.gen.ts";
import type { BackingConfig } from "../backing.ts";
import type { Arguments } from "../operations/operation.ts";

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

/** A pool is read, or its members or its definition change. */
export type PoolHow = "read" | "change";

/** Which of a guest's volumes are meant: all that its configuration names, unless this says otherwise. */
export interface WhichVolumes {
  /** Those of this snapshot, or of each, besides. */
  readonly snapshot?: string;
  readonly everySnapshot?: true;
  /** Only those that no other node has. */
  readonly localOnly?: true;
}

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
  /** The storages a guest's volumes lie on. */
  | ({
      readonly kind: "guest-storages";
      readonly vmid: number;
      readonly how: "allocate" | "volumes";
    } & WhichVolumes)
  /** The storages of volumes that these settings take the place of. */
  | {
      readonly kind: "replaced-disks";
      readonly vmid: number;
      readonly type: GuestType;
      readonly disks: Readonly<Record<string, unknown>>;
    }
  /** The same of many guests, as they are moved: those on a node, or all; `managed`: only those that HA manages. */
  | {
      readonly kind: "moved-storages";
      readonly node?: string;
      readonly managed?: true;
    }
  /** Storages that only PVE knows. */
  | { readonly kind: "any-storage"; readonly how: "allocate" | "volumes"; readonly why: string }
  | { readonly kind: "storage"; readonly name: string; readonly how: StorageHow }
  /** Where a storage's entry says that its data lies, which others may say too; `change`: beside what it says now. */
  | {
      readonly kind: "backing";
      readonly storage: string;
      readonly given: BackingConfig;
      readonly change: boolean;
    }
  /** The guests that have volumes or backups on a storage: its definition, or the backups of all, are concerned. */
  | { readonly kind: "owners"; readonly storage: string; readonly by: "definition" | "backups" }
  | { readonly kind: "pool"; readonly name: string; readonly how: PoolHow }
  | { readonly kind: "node"; readonly name: string; readonly how: NodeHow }
  | { readonly kind: "every-node" }
  /** Whether the cluster stays quorate: a node drops out, and others like it may follow. */
  | { readonly kind: "quorum" }
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
