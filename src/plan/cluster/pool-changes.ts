import { type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { type AclEntry, aclEntries, entriesText, entryState } from "../access/access-entries.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import { namesOr, valueText } from "../sentence.ts";
import type { Finding, ReadRoute, Topic } from "../topic.ts";
import { refusal, when } from "../wording.ts";
import { creationOf, currentSettings, named, readsOf, stableSettings } from "./configuration-object.ts";

/** Looked up when it is wanted: the table of operations is not read before. */
const poolReads = (): readonly ReadRoute[] => [
  ...readsOf("PUT /pools", "DELETE /pools", "PUT /pools/{poolid}", "DELETE /pools/{poolid}"),
  "GET /pools",
  "GET /access/acl",
  "GET /cluster/resources",
];

/** A pool's guests and storages out of its settings. */
const membersOf = (pool: Row): { readonly vms: readonly number[]; readonly storages: readonly string[] } => ({
  vms: entriesOf(pool.vms).map(Number),
  storages: entriesOf(pool.storage),
});

const names = (
  vms: readonly number[],
  storages: readonly string[],
  guests: readonly Guest[] | undefined,
): string =>
  namesOr(
    [...vms.map((vmid) => nameOfVmid(guests, vmid)), ...storages.map((one) => `storage ${one}`)],
    "none",
    12,
  );

const onPool =
  (poolid: string) =>
  ({ path }: AclEntry): boolean =>
    path === `/pool/${poolid}`;

/** Members that come into a pool or leave it, and who loses or gets rights by that. */
export const poolChange: Topic = {
  get reads(): readonly ReadRoute[] {
    return poolReads();
  },
  look: async (step, look): Promise<Finding> => {
    const { params } = step;
    const poolid = settingText(params.poolid);
    const [pool, guests, entries] = await Promise.all([
      currentSettings(step, look),
      inventory(look),
      aclEntries(look),
    ]);
    const [vms, storages] = [entriesOf(params.vms).map(Number), entriesOf(params.storage)];
    const now = membersOf(pool ?? {});
    const leaves = isOn(params, "delete");
    const elsewhere = (guests ?? []).filter(
      ({ vmid, pool: other }) => vms.includes(vmid) && other !== undefined && other !== poolid,
    );
    const moves = !leaves && elsewhere.length > 0;
    return {
      points: [
        ...when(
          vms.length + storages.length > 0,
          `${leaves ? "Leave" : "Join"} pool ${poolid}: ${names(vms, storages, guests)}.`,
        ),
        ...elsewhere
          .slice(0, 6)
          .flatMap(({ vmid, pool: other }) =>
            when(
              moves,
              isOn(params, "allow-move")
                ? `${nameOfVmid(guests, vmid)} leaves pool ${other ?? ""} for it.`
                : `${nameOfVmid(guests, vmid)} is in pool ${other ?? ""}: without allow-move PVE refuses.`,
            ),
          ),
        ...when(
          vms.length + storages.length > 0,
          `${leaves ? "Lost with it" : "Got with it"}: ${entriesText(entries, onPool(poolid), "no entry gives rights on the pool", true)}.`,
        ),
        ...(params.comment === undefined
          ? []
          : [
              `Comment: ${valueText("comment", settingText(pool?.comment)) || "none"} → ${valueText("comment", settingText(params.comment)) || "none"}.`,
            ]),
        pool === undefined
          ? `Pool ${poolid} could not be read.`
          : `Members now: ${names(now.vms, now.storages, guests)}.`,
      ],
      state: {
        [`pool ${poolid}`]: stableSettings(pool),
        [`entries of pool ${poolid}`]: entryState(entries, onPool(poolid)),
      },
    };
  },
};

/** A pool that goes: PVE refuses while it has members. */
export const poolRemoval: Topic = {
  get reads(): readonly ReadRoute[] {
    return poolReads();
  },
  look: async (step, look): Promise<Finding> => {
    const poolid = settingText(step.params.poolid);
    const [pool, guests, entries, all] = await Promise.all([
      currentSettings(step, look),
      inventory(look),
      aclEntries(look),
      look.tryRead("GET /pools", {}),
    ]);
    const { vms, storages } = membersOf(pool ?? {});
    const nested = rows(all)
      .flatMap((row) => str(row, "poolid") ?? [])
      .filter((id) => id.startsWith(`${poolid}/`));
    return {
      points: [
        ...refusal([
          vms.length + storages.length > 0
            ? `pool ${poolid} still has ${names(vms, storages, guests)}`
            : undefined,
          nested.length > 0 ? `it holds pool ${nested.join(", ")}` : undefined,
        ]),
        pool === undefined ? `Pool ${poolid} could not be read.` : `Pool ${poolid} goes.`,
        `ACL entries that go with it: ${entriesText(entries, onPool(poolid), "none", true)}.`,
      ],
      state: {
        [`pool ${poolid}`]: stableSettings(pool),
        [`entries of pool ${poolid}`]: entryState(entries, onPool(poolid)),
      },
      name: poolid,
    };
  },
};

/** A new pool. */
export const poolCreation: Topic = creationOf({
  label: named("pool", "poolid"),
  list: "GET /pools",
  key: "poolid",
});
