import type { Pve } from "./client.ts";
import { flag, type Json, list, num, type Row, rows, str } from "./data.ts";
import { PveError } from "./errors.ts";

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

/** The guests in an answer of GET /cluster/resources. */
export const guestsIn = (data: Json): readonly Guest[] => rows(data).flatMap(guestOf);

/** How long a look at the inventory answers reads, in milliseconds; writes always look anew. */
const FRESH_MS = 5_000;

/** A way to look at the guests; `fresh`: do not answer from an earlier look (for anything but a read). */
export interface GuestLookup {
  all(fresh: boolean): Promise<readonly Guest[]>;
}

/** The guests the token can see (GET /cluster/resources?type=vm), looked up once for calls that come together. */
export class GuestInventory implements GuestLookup {
  readonly #pve: Pve;
  #seen: { readonly guests: Promise<readonly Guest[]>; until: number } | undefined;
  constructor(pve: Pve) {
    this.#pve = pve;
  }

  /** @param caller whose turn it takes, where it has to look */
  async all(fresh: boolean, caller?: string): Promise<readonly Guest[]> {
    const known = this.#seen;
    if (!fresh && known && performance.now() < known.until) return known.guests;
    const guests = this.#pve
      .call("GET /cluster/resources", { type: "vm" }, { caller })
      .then(({ data }) => guestsIn(data));
    // Until it is answered a look serves everybody who asks; from then on for a while.
    const entry = { guests, until: Number.POSITIVE_INFINITY };
    this.#seen = entry;
    guests.then(
      () => {
        entry.until = performance.now() + FRESH_MS;
      },
      () => {
        if (this.#seen === entry) this.#seen = undefined;
      },
    );
    return guests;
  }

  /** The same look-up for one caller: it stops waiting when `signal` says so, the look itself goes on for others. */
  within({ signal, caller }: { readonly signal: AbortSignal; readonly caller?: string }): GuestLookup {
    return { all: (fresh) => unlessAborted(this.all(fresh, caller), signal) };
  }

  /** Forgets what was seen: after a write of ours. */
  forget(): void {
    this.#seen = undefined;
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new PveError("cancelled", "The call was cancelled."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
