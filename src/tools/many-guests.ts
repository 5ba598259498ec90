import { list } from "../pve/data.ts";
import type { Guest, GuestLookup } from "../pve/guests.ts";
import { argument } from "./argument.ts";
import { findGuest } from "./find-guest.ts";
import { guestLabel } from "./guest-kinds.ts";
import type { ToolCall } from "./tool.ts";

/** What one fresh look shows, for every guest of a list: an unknown one is no reason to look again. */
async function onceLooked(guests: GuestLookup): Promise<GuestLookup> {
  const seen = await guests.all(true);
  return { all: async () => seen };
}

/**
 * The guests that a list of VMIDs and names means, each once, in the order given; one fresh look for all of them.
 * Throws a Refusal for the first that is unknown or ambiguous.
 */
export async function findGuests(call: ToolCall, which: readonly string[]): Promise<readonly Guest[]> {
  const guests = await onceLooked(call.guests);
  const found = new Map<number, Guest>();
  for (const one of which) {
    const guest = await findGuest(guests, { which: one.trim(), kind: "any", fresh: false });
    found.set(guest.vmid, guest);
  }
  return [...found.values()];
}

const isVmid = (text: string): boolean => /^\d+$/.test(text);

/**
 * A list of VMIDs and names as PVE takes it: digits as they are, for a token may act on a guest that it does not see.
 * Throws a Refusal for a name that is unknown or ambiguous.
 */
export async function vmidList(call: ToolCall, which: readonly string[]): Promise<string> {
  if (which.every(isVmid)) return which.join(",");
  const guests = await onceLooked(call.guests);
  const ids: string[] = [];
  for (const one of which) {
    const guest = isVmid(one)
      ? undefined
      : await findGuest(guests, { which: one, kind: "any", fresh: false });
    ids.push(guest ? String(guest.vmid) : one);
  }
  return ids.join(",");
}

/** Guests that a backup of all leaves out (`exclude`), by VMID. */
export async function leftOut(call: ToolCall): Promise<{ readonly exclude?: string }> {
  const exclude = argument(call, "exclude");
  return exclude === undefined ? {} : { exclude: await vmidList(call, list(String(exclude))) };
}

const NAMED = 20;

/** "VM 100 (web), CT 201 (dns)"; of many only the first are named. */
export function guestNames(guests: readonly Guest[]): string {
  const named = guests.slice(0, NAMED).map(guestLabel);
  const more = guests.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
