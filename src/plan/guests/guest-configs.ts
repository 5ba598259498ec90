import type { Row } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import type { Look } from "../topic.ts";
import { counted } from "../wording.ts";
import { guestConfig } from "./guest-state.ts";

/** Configurations that one plan reads, and that are read at once. */
const MOST = 60;
const AT_ONCE = 8;

/** Configurations of guests, and how many were not looked at: those that could not be read and those beyond 60. */
interface SeenConfigs {
  readonly configs: readonly (readonly [Guest, Row])[];
  readonly unseen: number;
}

/** Reads the configurations of guests, templates among them, a few at a time. */
export async function guestConfigs(look: Look, guests: readonly Guest[]): Promise<SeenConfigs> {
  const configs: (readonly [Guest, Row])[] = [];
  const wanted = guests.slice(0, MOST);
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const few = wanted.slice(from, from + AT_ONCE);
    const found = await Promise.all(few.map((guest) => guestConfig(look, guest)));
    for (const [at, config] of found.entries()) {
      const guest = few[at];
      // Every configuration has at least a digest.
      if (guest && Object.keys(config).length > 0) configs.push([guest, config]);
    }
  }
  return { configs, unseen: guests.length - configs.length };
}

/** What to say of guests that were not looked at; nothing when all were. */
export const unseenPoint = (unseen: number, what: string): readonly string[] =>
  unseen === 0 ? [] : [`Not known of ${counted(unseen, "guest")}: ${what}.`];
