import { flag, splitList, text } from "../args.ts";
import { type BackupOptions, failedBackup, type GuestBackup, planBackup } from "../backup-run.ts";
import { configText } from "../guest-file.ts";
import { nameOf, nodeOf } from "../guests.ts";
import { requirePrivileges } from "../permissions.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { stopTask } from "../tasks.ts";
import { contentOf, findVolume, isFileBased, isOnNode } from "../volumes.ts";
import type { Guest, Json, Storage, World } from "../world.ts";

const ROOT_ONLY = ["tmpdir", "dumpdir", "script", "job-id"];
const NEEDS_MODIFY = ["bwlimit", "performance", "ionice"];

function checkParams(call: SimCall): void {
  for (const option of ROOT_ONLY)
    if (call.params[option] !== undefined && call.caller.id !== "root@pam")
      badParams({ [option]: "Only root may set this option." });
  for (const option of NEEDS_MODIFY)
    if (call.params[option] !== undefined) requirePrivileges(call.world, call.caller.id, "/", ["Sys.Modify"]);
  if (flag(call, "stdout")) badParams({ stdout: "option is only allowed on the command line interface." });
  const storage = text(call, "storage");
  if (text(call, "prune-backups") !== undefined && storage !== undefined)
    requirePrivileges(call.world, call.caller.id, `/storage/${storage}`, ["Datastore.Allocate"]);
  const vmid = text(call, "vmid");
  if (vmid !== undefined)
    for (const option of ["all", "exclude", "pool"])
      if (call.params[option] !== undefined && call.params[option] !== false)
        badParams({ [option]: "option conflicts with option 'vmid'" });
  const chosen =
    flag(call, "all") ||
    flag(call, "stop") ||
    ["pool", "exclude", "vmid"].some((name) => text(call, name) !== undefined);
  if (!chosen) badParams({ vmid: "property is missing" });
}

/** VMIDs the call selects; those of no guest stay in, to fail visibly. */
function selected(call: SimCall): number[] {
  const pool = text(call, "pool");
  if (pool !== undefined) return [...(call.world.pools.get(pool)?.vms ?? die(`no such pool '${pool}'`))];
  const vmid = text(call, "vmid");
  if (vmid !== undefined) return splitList(vmid).map(Number);
  const exclude = new Set(splitList(text(call, "exclude") ?? "").map(Number));
  const all = flag(call, "all") || exclude.size > 0;
  return all ? [...call.world.guests.keys()].filter((id) => !exclude.has(id)) : [];
}

/** PVE repeats the options sent on the job's first log line. */
function commandLine(call: SimCall, node: string): string {
  const { vmid, node: _node, ...rest } = call.params;
  const words = Object.entries(rest).map(([key, value]) => {
    const shown = value === true ? "1" : value === false ? "0" : String(value);
    return `--${key} ${/[^\w.:=,/@-]/.test(shown) ? `'${shown}'` : shown}`;
  });
  return ["vzdump", ...(vmid === undefined ? [] : splitList(String(vmid))), ...words, `--node ${node}`].join(
    " ",
  );
}

/** What stops the whole job before the first guest; undefined: nothing. */
function storageFault(storage: Storage | undefined, name: string, node: string): string | undefined {
  if (!storage) {
    const missing = `storage '${name}' does not exist`;
    return `could not activate storage '${name}': ${missing} could not get storage information for '${name}': ${missing}`;
  }
  if (storage.config.disable) return `could not activate storage '${name}': storage '${name}' is disabled`;
  if (!isOnNode(storage, node))
    return `could not activate storage '${name}': storage '${name}' is not available on node '${node}'`;
  if (!contentOf(storage).includes("backup"))
    return `could not get storage information for '${name}': can't use storage '${name}' for backups - wrong content type`;
  return undefined;
}

/** The mail about the job; root@pam without an address is the usual complaint. */
function notification(world: World): string[] {
  const root = world.access.users.get("root@pam");
  if (root?.fields.email) return ["INFO: notified via target `mail-to-root`"];
  return [
    "WARN: 'root@pam' does not have a configured email address in the user configuration - not sending an email to this user",
    "ERROR: could not notify via target `mail-to-root`: could not notify via endpoint(s): mail-to-root: no recipients provided for the mail, cannot send it.",
  ];
}

function notesOf(call: SimCall, guest: Guest): string | undefined {
  const template = text(call, "notes-template");
  if (template === undefined) return undefined;
  const values: Record<string, string> = {
    cluster: call.world.cluster?.name ?? "standalone node",
    guestname: nameOf(guest),
    node: guest.node,
    vmid: String(guest.vmid),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? "").replaceAll("\\n", "\n");
}

function planAll(call: SimCall, storage: Storage, vmids: readonly number[]): GuestBackup[] {
  const node = nodeOf(call);
  const compress = text(call, "compress");
  const keep = flag(call, "remove", true)
    ? (text(call, "prune-backups") ?? String(storage.config["prune-backups"] ?? ""))
    : "";
  const mode = text(call, "mode") ?? "snapshot";
  let at = call.now;
  return vmids.map((vmid) => {
    const guest = call.world.guests.get(vmid);
    if (!guest) return failedBackup(vmid, `unable to find VM '${vmid}'`, at);
    const notes = notesOf(call, guest);
    const options: BackupOptions = {
      node,
      storage,
      mode: mode === "stop" || mode === "suspend" ? mode : "snapshot",
      keep,
      protected: flag(call, "protected"),
      ...(compress === undefined || compress === "0" ? {} : { compress }),
      ...(notes === undefined ? {} : { notes }),
    };
    const backup = planBackup(call.world, guest, options, at);
    at += backup.seconds;
    return backup;
  });
}

