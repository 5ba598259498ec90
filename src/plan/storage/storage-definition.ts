import { type Row, rows, str } from "../../pve/data.ts";
import { type AclEntry, aclEntries, entriesPoint } from "../access/access-entries.ts";
import { prunePreview, removed } from "../backups/backup-pruning.ts";
import { backupJobs, jobName, jobsOn } from "../backups/backup-schedules.ts";
import {
  changeFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "../cluster/configuration-object.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import { inventory } from "../guests/guest-names.ts";
import { absence, listings, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusal, when } from "../wording.ts";
import {
  contentsOf,
  contentTypes,
  disksOwners,
  filesText,
  ownerNames,
  type StorageContents,
  type StoredVolume,
} from "./storage-contents.ts";

const storageLabel = named("storage", "storage");

/** What PVE keeps of a storage in files of its own, and deletes with it (on_delete_hook of its plugins). */
const KEPT: Readonly<Record<string, string>> = {
  pbs: "its password and its encryption key",
  cifs: "its password",
  esxi: "its password",
  rbd: "its keyring",
  cephfs: "its secret",
};

/** Guests and backup jobs that use a storage; `fails`: they are to lose it. */
async function users(
  look: Look,
  contents: StorageContents,
  storage: string,
  fails: boolean,
): Promise<{
  readonly points: readonly Point[];
  readonly vmids: readonly number[];
  readonly jobs: readonly Row[];
}> {
  const vmids = disksOwners(contents.volumes);
  const [names, all] = await Promise.all([ownerNames(look, vmids), backupJobs(look)]);
  const jobs = jobsOn(all ?? [], storage);
  const files = filesText(contents.volumes);
  const nothing = contents.nodes.length === 0 || (contents.shared && contents.unread.length > 0);
  return {
    vmids,
    jobs,
    points: [
      ...(nothing
        ? [`What lies on ${storage} could not be read: no node answers for it.`]
        : listings(`Guests with disks on ${storage}${fails ? ", which then cannot start" : ""}`, names)),
      ...when(
        !nothing && contents.unread.length > 0,
        `What lies on it on ${listed(contents.unread)} could not be read.`,
      ),
      ...(all === undefined
        ? ["Which backup jobs write to it could not be read."]
        : listings(`Backup jobs that write to it${fails ? ", and then fail" : ""}`, jobs.map(jobName))),
      ...when(!nothing && vmids.length === 0, absence("guest", `has a disk on ${storage}.`)),
      ...(nothing || files === undefined ? [] : [`${vmids.length > 0 ? "Also on" : "On"} it: ${files}.`]),
    ],
  };
}

const useState = (storage: string, vmids: readonly number[], jobs: readonly Row[]) => ({
  [`users of ${storage}`]: { guests: [...vmids], jobs: jobs.map((job) => str(job, "id") ?? "").sort() },
});

/** A storage's definition that goes: its data stays, but nobody reaches it. */
export const storageRemoval: Topic = async (step, look): Promise<Finding> => {
  const storage = settingText(step.params.storage);
  const [config, contents, others, entries] = await Promise.all([
    currentSettings(step, look),
    contentsOf(look, storage),
    look.tryRead("GET /storage", {}),
    aclEntries(look),
  ]);
  const used = await users(look, contents, storage, true);
  const based = rows(others)
    .filter((row) => str(row, "base")?.startsWith(`${storage}:`))
    .flatMap((row) => str(row, "storage") ?? []);
  const kept = KEPT[str(config ?? {}, "type") ?? ""];
  const onIt = ({ path }: AclEntry): boolean => path === `/storage/${storage}`;
  return {
    points: [
      ...refusal([based.length > 0 ? `${storage} is the base of storage ${listed(based)}` : undefined]),
      ...used.points,
      `Storage ${storage} leaves the configuration${contents.shared ? ", on all nodes" : ""}; its data stays where it is: ${config ? settingsText(config, ["type", "path", "server", "export", "share", "pool", "vgname", "datastore", "content", "nodes"]) : await unknownBecause(step, look)}.`,
      ...when(
        entries?.some(onIt) ?? false,
        entriesPoint("ACL entries that go with it", entries, onIt, "none", true),
      ),
    ],
    state: { [`storage ${storage}`]: stableSettings(config), ...useState(storage, used.vmids, used.jobs) },
    name: storage,
    ...(kept === undefined ? {} : { final: `PVE deletes what it keeps for it besides: ${kept}.` }),
  };
};

/** The volumes that a changed definition no longer serves: of a type of content, or of guests on nodes that lose it. */
async function unserved(
  { params }: Step,
  now: Row,
  look: Look,
  contents: StorageContents,
): Promise<readonly Point[]> {
  const wanted = contentTypes(textOf(params, "content"));
  const types = contentTypes(str(now, "content")).filter(
    (type) => wanted.length > 0 && !wanted.includes(type),
  );
  const nodes = entriesOf(params.nodes);
  const away = contents.nodes.filter((node) => nodes.length > 0 && !nodes.includes(node));
  const guests = (await inventory(look)) ?? [];
  const placeOf = (volume: StoredVolume): string | undefined =>
    contents.shared ? guests.find(({ vmid }) => vmid === volume.vmid)?.node : volume.node;
  const lost = contents.volumes.filter(
    (volume) => types.includes(volume.content) || away.includes(placeOf(volume) ?? ""),
  );
  const owners = disksOwners(lost);
  const files = filesText(lost.filter((volume) => types.includes(volume.content) || !contents.shared));
  return [
    ...when(away.length > 0, `No longer on ${listed(away)}.`),
    ...when(types.length > 0, `No longer for: ${listed(types)}.`),
    ...listings("Guests that then cannot start there", await ownerNames(look, owners)),
    ...(files === undefined ? [] : [`Then out of reach: ${files}.`]),
  ];
}

/** Who uses a storage whose definition changes, and who is left without it. */
async function consequences(
  step: Step,
  now: Row,
  look: Look,
): Promise<{ readonly points: readonly Point[]; readonly state: Row }> {
  const storage = settingText(step.params.storage);
  const contents = await contentsOf(look, storage);
  const off = isOn(step.params, "disable");
  const [used, lost] = await Promise.all([
    users(look, contents, storage, off),
    off ? [] : unserved(step, now, look, contents),
  ]);
  return { points: [...lost, ...used.points], state: useState(storage, used.vmids, used.jobs) };
}

/** What another retention would remove at the next pruning, by PVE's preview. */
async function retention(look: Look, { params }: Step): Promise<readonly string[]> {
  const rule = textOf(params, "prune-backups");
  if (rule === undefined) return [];
  const storage = settingText(params.storage);
  const places = rows(await look.tryRead("GET /cluster/resources", { type: "storage" }));
  const node = places.flatMap((row) =>
    str(row, "storage") === storage && str(row, "status") === "available" ? (str(row, "node") ?? []) : [],
  )[0];
  const marked =
    node === undefined ? undefined : await prunePreview(look, { node, storage, "prune-backups": rule });
  return [
    marked === undefined
      ? `Which backups ${rule} removes could not be read.`
      : `By PVE's preview ${rule} removes ${removed(marked).length} of ${marked.length} backups, when a job without a retention of its own prunes next.`,
  ];
}

/** A changed definition: the settings, and who is left without. */
export const storageChange: Topic = async (step, look): Promise<Finding> => {
  const [change, now] = await Promise.all([
    changeFinding(step, look, storageLabel),
    currentSettings(step, look),
  ]);
  const [lost, pruned] = await Promise.all([consequences(step, now ?? {}, look), retention(look, step)]);
  return {
    ...change,
    points: [...change.points, ...lost.points, ...pruned],
    state: { ...change.state, ...lost.state },
  };
};
