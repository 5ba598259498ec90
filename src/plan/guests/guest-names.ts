import { type Row, str } from "../../pve/data.ts";
import { PveError } from "../../pve/errors.ts";
import type { Guest } from "../../pve/guests.ts";
import type { GuestType } from "../difference/guest-disk.ts";
import type { Look } from "../topic.ts";
import { guestName, type StepGuest } from "./guest-state.ts";

/** The guests of the cluster; undefined where the inventory cannot be read. */
export async function inventory(look: Look): Promise<readonly Guest[] | undefined> {
  try {
    return await look.guests();
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/** "VM 101 (web-02) on pve2" for a guest of the inventory. */
export const placeOf = (guest: Guest): string => `${guestName(guest, guest.name)} on ${guest.node}`;

/** "VM 103 (mail)", "CT 200 (dns)": guests by VMID. */
export const guestNames = (guests: readonly Guest[]): readonly string[] =>
  [...guests].sort((a, b) => a.vmid - b.vmid).map((guest) => guestName(guest, guest.name));

/** The same, each with its node where they are on several. */
export function namesByNode(guests: readonly Guest[]): readonly string[] {
  const several = new Set(guests.map(({ node }) => node)).size > 1;
  return guests.map((guest) => (several ? placeOf(guest) : guestName(guest, guest.name)));
}

/** "VM 101 (web-02)" for a VMID; "guest 101" for one that the inventory does not have. */
export function nameOfVmid(guests: readonly Guest[] | undefined, vmid: number): string {
  const found = guests?.find((guest) => guest.vmid === vmid);
  return found ? guestName(found, found.name) : `guest ${vmid}`;
}

/** The name that a configuration gives a guest; undefined where it has none. */
export const configName = (type: GuestType, config: Row): string | undefined =>
  str(config, type === "qemu" ? "name" : "hostname");

/** "VM 103 (mail)" out of a guest's configuration. */
export const labelOf = (guest: StepGuest, config: Row): string =>
  guestName(guest, configName(guest.type, config));

/** What a person types to confirm a loss: the guest's name, or its VMID where it has none. */
export const typedName = (guest: StepGuest, config: Row): string =>
  configName(guest.type, config) ?? String(guest.vmid);
