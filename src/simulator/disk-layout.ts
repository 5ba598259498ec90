import type { NewStorage } from "./layout-storage.ts";
import type { NodeDisks } from "./node-disks.ts";
import type { SimCall } from "./route.ts";
import type { Json, Node, Storage } from "./world.ts";

/** What a call makes on a node's disks, or removes. */
export interface LayoutCall {
  readonly call: SimCall;
  readonly node: Node;
  readonly disks: NodeDisks;
  readonly name: string;
}

/** A way to use disks: how it is listed, made and removed (PVE::API2::Disks::*). */
export interface Layout {
  /** The last part of its path. */
  readonly path: string;
  /** Task types of making and removing. */
  readonly tasks: readonly [create: string, remove: string];
  readonly list: (on: Omit<LayoutCall, "name">) => Json;
  /** The storage that `add_storage` adds. */
  readonly storage: (name: string) => Omit<NewStorage, "name" | "node">;
  /** Refusals before the task. */
  readonly check?: (on: LayoutCall, devices: readonly string[]) => void;
  /** The task's work: returns its log and the bytes there are; dies to fail. */
  readonly create: (on: LayoutCall, devices: readonly string[]) => { log: string[]; bytes: number };
  /** The task's id when something is removed; absent: the name. */
  readonly removedId?: (on: LayoutCall) => string;
  /** True for a storage that lies on it. */
  readonly holds: (on: LayoutCall, storage: Storage) => boolean;
  /** Refuses the removal of what is not there; returns what it lay on. */
  readonly devices: (on: LayoutCall) => readonly string[];
  /** What the tool says about something that is in use. */
  readonly busy: (on: LayoutCall) => string;
  readonly remove: (on: LayoutCall) => void;
  /** May the disks be wiped after the removal? Dies if not. */
  readonly wipeable?: (on: LayoutCall) => void;
}
