import { findEndpoint } from "../../schema/endpoint-table.ts";
import { defined, index, list, need, settings, splitList, text } from "../args.ts";
import { nextEvent } from "../calendar.ts";
import { disksOf, nameOf, uuid } from "../guests.ts";
import { denied } from "../permissions.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { Guest, Json, World } from "../world.ts";

type Job = Record<string, Json>;

/** Options only root may set for a job (PVE::API2::Backup). */
const ROOT_ONLY = ["tmpdir", "script", "dumpdir"];

function jobOf(call: SimCall): Job {
  const id = need(call, "id");
  return call.world.backupJobs.get(id) ?? badParams({ id: `No such job '${id}'` });
}

/** PVE::VZDump::verify_vzdump_parameters. */
function verify(job: Readonly<Job>, whole: boolean): void {
  for (const option of ["all", "exclude", "pool"])
    if (job[option] && job.vmid) badParams({ [option]: "option conflicts with option 'vmid'" });
  if (whole && !job.all && !job.pool && !job.vmid) badParams({ vmid: "property is missing" });
}

/** The old way to say when: a time of day and weekdays become a calendar event. */
function withSchedule(job: Job): Job {
  const { starttime, dow, ...rest } = job;
  if (starttime === undefined) return rest;
  if (rest.schedule !== undefined) badParams({ starttime: "'starttime' and 'schedule' cannot both be set" });
  const days = typeof dow === "string" && splitList(dow).length < 7 ? `${dow} ` : "";
  return { ...rest, schedule: `${days}${String(starttime)}` };
}

function checkCaller(call: SimCall): void {
  if (call.caller.user !== "root@pam")
    for (const option of ROOT_ONLY)
      if (call.params[option] !== undefined) badParams({ [option]: "Only root may set this option." });
  const pool = text(call, "pool");
  if (pool === undefined) return;
  if (!call.world.pools.has(pool)) die(`pool '${pool}' does not exist`);
  if (!call.may(`/pool/${pool}`, "VM.Backup")) denied(`/pool/${pool}, VM.Backup`);
}

/** The guests of a job, by VMID; a VMID without a guest stays in (PVE::VZDump::get_included_guests). */
function included(world: World, job: Readonly<Job>): number[] {
  if (job.vmid) return splitList(String(job.vmid)).map(Number);
  const exclude = new Set(splitList(String(job.exclude ?? "")).map(Number));
  const pool = typeof job.pool === "string" ? job.pool : undefined;
  if (pool === undefined && !job.all) return [];
  const inPool = (vmid: number) =>
    [...world.pools.values()].some(
      ({ poolid, vms }) => (poolid === pool || poolid.startsWith(`${pool}/`)) && vms.has(vmid),
    );
  return [...world.guests.values()]
    .filter(({ vmid, node }) => !exclude.has(vmid) && (job.node ?? node) === node)
    .filter(({ vmid }) => pool === undefined || inPool(vmid))
    .map(({ vmid }) => vmid)
    .sort((a, b) => a - b);
}

/** Whether a volume is backed up, and why: VMs say `backup=0`, containers `backup=1` (mount points). */
function volume(guest: Guest, key: string, volid: string): Json {
  const properties = parseProperties(String(guest.config[key]));
  const says = properties.get("backup");
  const on = (value: boolean, reason: string) => ({
    id: `${guest.vmid}:${key}`,
    name: volid,
    included: value ? 1 : 0,
    reason,
    leaf: 1,
  });
  if (key === "rootfs") return on(true, "rootfs");
  if (guest.type === "lxc") return on(says === "1", says === "1" ? "enabled" : "disabled");
  return on(says !== "0", says === "0" ? "backup=no" : "backup=yes");
}

function tree(world: World, vmid: number): Json {
  const guest = world.guests.get(vmid);
  if (!guest) return { id: vmid, type: "unknown", leaf: 1 };
  const children = disksOf(guest.type, guest.config)
    .filter(({ cdrom }) => !cdrom)
    .map(({ key, volid }) => volume(guest, key, volid));
  return { id: vmid, type: guest.type, name: nameOf(guest), children, leaf: children.length > 0 ? 0 : 1 };
}

