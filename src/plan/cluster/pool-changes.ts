import { type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { type AclEntry, aclEntries, entriesPoint, entryState } from "../access/access-entries.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { shownValue } from "../difference/shown-setting.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import { listing, listings } from "../point.ts";
import type { Finding, Topic } from "../topic.ts";
import { listed, refusal, when } from "../wording.ts";
import { creationOf, currentSettings, named, stableSettings } from "./configuration-object.ts";

/** A pool's guests and storages out of its settings. */
const membersOf = (pool: Row): { readonly vms: readonly number[]; readonly storages: readonly string[] } => ({
  vms: entriesOf(pool.vms).map(Number),
  storages: entriesOf(pool.storage),
});

const names = (
  vms: readonly number[],
  storages: readonly string[],
  guests: readonly Guest[] | undefined,
): readonly string[] => [
  ...vms.map((vmid) => nameOfVmid(guests, vmid)),
  ...storages.map((one) => `storage ${one}`),
];

const onPool =
  (poolid: string) =>
  ({ path }: AclEntry): boolean =>
    path === `/pool/${poolid}`;

/** Members that come into a pool or leave it, and who loses or gets rights by that. */
export const poolChange: Topic = async (step, look): Promise<Finding> => {
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
      ...listings(`${leaves ? "Leave" : "Join"} pool ${poolid}`, names(vms, storages, guests)),
      ...(moves
        ? listings(
            isOn(params, "allow-move")
              ? "Leave another pool for it"
              : "In another pool, and without allow-move PVE refuses",
            elsewhere.map(({ vmid, pool: other }) => `${nameOfVmid(guests, vmid)} of ${other ?? ""}`),
          )
        : []),
      ...when(
        vms.length + storages.length > 0,
        entriesPoint(
          leaves ? "Lost with it" : "Got with it",
          entries,
          onPool(poolid),
          "no entry gives rights on the pool",
          true,
        ),
      ),
      ...(params.comment === undefined
        ? []
        : [
            `Comment: ${shownValue("comment", settingText(pool?.comment)) || "none"} → ${shownValue("comment", settingText(params.comment)) || "none"}.`,
          ]),
      pool === undefined
        ? `Pool ${poolid} could not be read.`
        : listing("Members now", names(now.vms, now.storages, guests)),
    ],
    tells: ["poolid", "vms", "storage", "delete", "comment"],
    state: {
      [`pool ${poolid}`]: stableSettings(pool),
      [`entries of pool ${poolid}`]: entryState(entries, onPool(poolid)),
    },
  };
};

/** A pool that goes: PVE refuses while it has members. */
export const poolRemoval: Topic = async (step, look): Promise<Finding> => {
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
          ? `pool ${poolid} still has ${listed(names(vms, storages, guests))}`
          : undefined,
        nested.length > 0 ? `it holds pool ${nested.join(", ")}` : undefined,
      ]),
      pool === undefined ? `Pool ${poolid} could not be read.` : `Pool ${poolid} goes.`,
      entriesPoint("ACL entries that go with it", entries, onPool(poolid), "none", true),
    ],
    state: {
      [`pool ${poolid}`]: stableSettings(pool),
      [`entries of pool ${poolid}`]: entryState(entries, onPool(poolid)),
    },
    name: poolid,
  };
};

/** A new pool. */
export const poolCreation: Topic = creationOf({
  label: named("pool", "poolid"),
  list: "GET /pools",
  key: "poolid",
});