/** PVE takes one job at a time and node; `stop` ends the running one. */
function stopRunning(call: SimCall): void {
  requirePrivileges(call.world, call.caller.id, `/nodes/${nodeOf(call)}`, ["Sys.Modify"]);
  for (const task of call.world.tasks.values())
    if (task.type === "vzdump" && task.node === nodeOf(call)) stopTask(task, call.now);
}

function vzdump(call: SimCall): Json {
  checkParams(call);
  const node = nodeOf(call);
  const vmids = selected(call);
  const home = (vmid: number) => call.world.guests.get(vmid)?.node;
  // The call names its node: guests of others are passed over without a word (PVE::VZDump get_included_guests).
  const local = vmids.filter((vmid) => (home(vmid) ?? node) === node).sort((a, b) => a - b);
  if (flag(call, "stop")) stopRunning(call);
  if (local.length === 0 && !flag(call, "all")) return "OK";
  const name = text(call, "storage") ?? "local";
  if (text(call, "storage") !== undefined)
    requirePrivileges(call.world, call.caller.id, `/storage/${name}`, ["Datastore.AllocateSpace"]);
  const taskId = local.length === 1 ? String(local[0]) : "";
  const storage = call.world.storages.get(name);
  const fault = storageFault(storage, name, node);
  if (fault !== undefined || !storage)
    return call.task({
      node,
      type: "vzdump",
      id: taskId,
      seconds: 0.5,
      log: notification(call.world),
      exitstatus: fault ?? "job errors",
    });
  // Only a backup of all passes over what the caller may not back up.
  const passes = text(call, "vmid") === undefined && text(call, "pool") === undefined;
  const allowed = local.filter((vmid) => !passes || call.may(`/vms/${vmid}`, "VM.Backup"));
  for (const vmid of allowed)
    if (home(vmid) !== undefined)
      requirePrivileges(call.world, call.caller.id, `/vms/${vmid}`, ["VM.Backup"]);
  const plans = planAll(call, storage, allowed);
  const failed = plans.some((plan) => !plan.ok);
  const only = allowed.length === 1 ? call.world.guests.get(allowed[0] ?? 0) : undefined;
  const locks = only !== undefined && only.config.lock === undefined;
  if (locks) only.config.lock = "backup";
  const unlock = () => {
    if (locks && only.config.lock === "backup") delete only.config.lock;
  };
  return call.task({
    node,
    type: "vzdump",
    id: taskId,
    seconds: plans.reduce((sum, plan) => sum + plan.seconds, 0.3),
    log: [
      `INFO: starting new backup job: ${commandLine(call, node)}`,
      ...plans.flatMap((plan) => plan.log),
      `INFO: Backup job finished ${failed ? "with errors" : "successfully"}`,
      ...notification(call.world),
    ],
    interrupted: "interrupted by signal",
    stopped: unlock,
    done: () => {
      unlock();
      for (const plan of plans) plan.finish();
      if (failed) die("job errors");
      return undefined;
    },
  });
}

/** GET .../vzdump/defaults (PVE::VZDump read_vzdump_defaults). */
function defaults(call: SimCall): Json {
  const name = text(call, "storage") ?? "local";
  const storage = call.world.storages.get(name) ?? die(`storage '${name}' does not exist`);
  const prune = String(storage.config["prune-backups"] ?? "keep-all=1");
  return {
    all: 0,
    bwlimit: 0,
    compress: "0",
    ...(isFileBased(storage) ? { dumpdir: `${storage.config.path ?? `/mnt/pve/${name}`}/dump` } : {}),
    fleecing: { enabled: 0 },
    ionice: 7,
    lockwait: 180,
    mailnotification: "always",
    mode: "snapshot",
    "notification-mode": "auto",
    performance: { "max-workers": 16, "pbs-entries-max": 1048576 },
    pigz: 0,
    "prune-backups": prune,
    quiet: 0,
    remove: 1,
    stdexcludes: 1,
    stop: 0,
    stopwait: 10,
    storage: name,
    zstd: 1,
  };
}

function extractConfig(call: SimCall): Json {
  const volid = text(call, "volume") ?? "";
  const storage = volid.split(":")[0] ?? "";
  if (!call.world.storages.has(storage)) die(`storage '${storage}' does not exist`);
  requirePrivileges(call.world, call.caller.id, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
  const volume = findVolume(call.world, nodeOf(call), volid);
  if (!volume) return die(`volume '${volid}' does not exist`);
  const guest = volume.vmid === undefined ? undefined : call.world.guests.get(volume.vmid);
  if (volume.vmid !== undefined)
    requirePrivileges(call.world, call.caller.id, `/vms/${volume.vmid}`, ["VM.Backup"]);
  return volume.config ?? (guest ? configText(guest) : "");
}

/** Backups now (PVE::API2::VZDump). */
export const vzdumpRoutes: Handlers = {
  "POST /nodes/{node}/vzdump": vzdump,
  "GET /nodes/{node}/vzdump/defaults": defaults,
  "GET /nodes/{node}/vzdump/extractconfig": extractConfig,
};
