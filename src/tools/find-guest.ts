import type { Guest, GuestLookup } from "../pve/guests.ts";
import { nearest } from "../schema/nearest.ts";
import { KINDS } from "./guest-kinds.ts";
import { Refusal } from "./refusal.ts";

/** Which guest is meant. */
export interface GuestQuery {
  /** A VMID or a guest's name: digits are always an id, anything else a name. */
  readonly which: string;
  readonly kind: "qemu" | "lxc" | "any";
  /** Where the caller says it is: chooses among guests of one name, and counts where the inventory shows no guest. */
  readonly node?: string;
  /** Look anew: for anything but a read. */
  readonly fresh: boolean;
  /** The tool that does the same for the other kind of guest. */
  readonly counterpart?: string;
}

/** Finds the one guest that is meant. Throws a Refusal when there is none, several, or one of the other kind. */
export async function findGuest(inventory: GuestLookup, query: GuestQuery): Promise<Guest> {
  const { which, kind } = query;
  const wanted = kind === "any" ? "guest" : KINDS[kind].noun;
  const isId = /^\d+$/.test(which);
  if (isId && (Number(which) < 100 || Number(which) > 999_999_999)) {
    throw new Refusal(
      `VMID ${which.slice(0, 20)} is out of range: a VMID is an integer from 100 to 999999999.`,
    );
  }
  // A number such as 100.5 is a mistaken VMID, although DNS would take it for a name.
  if (!isId && !/^(?![\d.]+$)[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(which)) {
    throw new Refusal(
      `${JSON.stringify(which.slice(0, 40))} is neither a VMID (100 to 999999999) nor a guest's name.`,
    );
  }
  let guests = await inventory.all(query.fresh);
  let found = guests.filter((guest) => (isId ? guest.vmid === Number(which) : guest.name === which));
  if (found.length === 0 && !query.fresh) {
    // It may have been created a moment ago.
    guests = await inventory.all(true);
    found = guests.filter((guest) => (isId ? guest.vmid === Number(which) : guest.name === which));
  }
  const alike = found.filter((guest) => kind === "any" || guest.type === kind);
  // Of several with one name, the node says which.
  const there = alike.filter((guest) => guest.node === query.node);
  const ofKind = alike.length > 1 && there.length === 1 ? there : alike;
  const [only, second] = ofKind;
  if (only && !second) return only;
  if (second) {
    throw new Refusal(`${ofKind.length} guests are named ${which}; give the VMID.`, {
      blocks: [
        {
          kind: "table",
          columns: [
            { key: "vmid", label: "VMID" },
            { key: "name" },
            { key: "type" },
            { key: "node" },
            { key: "status" },
          ],
          rows: ofKind.map(({ vmid, name, type, node, status }) => ({ vmid, name, type, node, status })),
        },
      ],
    });
  }
  const other = found[0];
  if (other) {
    const hint = query.counterpart ? ` Use ${query.counterpart}.` : "";
    throw new Refusal(
      `${which} is a ${KINDS[other.type].noun}, not a ${wanted} (node ${other.node}).${hint}`,
    );
  }
  if (isId && query.node !== undefined && kind !== "any") {
    // A token may act on a guest that the inventory does not show it.
    return { vmid: Number(which), type: kind, node: query.node, template: false, tags: [] };
  }
  const names = guests.flatMap((guest) => guest.name ?? []);
  const close = isId ? undefined : nearest(which, names);
  const hint = close ? ` Did you mean ${close}?` : " pve_list_cluster_resources with type vm lists all.";
  throw new Refusal(`No ${wanted} ${isId ? which : `named ${which}`} that this token can see.${hint}`);
}
