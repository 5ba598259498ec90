import { flag, list, record, rows, str } from "../../pve/data.ts";
import { guestStatus, type StepGuest } from "../guests/guest-state.ts";
import type { Look } from "../topic.ts";

/** A guest as HA knows it. */
export interface HaResource {
  /** `vm:101`, `ct:201`. */
  readonly sid: string;
  /** The state that is asked of HA: `started`, `stopped`, `disabled`, `ignored`. */
  readonly state: string;
  /** HA acts on it: an ignored resource counts as not managed (PVE::HA::Config vm_is_ha_managed). */
  readonly managed: boolean;
}

/** What is known of a guest and HA; without `known` nothing could be read. */
interface HaFinding {
  readonly known: boolean;
  readonly resource?: HaResource;
}

const RESOURCES = "GET /cluster/ha/resources";
const RULES = "GET /cluster/ha/rules";

const sidOf = ({ type, vmid }: Pick<StepGuest, "type" | "vmid">): string =>
  `${type === "qemu" ? "vm" : "ct"}:${vmid}`;

/** All HA resources by their id; undefined where they cannot be read. */
export async function haResources(look: Look): Promise<ReadonlyMap<string, HaResource> | undefined> {
  const data = await look.tryRead(RESOURCES, {});
  if (data === undefined) return undefined;
  return new Map(
    rows(data).flatMap((row): readonly (readonly [string, HaResource])[] => {
      const sid = str(row, "sid");
      const state = str(row, "state") ?? "started";
      return sid === undefined ? [] : [[sid, { sid, state, managed: state !== "ignored" }]];
    }),
  );
}

/** The HA resource of a guest among those. */
export const haOfGuest = (
  resources: ReadonlyMap<string, HaResource> | undefined,
  guest: Pick<StepGuest, "type" | "vmid">,
): HaResource | undefined => resources?.get(sidOf(guest));

/** The HA resource of a guest; where HA's configuration cannot be read, by what the guest's status says. */
export async function haOf(look: Look, guest: StepGuest): Promise<HaFinding> {
  const resources = await haResources(look);
  if (resources) {
    const resource = haOfGuest(resources, guest);
    return { known: true, ...(resource ? { resource } : {}) };
  }
  const status = await guestStatus(look, guest);
  const ha = record(status.ha);
  if (status.ha === undefined) return { known: false };
  if (!flag(ha, "managed")) return { known: true };
  const state = str(ha, "state") ?? "managed";
  return { known: true, resource: { sid: sidOf(guest), state, managed: true } };
}

/** An HA rule that names a resource. */
export interface HaRule {
  readonly rule: string;
  /** It names nothing else. */
  readonly alone: boolean;
}

/** The HA rules that name a resource; none where they cannot be read. */
export async function haRulesOf(look: Look, sid: string): Promise<readonly HaRule[]> {
  return rows(await look.tryRead(RULES, {})).flatMap((row): readonly HaRule[] => {
    const names = list(str(row, "resources"));
    const rule = str(row, "rule");
    return rule !== undefined && names.includes(sid) ? [{ rule, alone: names.length === 1 }] : [];
  });
}

/** `vm:101 (started)`. */
export const haText = ({ sid, state }: HaResource): string => `${sid} (${state})`;