/** Settings that are written as property strings and read as objects (PVE::API2::Backup), with their first key. */
const OBJECTS = { "prune-backups": "", fleecing: "enabled", performance: "" } as const;

/** A job as the API shows it. */
function shown(job: Readonly<Job>): Job {
  const taken = Object.entries(OBJECTS).flatMap(([key, first]) => {
    const value = job[key];
    return typeof value === "string" ? [[key, Object.fromEntries(parseProperties(value, first))]] : [];
  });
  return { ...job, ...Object.fromEntries(taken) };
}

/** Backup jobs and what they leave out (PVE::API2::Backup, ::BackupInfo). */
export const backupJobRoutes: Handlers = {
  "GET /cluster/backup": (call) =>
    [...call.world.backupJobs].map(([id, job]) =>
      defined<Json>({
        ...shown(job),
        id,
        "next-run":
          job.enabled === 0 ? undefined : nextEvent(String(job.schedule ?? ""), Math.trunc(call.now)),
      }),
    ),
  "GET /cluster/backup/{id}": (call) => ({ ...shown(jobOf(call)), id: need(call, "id") }),
  "POST /cluster/backup": (call) => {
    checkCaller(call);
    const id = text(call, "id") ?? uuid(call.world.rng);
    const sent = settings(call, "id");
    if (sent.starttime === undefined && sent.schedule === undefined)
      badParams({ schedule: "neither 'starttime' nor 'schedule' were set" });
    const job: Job = withSchedule(sent);
    job.type = "vzdump";
    job.enabled ??= 1;
    if (call.world.backupJobs.has(id)) die(`Job '${id}' already exists`);
    if (job.exclude !== undefined && job.pool === undefined) job.all = 1;
    verify(job, true);
    call.world.backupJobs.set(id, job);
    return null;
  },
  "PUT /cluster/backup/{id}": (call) => {
    checkCaller(call);
    const id = need(call, "id");
    const changes = withSchedule(settings(call, "id"));
    const dropped = list(call, "delete");
    if (Object.keys(changes).length === 0 && dropped.length === 0) die("no options specified");
    verify(changes, false);
    const old = call.world.backupJobs.get(id) ?? die("no such vzdump job");
    const known = findEndpoint("PUT /cluster/backup/{id}")?.params ?? {};
    for (const key of dropped) if (!known[key]) badParams({ delete: `unknown option '${key}'` });
    const selection = changes.vmid
      ? ["all", "exclude", "pool"]
      : changes.all
        ? ["vmid", "pool"]
        : changes.pool
          ? ["vmid", "all", "exclude"]
          : [];
    const job = Object.fromEntries(
      Object.entries({ ...old, ...changes }).filter(
        ([key]) => !dropped.includes(key) && !selection.includes(key),
      ),
    );
    verify(job, true);
    call.world.backupJobs.set(id, job);
    return null;
  },
  "DELETE /cluster/backup/{id}": (call) => {
    jobOf(call);
    call.world.backupJobs.delete(need(call, "id"));
    return null;
  },
  "GET /cluster/backup/{id}/included_volumes": (call) => ({
    children: included(call.world, jobOf(call))
      .filter((vmid) => call.may(`/vms/${vmid}`, "VM.Audit"))
      .map((vmid) => tree(call.world, vmid)),
  }),
  "GET /cluster/backup-info": () => index("subdir", "not-backed-up"),
  "GET /cluster/backup-info/not-backed-up": (call) => {
    const covered = new Set([...call.world.backupJobs.values()].flatMap((job) => included(call.world, job)));
    return [...call.world.guests.values()]
      .filter(({ vmid }) => !covered.has(vmid) && call.may(`/vms/${vmid}`, "VM.Audit"))
      .map((guest) => ({ vmid: guest.vmid, type: guest.type, name: nameOf(guest) }));
  },
};
