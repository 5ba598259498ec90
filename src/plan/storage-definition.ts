import { type Row, rows, str } from "../pve/data.ts";
import { type AclEntry, aclEntries, entriesText } from "./access-entries.ts";
import { PRUNE_READ, prunePreview, removed } from "./backup-pruning.ts";
import { backupJobs, JOBS_READ, jobName, jobsOn } from "./backup-schedules.ts";
import {
  changeFinding,
  currentSettings,
  named,
  readsOf,
  settingsText,
  stableSettings,
} from "./configuration-object.ts";
import { entriesOf, isOn, settingText, textOf } from "./setting-value.ts";
import {
  CONTENTS_READS,
  contentsOf,
  contentTypes,
  disksOwners,
  filesText,
  ownersText,
  type StorageContents,
} from "./storage-contents.ts";
import type { Finding, Look, Step, Topic } from "./topic.ts";
import { listed, refusal, when } from "./wording.ts";

const storageLabel = named("storage", "storage");

/** What PVE keeps of a storage in files of its own, and deletes with it (on_delete_hook of its plugins). */
const KEPT: Readonly<Record<string, string>> = {
  pbs: "its password and its encryption key",
  cifs: "its password",
  esxi: "its password",
  rbd: "its keyring",
  cephfs: "its secret",
};

/** Guests and backup jobs that need a storage, the most important first. */
async function users(
  look: Look,
  contents: StorageContents,
  storage: string,
): Promise<{
  readonly points: readonly string[];
  readonly vmids: readonly number[];
  readonly jobs: readonly Row[];
}> {
  const vmids = disksOwners(contents.volumes);
  const [names, all] = await Promise.all([ownersText(look, vmids), backupJobs(look)]);
  const jobs = jobsOn(all ?? [], storage);
  const files = filesText(contents.volumes);
  const nothing = contents.nodes.length === 0 || (contents.shared && contents.unread.length > 0);
  return {
    vmids,
    jobs,
    points: [
      ...(nothing
        ? [`What lies on ${storage} could not be read: no node answers for it.`]
        : when(vmids.length > 0, `Guests with disks on ${storage}, which then cannot start: ${names}.`)),
      ...when(
        !nothing && contents.unread.length > 0,
        `What lies on it on ${listed([...contents.unread], 8)} could not be read.`,
      ),
      ...(all === undefined
        ? ["Which backup jobs write to it could not be read."]
        : when(
            jobs.length > 0,
            `Backup jobs that write to it, and then fail: ${listed(jobs.map(jobName), 6)}.`,
          )),
      ...when(!nothing && vmids.length === 0, `No guest has a disk on ${storage}.`),
      ...(nothing || files === undefined ? [] : [`${vmids.length > 0 ? "Also on" : "On"} it: ${files}.`]),
    ],
  };
}

const useState = (storage: string, vmids: readonly number[], jobs: readonly Row[]) => ({
  [`users of ${storage}`]: { guests: [...vmids], jobs: jobs.map((job) => str(job, "id") ?? "").sort() },
});

/** A storage's definition that goes: its data stays, but nobody reaches it. */
export const storageRemoval: Topic = {
  reads: [
    ...readsOf("DELETE /storage/{storage}"),
    ...CONTENTS_READS,
    JOBS_READ,
    "GET /storage",
    "GET /access/acl",
  ],
  look: async (step, look): Promise<Finding> => {
    const storage = settingText(step.params.storage);
    const [config, contents, others, entries] = await Promise.all([
      currentSettings(step, look),
      contentsOf(look, storage),
      look.tryRead("GET /storage", {}),
      aclEntries(look),
    ]);
    const used = await users(look, contents, storage);
    const based = rows(others)
      .filter((row) => str(row, "base")?.startsWith(`${storage}:`))
      .flatMap((row) => str(row, "storage") ?? []);
    const kept = KEPT[str(config ?? {}, "type") ?? ""];
    const onIt = ({ path }: AclEntry): boolean => path === `/storage/${storage}`;
    return {
      points: [
        ...refusal([based.length > 0 ? `${storage} is the base of storage ${listed(based, 4)}` : undefined]),
        ...used.points,
        `Storage ${storage} leaves the configuration${contents.shared ? ", on all nodes" : ""}; its data stays where it is: ${config ? settingsText(config, ["type", "path", "server", "export", "share", "pool", "vgname", "datastore", "content", "nodes"]) : "what it is now could not be read"}.`,
        ...when(
          entries?.some(onIt) ?? false,
          `ACL entries that go with it: ${entriesText(entries, onIt, "none", true)}.`,
        ),
      ],
      state: { [`storage ${storage}`]: stableSettings(config), ...useState(storage, used.vmids, used.jobs) },
      name: storage,
      ...(kept === undefined ? {} : { final: `PVE deletes what it keeps for it besides: ${kept}.` }),
    };
  },
};

/** What a changed definition no longer serves: types of content, nodes, or everything. */
async function consequences(
  { params }: Step,
  now: Row,
  look: Look,
): Promise<{ readonly points: readonly string[]; readonly state: Row }> {
  const storage = settingText(params.storage);
  const types = contentTypes(str(now, "content"));
  const wanted = contentTypes(textOf(params, "content"));
  const lostTypes = wanted.length === 0 ? [] : types.filter((type) => !wanted.includes(type));
  const nodes = entriesOf(params.nodes);
  if (!isOn(params, "disable") && lostTypes.length === 0 && nodes.length === 0)
    return { points: [], state: {} };
  const contents = await contentsOf(look, storage);
  const lost = isOn(params, "disable")
    ? contents.volumes
    : contents.volumes.filter(({ content }) => lostTypes.includes(content));
  const away = contents.nodes.filter((node) => nodes.length > 0 && !nodes.includes(node));
  const local = contents.volumes.filter(({ node }) => !contents.shared && away.includes(node));
  if (isOn(params, "disable")) {
    const used = await users(look, contents, storage);
    return { points: used.points, state: useState(storage, used.vmids, used.jobs) };
  }
  const owners = disksOwners([...lost, ...local]);
  const files = filesText([...lost, ...local]);
  return {
    points: [
      ...when(away.length > 0, `No longer on ${listed([...away], 8)}.`),
      ...when(lostTypes.length > 0, `No longer for: ${listed(lostTypes, 8)}.`),
      ...when(
        owners.length > 0,
        `Guests whose disks there are then out of reach: ${await ownersText(look, owners)}.`,
      ),
      ...(files === undefined ? [] : [`Also out of reach: ${files}.`]),
      ...when(
        contents.unread.length > 0,
        `What lies on it on ${listed([...contents.unread], 8)} could not be read.`,
      ),
    ],
    state: useState(storage, owners, []),
  };
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
export const storageChange: Topic = {
  reads: [...readsOf("PUT /storage/{storage}"), ...CONTENTS_READS, JOBS_READ, PRUNE_READ],
  look: async (step, look): Promise<Finding> => {
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
  },
};
