import type { Route } from "../../schema/routes.gen.ts";

/** What a call does, which decides the tier it needs: read-only admits read, read-execute also execute, full all. */
export type Effect = "read" | "execute" | "write";

/** Whether data, access or connectivity may be lost, which decides confirmation and `destructiveHint`. */
export type Risk = "none" | "loss";

/** Parameters of a call by name, as a caller gave them: nothing is known of their values. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Does this value raise the class? Must say yes to every form that PVE might read so; the rest is refused later. */
export type ValueTest = (value: unknown, all: Arguments) => boolean;

/** Arguments that give a call risk of loss and, with `effect`, make it a write. */
export interface Raise {
  /** Parameters as the endpoint table names them: `net[n]` stands for net0, net1, … */
  readonly params: readonly string[];
  /** The raise is for every parameter but `params`, so that a parameter yet unknown raises too. */
  readonly allBut?: true;
  /** Absent: any value. */
  readonly when?: ValueTest;
  readonly effect?: "write";
  /** What the argument does, said after its name: "ignores the guest's lock". */
  readonly says: string;
}

/** What PVE is asked before a call, because the answer can raise its class (`src/pve/classes/classify.ts` asks). */
export type Question =
  | "retention" // does this backup remove older ones?
  | "backup mode" // does this backup stop or suspend its guests?
  | "local volumes" // does this move copy volumes and delete the originals?
  | "present disks" // does this setting take a disk's place, or a protection from it?
  | "HA"; // does HA manage the guest?

/** What PVE's state gives a call: risk of loss and, with `effect`, that it is a write. */
export interface StateRaise {
  readonly asks: Question;
  /** Absent: whatever the arguments are. */
  readonly when?: (params: Arguments) => boolean;
  readonly effect?: "write";
  /** What is the case then, for people: "copies disks of its node and deletes the originals". */
  readonly says: string;
}

/** Class of an operation by itself, and what raises it. */
export interface Operation {
  readonly effect: "execute" | "write";
  readonly risk: Risk;
  readonly raises?: readonly Raise[];
  readonly byState?: readonly StateRaise[];
  /** Why it is more than its method tells: "connects to the URL it is given". */
  readonly says?: string;
}

/** Every operation that may change something. */
export type ChangingRoute = Exclude<Route, `GET ${string}`>;

/** A part of the table; the compiler knows each route. */
export type Operations = { readonly [R in Route]?: Operation };

/** Runs something; configuration and contents stay as they are. */
export const EXECUTE: Operation = { effect: "execute", risk: "none" };
/** Runs something that can cost data, access or connectivity. */
export const EXECUTE_LOSS: Operation = { effect: "execute", risk: "loss" };
/** Adds something, or changes what is easily changed back. */
export const WRITE: Operation = { effect: "write", risk: "none" };
/** A change that can cost data, access or connectivity. */
export const WRITE_LOSS: Operation = { effect: "write", risk: "loss" };

/** The operation with arguments that raise it; where several do, the first that matters gives the reason. */
export const raised = (operation: Operation, ...raises: readonly Raise[]): Operation => ({
  ...operation,
  raises,
});

/** The operation with what PVE's state raises besides. */
export const asking = (operation: Operation, ...byState: readonly StateRaise[]): Operation => ({
  ...operation,
  byState: [...(operation.byState ?? []), ...byState],
});

/** Arguments that give a call risk of loss. */
export const loss = (params: string | readonly string[], says: string, when?: ValueTest): Raise => ({
  params: typeof params === "string" ? [params] : params,
  says,
  ...(when ? { when } : {}),
});

/** Arguments that make a call a write with risk of loss. */
export const write = (params: string | readonly string[], says: string, when?: ValueTest): Raise => ({
  ...loss(params, says, when),
  effect: "write",
});

/** Every argument gives a call risk of loss, but these. */
export const lossBut = (harmless: readonly string[], says: string): Raise => ({
  params: harmless,
  allBut: true,
  says,
});

/** The name as the endpoint table has it when it has an index: `net0` is `net[n]`. */
const indexed = (name: string) => name.replace(/\d+$/, "[n]");

/** Does the raise look at this parameter? Where it looks at all but a few, the path's placeholders are no change. */
export function concerns(raise: Raise, route: string, name: string): boolean {
  const named = raise.params.includes(name) || raise.params.includes(indexed(name));
  return raise.allBut ? !named && !route.includes(`{${name}}`) : named;
}
