import { type Json, str } from "../../pve/data.ts";
import { type BackupJob, backupJobsOf, jobText } from "../backups/backup-jobs.ts";
import { type HaRule, haOf, haRulesOf, haText } from "../cluster/ha-resource.ts";
import { type ReplicationJob, replicationOf, replicationText } from "../cluster/replication-jobs.ts";
import { isOn } from "../difference/setting-value.ts";
import { absent, listing, listings, type Point, pointText } from "../point.ts";
import { nodeStorages } from "../storage/node-storages.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { listed, refusedFor, when } from "../wording.ts";
import { isProtected, isTemplate, lockReason, runs } from "./guest-condition.ts";
import { inventory, typedName } from "./guest-names.ts";
import { guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { cloneOwners, linkedClones } from "./linked-clones.ts";
import { type LostGuest, lostGuest, unreferenced } from "./lost-guest.ts";

/** Storages that are asked for volumes the configuration does not name. */
const ASKED = 6;

/** What is destroyed with a guest, what refuses it, and what else knows the guest (destroy_vm in PVE::API2). */
export const deletion: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const purge = isOn(step.params, "purge");
  const [lost, status, guests, ha, replication] = await Promise.all([
    lostGuest(look, guest, "destroyed"),
    guestStatus(look, guest),
    inventory(look),
    haOf(look, guest),
    replicationOf(look, guest.vmid),
  ]);
  const { config, label } = lost;
  const entry = guests?.find(({ vmid }) => vmid === guest.vmid);
  const { resource } = ha;
  const [jobs, rules, clones, extra] = await Promise.all([
    backupJobsOf(look, guest, entry),
    resource ? haRulesOf(look, resource.sid) : [],
    isTemplate(config) ? linkedClones(look, guest, lost.volumes) : [],
    isOn(step.params, "destroy-unreferenced-disks") ? unnamed(look, guest, lost) : undefined,
  ]);
  const forced = guest.type === "lxc" && isOn(step.params, "force");
  // A VM that sleeps on a disk may be deleted.
  const sleeps = guest.type === "qemu" && str(config, "lock") === "suspended";
  const blocking = clones.filter(({ blocks }) => blocks);
  const owners = cloneOwners(clones, guests);
  return {
    points: [
      ...refusedFor(guestName(guest, undefined), [
        isProtected(config) ? "the protection flag is set" : undefined,
        runs(status) && !forced ? "it is running" : undefined,
        sleeps ? undefined : lockReason(config, step.params),
        blocking.length > 0 ? `linked clones stand on it (${listed(owners)})` : undefined,
        resource && !purge ? `HA has ${haText(resource)} and purge is not set` : undefined,
        replication && replication.length > 0 && !purge
          ? `it is replicated (${listed(replication.map(({ id }) => id))}) and purge is not set`
          : undefined,
      ]),
      ...when(runs(status) === true && forced, `${label} is running: its power is cut first (force).`),
      ...lost.points,
      ...(extra ?? []),
      ...(blocking.length === 0 ? listings("Linked clones that stay", owners) : []),
      ...jobPoints(jobs, purge, label),
      ...(resource ? haPoints(haText(resource), rules, purge) : []),
      ...when(!ha.known, `Whether HA manages ${label} could not be read.`),
      ...replicationPoints(replication, purge, label),
      `${entry?.pool === undefined ? "" : `It leaves pool ${entry.pool}. `}Its firewall rules and the permissions on /vms/${guest.vmid} go.`,
    ],
    tells: ["destroy-unreferenced-disks"],
    state: {
      [`delete ${guest.vmid}`]: {
        ...lost.state,
        ha: resource ? haText(resource) : null,
        rules: rules.map(({ rule }) => rule),
        replication: replication?.map(({ id, target }) => `${id} ${target}`) ?? null,
        jobs: jobs?.map(({ id, by, enabled }): Json => `${id} ${by} ${enabled}`) ?? null,
        pool: entry?.pool ?? null,
        clones: clones.map(({ volid }) => volid),
        unnamed: extra?.map((point) => pointText(point)) ?? null,
      },
    },
    name: typedName(guest, config),
    final: `${label} and its disks are gone; ${lost.saved === false ? "no backup of it was found" : "only a backup brings them back"}.`,
  };
};

/** What destroy-unreferenced-disks takes besides. */
async function unnamed(
  look: Look,
  guest: StepGuest,
  { config, volumes }: LostGuest,
): Promise<readonly Point[]> {
  const storages = await nodeStorages(look, guest.node);
  if (!storages || Object.keys(config).length === 0)
    return ["Volumes that its configuration does not name are destroyed too; which could not be read."];
  const wanted = guest.type === "qemu" ? "images" : "rootdir";
  const names = [...storages.values()]
    .filter(({ content }) => content.includes(wanted))
    .map(({ storage }) => storage)
    .sort();
  const found = await unreferenced(look, guest, names.slice(0, ASKED), volumes);
  const rest = names.slice(ASKED);
  const then = rest.length > 0 ? `; not asked: ${listed(rest)}.` : ".";
  return [listing("Destroyed besides, as its configuration does not name them", found, "none found", then)];
}

/** Backup jobs with what purge does to them (PVE::VZDump::Plugin remove_vmid_from_backup_jobs). */
function jobPoints(jobs: readonly BackupJob[] | undefined, purge: boolean, label: string): readonly Point[] {
  if (!jobs) return [`Which backup jobs include ${label} could not be read.`];
  if (jobs.length === 0) return [absent(`${label} is in no backup job`)];
  const named = jobs.filter(({ by }) => by === "name");
  const gone = named.filter(({ alone }) => alone).map(({ id }) => id);
  const cut = named.filter(({ alone }) => !alone).map(({ id }) => id);
  const all = named.map(({ id }) => id);
  const purged = [
    ...when(gone.length > 0, `purge deletes ${listed(gone)}, as nothing is left in it`),
    ...when(cut.length > 0, `purge takes it out of ${listed(cut)}`),
  ];
  const kept = when(all.length > 0, `${listed(all)} will go on naming it (no purge)`);
  return [
    listing("Backup jobs", jobs.map(jobText)),
    ...(purge ? purged : kept).map((text) => `Of these ${text}.`),
  ];
}

/** What purge does to HA (PVE::HA::Config delete_service_from_config); without it PVE refuses. */
function haPoints(resource: string, rules: readonly HaRule[], purge: boolean): readonly string[] {
  const names = rules.map(({ rule, alone }) =>
    alone ? `${rule} (which goes, it names nothing else)` : rule,
  );
  const ruleText = names.length === 0 ? "" : ` and taken out of rule ${listed(names)}`;
  return [`HA resource ${resource}${purge ? ` is removed${ruleText}` : ""}.`];
}

/** Replication; purge removes the jobs, nobody the copies (PVE::ReplicationConfig remove_vmid_jobs). */
function replicationPoints(
  jobs: readonly ReplicationJob[] | undefined,
  purge: boolean,
  label: string,
): readonly string[] {
  if (!jobs) return [`Whether ${label} is replicated could not be read.`];
  if (jobs.length === 0) return [];
  const targets = [...new Set(jobs.map(({ target }) => target))];
  const then = purge ? `: removed; its copies on ${listed(targets)} stay` : "";
  return [`Replication: ${listed(jobs.map(replicationText))}${then}.`];
}
