import { defined, flag, index, list, need, settings, text } from "../args.ts";
import { nextEvent } from "../calendar.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { denied } from "../permissions.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { Json } from "../world.ts";

type Job = Record<string, Json>;
const DEFAULT_SCHEDULE = "*/15";

function jobOf(call: SimCall, complaint: string): Job {
  const id = need(call, "id");
  const job = call.world.replication.find((candidate) => candidate.id === id);
  return job ?? die(`${complaint} '${id}'`);
}

/** A job with what its id says: the guest and the job's number. */
function entry(call: SimCall, job: Job): Job {
  const [guest, jobnum] = String(job.id).split("-").map(Number);
  const source = call.world.guests.get(guest ?? 0)?.node;
  return defined<Json>({ source, ...job, guest: guest ?? 0, jobnum: jobnum ?? 0 });
}

function checkGuest(call: SimCall, id: string, privilege: string): void {
  const path = `/vms/${id.split("-")[0]}`;
  if (!call.may(path, privilege)) denied(`${path}, ${privilege}`);
}

/** A job as its node reports it: when it ran and when it will run (PVE::API2::Replication). */
function status(call: SimCall, job: Job): Json {
  const schedule = String(job.schedule ?? DEFAULT_SCHEDULE);
  const now = Math.trunc(call.now);
  const last = now - (now % 900);
  return {
    ...entry(call, job),
    last_sync: last,
    last_try: last,
    next_sync: nextEvent(schedule, now) ?? 0,
    duration: 4.2,
    fail_count: 0,
  };
}

function onNode(call: SimCall): Job[] {
  const node = need(call, "node");
  return call.world.replication.filter((job) => {
    const guest = call.world.guests.get(Number(String(job.id).split("-")[0]));
    return guest?.node === node && call.may(`/vms/${guest.vmid}`, "VM.Audit");
  });
}

/** Replication jobs (PVE::API2::ReplicationConfig, ::Replication). */
export const replicationRoutes: Handlers = {
  "GET /cluster/replication": (call) =>
    call.world.replication
      .filter((job) => call.may(`/vms/${String(job.id).split("-")[0]}`, "VM.Audit"))
      .map((job) => entry(call, job)),
  "GET /cluster/replication/{id}": (call) => {
    checkGuest(call, need(call, "id"), "VM.Audit");
    return {
      ...entry(call, jobOf(call, "no such replication job")),
      digest: digestOf(call.world.replication),
    };
  },
  "POST /cluster/replication": (call) => {
    const id = need(call, "id");
    const target = need(call, "target");
    const vmid = Number(id.split("-")[0]);
    const guest = call.world.guests.get(vmid);
    checkGuest(call, id, "VM.Replicate");
    if (!guest) return die(`Guest '${vmid}' does not exist.`);
    if (!call.world.nodes.has(target)) die(`Target '${target}' does not exist.`);
    if ((text(call, "source") ?? guest.node) === target) die("Source and target must not be identical");
    if (call.world.replication.some((job) => job.id === id)) die(`replication job '${id}' already exists`);
    call.world.replication.push({ source: guest.node, ...settings(call) });
    return null;
  },
  "PUT /cluster/replication/{id}": (call) => {
    checkGuest(call, need(call, "id"), "VM.Replicate");
    assertDigest(call, digestOf(call.world.replication));
    const job = jobOf(call, "no such job");
    for (const key of list(call, "delete")) {
      if (["type", "target", "id"].includes(key)) die(`unable to delete required option '${key}'`);
      delete job[key];
    }
    Object.assign(job, settings(call, "id"));
    return null;
  },
  "DELETE /cluster/replication/{id}": (call) => {
    checkGuest(call, need(call, "id"), "VM.Replicate");
    if (flag(call, "force") && flag(call, "keep")) badParams({ keep: "conflicts with parameter 'force'" });
    const jobs = call.world.replication;
    jobs.splice(jobs.indexOf(jobOf(call, "no such job")), 1);
    return null;
  },
  "GET /nodes/{node}/replication": (call) => onNode(call).map((job) => status(call, job)),
  "GET /nodes/{node}/replication/{id}": () => index("name", "schedule_now log status"),
  "GET /nodes/{node}/replication/{id}/status": (call) => status(call, jobOf(call, "no such replication job")),
  "GET /nodes/{node}/replication/{id}/log": (call) => {
    const id = String(jobOf(call, "no such replication job").id);
    return [
      { n: 1, t: `${id}: start replication job` },
      { n: 2, t: `${id}: end replication job` },
    ];
  },
  "POST /nodes/{node}/replication/{id}/schedule_now": (call) => {
    jobOf(call, "no such replication job");
    return null;
  },
};
