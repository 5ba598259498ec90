import { duration } from "./backup-run.ts";
import { checkLock, disksOf, isRunning } from "./guests.ts";
import { currentHaState } from "./ha-request.ts";
import { die, type TaskSpec } from "./route.ts";
import { startTask } from "./tasks.ts";
import { addVolume, enabledOn, findVolume, isOnNode, isShared, removeVolume } from "./volumes.ts";
import type { Guest, World } from "./world.ts";

/** How a guest is to migrate. */
export interface Migration {
  readonly target: string;
  readonly online: boolean;
  readonly restart?: boolean;
  readonly withLocalDisks?: boolean;
  readonly targetStorage?: string;
}

/** Disks on storages that only the guest's node has. */
export function localDisks(world: World, guest: Guest) {
  return disksOf(guest.type, guest.config, true).filter((disk) => {
    const storage = world.storages.get(disk.volid.split(":")[0] ?? "");
    return storage === undefined || !isShared(storage);
  });
}

/** Storages a guest needs that a node does not have. */
export function missingStorages(world: World, guest: Guest, node: string): string[] {
  const names = disksOf(guest.type, guest.config).map((disk) => disk.volid.split(":")[0] ?? "");
  return [...new Set(names)].filter((name) => {
    const storage = world.storages.get(name);
    return storage === undefined || !isOnNode(storage, node);
  });
}

/** PVE's checks before the migration task starts. */
export function checkMigration(world: World, guest: Guest, plan: Migration): void {
  if (guest.type === "qemu") checkLock(guest);
  if (isRunning(guest)) {
    if (guest.type === "qemu" && !plan.online) die("can't migrate running VM without --online");
    if (guest.type === "lxc" && !plan.online && !plan.restart)
      die("can't migrate running container without --online or --restart");
  }
  if (guest.type === "qemu" && plan.targetStorage === undefined)
    for (const name of missingStorages(world, guest, plan.target)) enabledOn(world, name, plan.target);
}

const stamp = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");

/** The migration as a task; for a guest that HA manages a request that HA's own task then carries out. */
export function migrationTask(world: World, guest: Guest, plan: Migration, now: number): TaskSpec {
  const { type, vmid, node } = guest;
  if (currentHaState(world, type, vmid) === undefined) return directMigration(world, guest, plan, now);
  return {
    node,
    type: "hamigrate",
    id: String(vmid),
    seconds: 1,
    log: [`Requesting HA migration for ${type === "qemu" ? "VM" : "CT"} ${vmid} to node ${plan.target}`],
    done: (at) => {
      // HA moves what runs online, containers by restarting them.
      const byHa = { ...plan, online: type === "qemu", restart: true };
      startTask(world, "root@pam", directMigration(world, guest, byHa, at), at);
      return undefined;
    },
  };
}

/** The guest is on the target when the task has ended. */
function directMigration(world: World, guest: Guest, plan: Migration, now: number): TaskSpec {
  const { type, vmid, node } = guest;
  const running = isRunning(guest);
  const local = localDisks(world, guest).filter((disk) => !disk.cdrom);
  const seconds = running ? 8 : 2 + local.length * 3;
  return {
    node,
    type: type === "qemu" ? "qmigrate" : "vzmigrate",
    id: String(vmid),
    seconds,
    interrupted: "migration aborted",
    log: migrationLog(world, guest, plan, now),
    done: (at) => {
      if (refusal(world, guest, plan, local.length > 0) !== undefined) throw new Error("migration aborted");
      moveGuest(world, guest, plan);
      if (type === "lxc" && running) guest.started = at;
      return [`${stamp(at)} migration finished successfully (duration ${duration(seconds)})`];
    },
  };
}

/** What stops a migration after its task has begun. */
function refusal(world: World, guest: Guest, plan: Migration, hasLocal: boolean): string | undefined {
  const target = world.nodes.get(plan.target);
  if (!target?.online) return `Can't connect to destination address using public key`;
  if (guest.type === "lxc" && isRunning(guest) && plan.online && !plan.restart)
    return "lxc live migration is currently not implemented";
  if (guest.type === "qemu" && isRunning(guest) && hasLocal && !plan.withLocalDisks)
    return "can't live migrate attached local disks without with-local-disks option";
  return undefined;
}

function migrationLog(world: World, guest: Guest, plan: Migration, now: number): string[] {
  const time = stamp(now);
  const kind = guest.type === "qemu" ? "VM" : "CT";
  const ip = world.nodes.get(plan.target)?.ip ?? "";
  const local = localDisks(world, guest).filter((disk) => !disk.cdrom);
  const log = [`${time} starting migration of ${kind} ${guest.vmid} to node '${plan.target}' (${ip})`];
  const failure = refusal(world, guest, plan, local.length > 0);
  if (failure !== undefined)
    return [...log, `${time} ERROR: migration aborted (duration 00:00:00): ${failure}`];
  for (const disk of local) log.push(`${time} found local disk '${disk.volid}' (attached)`);
  if (local.length > 0) log.push(`${time} copying local disk images`);
  for (const disk of local)
    log.push(`${time} volume '${disk.volid}' is '${renamed(disk.volid, plan)}' on the target`);
  if (guest.type === "qemu" && isRunning(guest))
    log.push(
      `${time} starting VM ${guest.vmid} on remote node '${plan.target}'`,
      `${time} start remote tunnel`,
      `${time} starting online/live migration on unix:/run/qemu-server/${guest.vmid}.migrate`,
      `${time} set migration capabilities`,
      `${time} migration active, transferred 512.0 MiB of 1.0 GiB VM-state, 318.4 MiB/s`,
      `${time} average migration speed: 290.5 MiB/s - downtime 68 ms`,
      `${time} migration status: completed`,
    );
  return log;
}

function renamed(volid: string, plan: Migration): string {
  return plan.targetStorage === undefined || plan.targetStorage === "1" || plan.targetStorage.includes(":")
    ? volid
    : volid.replace(/^[^:]+/, plan.targetStorage);
}

/** The guest, its local volumes and their new names, on the target. */
function moveGuest(world: World, guest: Guest, plan: Migration): void {
  for (const disk of localDisks(world, guest)) {
    const volume = findVolume(world, guest.node, disk.volid);
    if (!volume) continue;
    removeVolume(world, guest.node, disk.volid);
    const volid = renamed(disk.volid, plan);
    const { node: _node, storage: _storage, ...rest } = volume;
    addVolume(world, plan.target, { ...rest, volid });
    guest.config[disk.key] = disk.value.replace(disk.volid, volid);
  }
  guest.node = plan.target;
}
