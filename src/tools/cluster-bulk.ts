import { isUpid } from "../pve/jobs/upid.ts";
import type { Answer } from "../render/answer.ts";
import { taskAnswer } from "./answers.ts";
import { tool } from "./define.ts";
import { findGuests, guestNames } from "./many-guests.ts";
import { Refusal } from "./refusal.ts";
import type { Input, ToolCall, ToolSpec } from "./tool.ts";

const VMS: Input = {
  required: true,
  description: "VMIDs or names",
  schema: { type: "array", items: { type: "string" } },
};

/** `max-workers` is newer than the endpoints; `maxworkers` is known to all that have them. */
const WORKERS: Input = { of: "maxworkers" };

const listed = (call: ToolCall): readonly string[] =>
  Array.isArray(call.input.vms) ? call.input.vms.map(String) : [];

/** Sends a bulk action for exactly the guests named: PVE takes a missing list for all guests. */
async function bulk(call: ToolCall, verb: string): Promise<Answer> {
  const which = listed(call);
  if (which.length === 0) {
    throw new Refusal("vms is empty, and PVE would take that for every guest: name the guests.");
  }
  const guests = await findGuests(call, which);
  const templates = guests.filter((guest) => guest.template);
  if (templates.length > 0) {
    throw new Refusal(`${guestNames(templates)}: templates neither run nor stop; leave them out.`);
  }
  const { data } = await call.send({ vms: guests.map(({ vmid }) => vmid) });
  const what = `${verb} of ${guests.length} ${guests.length === 1 ? "guest" : "guests"}: ${guestNames(guests)}.`;
  return isUpid(data)
    ? taskAnswer(data, what, { guests: guests.map(({ vmid }) => vmid) })
    : { headline: `PVE accepted the ${what}` };
}

/** Where guests already are is no move; PVE would fail them one by one. */
async function bulkMigrate(call: ToolCall): Promise<Answer> {
  const target = String(call.input.target);
  const guests = await findGuests(call, listed(call));
  const there = guests.filter(({ node }) => node === target);
  if (there.length > 0) {
    throw new Refusal(
      `${guestNames(there)}: already on ${target}. ${there.length === guests.length ? "There is nothing to move." : "Leave them out."}`,
    );
  }
  const local = call.input.with_local_disks === true ? " with local disks" : "";
  return bulk(call, `migration to ${target}${local}`);
}

/** Bulk actions on guests of the whole cluster, one task each (PVE::API2::Cluster::BulkAction::Guest). */
export const bulkTools: readonly ToolSpec[] = [
  tool({
    name: "pve_bulk_start_guests",
    title: "Bulk start",
    tier: "read-execute",
    description: "Start several VMs and containers. PVE 9.1+.",
    route: "POST /cluster/bulk-action/guest/start",
    reads: ["GET /cluster/resources"],
    params: { vms: VMS, timeout: "Seconds" },
    inputs: { max_workers: WORKERS },
    run: (call) => bulk(call, "start"),
  }),
  tool({
    name: "pve_bulk_shutdown_guests",
    title: "Bulk shutdown",
    tier: "read-execute",
    description: "Shut down several VMs and containers. PVE 9.1+.",
    route: "POST /cluster/bulk-action/guest/shutdown",
    reads: ["GET /cluster/resources"],
    params: { vms: VMS, timeout: "Seconds, default 180" },
    inputs: {
      force_stop: { of: "force-stop", description: "Default true: after timeout cut the power" },
      max_workers: WORKERS,
    },
    run: (call) => bulk(call, "shutdown"),
  }),
  tool({
    name: "pve_bulk_suspend_guests",
    title: "Bulk suspend",
    tier: "read-execute",
    description: "Suspend several VMs. PVE 9.1+.",
    route: "POST /cluster/bulk-action/guest/suspend",
    reads: ["GET /cluster/resources"],
    params: { vms: VMS, statestorage: "Needs to_disk" },
    inputs: {
      to_disk: { of: "to-disk" },
      max_workers: WORKERS,
    },
    run: (call) => bulk(call, call.input.to_disk === true ? "suspend to disk" : "suspend"),
  }),
  tool({
    name: "pve_bulk_migrate_guests",
    title: "Bulk migrate",
    tier: "read-execute",
    description: "Migrate several VMs and containers to a node. PVE 9.1+.",
    route: "POST /cluster/bulk-action/guest/migrate",
    reads: ["GET /cluster/resources"],
    params: { vms: VMS, target: "", online: "Needed for running guests" },
    inputs: {
      with_local_disks: { of: "with-local-disks" },
      max_workers: WORKERS,
    },
    run: bulkMigrate,
  }),
];
