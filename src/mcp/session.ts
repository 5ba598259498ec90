import type { Safety } from "../config/config.ts";
import type { Tier } from "../config/settings.ts";
import type { PveClient } from "../pve/client.ts";
import type { LiveDescription } from "../pve/description/live-description.ts";
import { GuestInventory } from "../pve/guests.ts";
import { type Pace, realPace } from "../pve/pace.ts";
import type { ChangeRecord } from "../record/record.ts";
import type { ClusterStanding } from "../tools/tool.ts";
import { newKey, UsedCodes } from "./code.ts";
import type { CallObserver } from "./parts.ts";

/** What every call needs to know of its cluster; made once for each kind of caller. */
export interface Session {
  readonly client: PveClient;
  readonly guests: GuestInventory;
  readonly tier: Tier;
  /** What would admit a call that needs more than the tier, as a sentence. */
  readonly raisesTier: (needed: Tier) => string;
  readonly tokenId: string;
  /** The user whose login makes the calls that PVE takes from no token; absent: nobody's does. */
  readonly login?: string | undefined;
  /** What this PVE is called in records and plans. */
  readonly cluster: string;
  /** The caller reaches others too: plans say which cluster they are for. */
  readonly ofSeveral: boolean;
  readonly safety: Safety;
  readonly pace: Pace;
  /** Absent: changes are not recorded. */
  readonly record?: ChangeRecord | undefined;
  /** Stands before the numbers of its entries, where other servers have records of their own. */
  readonly recordTag?: string | undefined;
  /** Makes codes and task ids that nobody else can. */
  readonly key: Buffer;
  /** Other processes have the key too: what this one knows to be used may be new to them. */
  readonly sharesKey: boolean;
  /** Unix milliseconds for what the key seals. */
  readonly sealTime: () => number;
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
  /** Every cluster that the caller reaches, as each stands. */
  readonly clusters: () => Promise<readonly ClusterStanding[]>;
  readonly observer?: CallObserver | undefined;
  /** Why lists may be empty; undefined when the token has privileges or they are not known yet. */
  readonly emptyReason: () => string | undefined;
  /** An error that is a fault of this program, for the operator's log; `request`: what it was raised by. */
  readonly report: (error: unknown, request?: string) => void;
}

/** The setting that admits what needs more than the tier, as a sentence. */
export const settingRaisesTier = (needed: Tier): string =>
  `PVE_ACCESS_TIER=${needed} in the server's settings would allow it; the operator decides.`;

/** What has a default that a session can make itself. */
const DEFAULTS = {
  raisesTier: settingRaisesTier,
  ownAddress: () => undefined,
  clusters: async () => [],
  /** Longer than it takes to read a plan, shorter than most clients' patience, in milliseconds. */
  answerWithinMs: 120_000,
  sharesKey: false,
  ofSeveral: false,
  pace: realPace,
};

/** What a session cannot make itself, and what it need not make. */
export type SessionParts = Omit<
  Session,
  keyof typeof DEFAULTS | "guests" | "key" | "sealTime" | "used" | "started"
> &
  Partial<Session>;

/** A session; what is not given it has for itself. */
export function createSession(parts: SessionParts): Session {
  const pace = parts.pace ?? DEFAULTS.pace;
  return {
    ...DEFAULTS,
    guests: new GuestInventory(parts.client),
    key: newKey(),
    sealTime: () => pace.now(),
    used: new UsedCodes(),
    started: new Set(),
    ...parts,
  };
}
