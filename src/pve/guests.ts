import type { Pve } from "./client.ts";
import { flag, list, num, type Row, rows, str } from "./data.ts";

/** A VM or container as the cluster's inventory shows it. */
export interface Guest {
  readonly vmid: number;
  readonly type: "qemu" | "lxc";
  readonly node: string;
  readonly name?: string;
  readonly status?: string;
  readonly lock?: string;
  readonly template: boolean;
  readonly pool?: string;
  readonly tags: readonly string[];
}

const guestOf = (row: Row): Guest[] => {
  const vmid = num(row, "vmid");
  const node = str(row, "node");
  const type = str(row, "type");
  if (vmid === undefined || node === undefined || (type !== "qemu" && type !== "lxc")) return [];
  const [name, status, lock, pool] = ["name", "status", "lock", "pool"].map((key) => str(row, key));
  return [
    {
      vmid,
      type,
      node,
      template: flag(row, "template"),
      tags: list(str(row, "tags")),
      ...(name === undefined ? {} : { name }),
      ...(status === undefined ? {} : { status }),
      ...(lock === undefined ? {} : { lock }),
      ...(pool === undefined ? {} : { pool }),
    },
  ];
};

/** How long a look at the inventory answers reads, in milliseconds; writes always look anew. */
const FRESH_MS = 5_000;

/** The guests the token can see (GET /cluster/resources?type=vm), looked up once for calls that come together. */
export class GuestInventory {
  readonly #pve: Pve;
  #seen: { at: number; guests: Promise<readonly Guest[]> } | undefined;
  constructor(pve: Pve) {
    this.#pve = pve;
  }

  /** @param fresh do not answer from an earlier look: for anything but a read */
  async all(fresh: boolean): Promise<readonly Guest[]> {
    const known = this.#seen;
    if (!fresh && known && Date.now() - known.at < FRESH_MS) return known.guests;
    const guests = this.#pve
      .call("GET /cluster/resources", { type: "vm" })
      .then(({ data }) => rows(data).flatMap(guestOf));
    const entry = { at: Date.now(), guests };
    this.#seen = entry;
    guests.catch(() => {
      if (this.#seen === entry) this.#seen = undefined;
    });
    return guests;
  }

  /** Forgets what was seen: after a write of ours. */
  forget(): void {
    this.#seen = undefined;
  }
}
