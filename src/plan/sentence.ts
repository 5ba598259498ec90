import type { Guest } from "../pve/guests.ts";
import { isForeign, quoted } from "../render/foreign.ts";
import { guestName } from "./guests/guest-state.ts";
import { listed } from "./wording.ts";

/** Names that one line of a plan lists. */
export const LINE = 8;

/** "VM 103 (mail), CT 200 (dns)", by VMID; "none" for none. */
export const guestNames = (guests: readonly Guest[], max = LINE): string =>
  namesOr(
    [...guests].sort((a, b) => a.vmid - b.vmid).map((guest) => guestName(guest, guest.name)),
    "none",
    max,
  );

/** The names as one text; `none` where there are none. */
export const namesOr = (names: readonly string[], none: string, max = LINE): string =>
  names.length === 0 ? none : listed(names, max);

/** A value within a sentence; what users wrote as they like is quoted, at most `max` characters. */
export function valueText(key: string, value: string, max = 60): string {
  if (isForeign(key, value)) return quoted(value, max);
  return value.length > max ? `${value.slice(0, max - 1)}…` : value;
}

/** The first letter in upper case, for the beginning of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
