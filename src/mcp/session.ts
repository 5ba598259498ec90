import type { Safety } from "../config/config.ts";
import type { Tier } from "../config/settings.ts";
import type { PveClient } from "../pve/client.ts";
import type { LiveDescription } from "../pve/description/live-description.ts";
import { GuestInventory } from "../pve/guests.ts";
import { type Pace, realPace } from "../pve/pace.ts";
import type { ChangeRecord } from "../record/record.ts";
import { newKey, UsedCodes } from "./code.ts";

/** What every call needs to know of its cluster; made once. */
export interface Session {
  readonly client: PveClient;
  readonly guests: GuestInventory;
  readonly tier: Tier;
  readonly tokenId: string;
  /** The user whose login makes the calls that PVE takes from no token; absent: nobody's does. */
  readonly login?: string | undefined;
  /** What this PVE is called in records and plans. */
  readonly cluster: string;
  readonly safety: Safety;
  readonly pace: Pace;
  /** Absent: changes are not recorded. */
  readonly record?: ChangeRecord | undefined;
  /** Makes codes and task ids that nobody else can. */
  readonly key: Buffer;
  readonly used: UsedCodes;
  /** How long a person has to answer while a call waits, in milliseconds. */
  readonly answerWithinMs: number;
  /** The address that this machine has towards PVE, as far as it is known. */
  readonly ownAddress: () => string | undefined;
  /** UPIDs of jobs that calls of ours have started. */
  readonly started: Set<string>;
  /** Why the operator's settings do not offer a tool; undefined when they do. */
  readonly hidden: (tool: string) => string | undefined;
  /** Why the operator's settings keep an operation from the API tools; undefined when they do not. */
  readonly closed: (route: string) => string | undefined;
  /** The connected node's own description of its API. */
  readonly description: LiveDescription;
  /** Why lists may be empty; undefined when the token has privileges or they are not known yet. */
  readonly emptyReason: () => string | undefined;
  /** An error that is a fault of this program, for the operator's log. */
  readonly report: (error: unknown) => void;
}

/** What a session cannot make itself. */
export type SessionParts = Omit<
  Session,
  "guests" | "key" | "used" | "started" | "pace" | "answerWithinMs" | "ownAddress"
> & {
  readonly ownAddress?: (() => string | undefined) | undefined;
  readonly pace?: Pace | undefined;
  readonly answerWithinMs?: number | undefined;
};

/** Longer than it takes to read a plan, shorter than most clients' patience. */
const ANSWER_WITHIN_MS = 120_000;

/** A session with a key of its own. */
export function createSession(parts: SessionParts): Session {
  return {
    ...parts,
    guests: new GuestInventory(parts.client),
    pace: parts.pace ?? realPace,
    key: newKey(),
    ownAddress: parts.ownAddress ?? (() => undefined),
    used: new UsedCodes(),
    answerWithinMs: parts.answerWithinMs ?? ANSWER_WITHIN_MS,
    started: new Set(),
  };
}
