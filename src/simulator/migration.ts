import { duration } from "./backup-run.ts";
import { mirrorLines, renderBytes, switchLines } from "./copy-lines.ts";
import { memoryOf } from "./figures.ts";
import { checkLock, type Disk, disksOf, isRunning } from "./guests.ts";
import { currentHaState } from "./ha-request.ts";
import { atHaRound } from "./ha-rounds.ts";
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
    done: (at) => moveByHa(world, vmid, plan.target, at),
  };
}

/** HA moves a guest at its rounds: what runs online, containers by restarting them (PVE::HA::Resources migrate). */
export function moveByHa(world: World, vmid: number, target: string, at: number): undefined {
  atHaRound(world, at, (then) => {
    const guest = world.guests.get(vmid);
    if (!guest || guest.node === target || currentHaState(world, guest.type, vmid) === undefined) return;
    const plan = { target, online: guest.type === "qemu", restart: true, withLocalDisks: true };
    startTask(world, "root@pam", directMigration(world, guest, plan, then), then);
  });
  return undefined;
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
    lastWords: (at) => {
      const took = duration(at - now);
      return [`${stamp(at)} ERROR: migration aborted (duration ${took}): interrupted by signal`];
    },
    log: stamped(migrationLog(world, guest, plan, seconds), now, seconds),
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

/** Lines with the time each is written at; those of block jobs have none (PVE::AbstractMigrate log). */
function stamped(lines: readonly string[], now: number, seconds: number): string[] {
  return lines.map((line, at) => {
    const bare = /^(?:drive[ -]|all 'mirror' jobs)/.test(line);
    return bare ? line : `${stamp(now + Math.floor((at * seconds) / lines.length))} ${line}`;
  });
}

function migrationLog(world: World, guest: Guest, plan: Migration, seconds: number): string[] {
  const { type, vmid } = guest;
  const kind = type === "qemu" ? "VM" : "CT";
  const ip = world.nodes.get(plan.target)?.ip ?? "";
  const local = localDisks(world, guest).filter((disk) => !disk.cdrom);
  const live = type === "qemu" && isRunning(guest);
  const failure = refusal(world, guest, plan, local.length > 0);
  const begin = `starting migration of ${kind} ${vmid} to node '${plan.target}' (${ip})`;
  if (failure !== undefined) return [begin, `ERROR: migration aborted (duration 00:00:00): ${failure}`];
  const found = local.map(({ volid }) =>
    type === "qemu"
      ? `found local disk '${volid}' (attached)`
      : `found local volume '${volid}' (in current VM config)`,
  );
  const moved = ({ volid }: Disk) => `volume '${volid}' is '${renamed(volid, plan)}' on the target`;
  const sized = local.map((disk) => ({ disk, bytes: findVolume(world, guest.node, disk.volid)?.size ?? 0 }));
  if (live) return [begin, ...found, ...liveLines(guest, plan, sized, moved, seconds)];
  const stopped = type === "lxc" && isRunning(guest);
  return [
    ...(stopped ? [`shutdown CT ${vmid}`] : []),
    begin,
    ...found,
    ...(sized.length > 0 ? ["copying local disk images"] : []),
    ...sized.flatMap(({ disk, bytes }) => [...ddLines(bytes, renamed(disk.volid, plan)), moved(disk)]),
    ...(type === "lxc" ? ["start final cleanup"] : []),
    ...(stopped ? ["start container on target node"] : []),
  ];
}

/** What dd prints at the end of 3, 6 and 9 seconds, and at its own (PVE::Storage storage_migrate). */
function ddLines(bytes: number, volid: string): string[] {
  const copied = (part: number, seconds: string) => {
    const done = Math.trunc(bytes * part);
    const decimal = `${(done / 1e9).toFixed(1)} GB, ${renderBytes(done)}`;
    return `${done} bytes (${decimal}) copied, ${seconds} s, 1.1 GB/s`;
  };
  return [
    copied(0.25, "3"),
    copied(0.5, "6"),
    copied(0.75, "9"),
    `${Math.trunc(bytes / 65536)}+0 records in`,
    `${Math.trunc(bytes / 65536)}+0 records out`,
    copied(1, "12.0442"),
    `successfully imported '${volid}'`,
  ];
}

/** A running VM: disks are mirrored, then its memory goes over (PVE::QemuMigrate phase2). */
function liveLines(
  guest: Guest,
  plan: Migration,
  sized: readonly { readonly disk: Disk; readonly bytes: number }[],
  moved: (disk: Disk) => string,
  seconds: number,
): string[] {
  const { vmid } = guest;
  const keys = sized.map(({ disk }) => disk.key);
  const uri = `unix:/run/qemu-server/${vmid}.migrate`;
  const memory = memoryOf(guest);
  const rate = renderBytes(memory / Math.max(1, seconds / 2));
  const sent = (part: number) =>
    `migration active, transferred ${renderBytes(memory * part)} of ${renderBytes(memory)} VM-state, ${rate}/s`;
  return [
    `starting VM ${vmid} on remote node '${plan.target}'`,
    ...sized.map(({ disk }) => moved(disk)),
    "start remote tunnel",
    "ssh tunnel ver 1",
    ...(keys.length > 0 ? ["starting storage migration"] : []),
    ...sized.flatMap(({ disk, bytes }) => [
      `${disk.key}: start migration to nbd:unix:/run/qemu-server/${vmid}_nbd.migrate:exportname=drive-${disk.key}`,
      ...mirrorLines(disk.key, bytes, Math.trunc(seconds / 2)),
    ]),
    ...(keys.length > 0 ? ["switching mirror jobs to actively synced mode"] : []),
    `starting online/live migration on ${uri}`,
    "set migration capabilities",
    "migration downtime limit: 100 ms",
    `migration cachesize: ${renderBytes(2 ** Math.round(Math.log2(memory / 10)))}`,
    "set migration parameters",
    `start migrate command to ${uri}`,
    ...[0.1, 0.25, 0.4, 0.55, 0.7, 0.85].map(sent),
    `average migration speed: ${rate}/s - downtime 68 ms`,
    `migration completed, transferred ${renderBytes(memory * 0.9)} VM-state`,
    "migration status: completed",
    ...(keys.length > 0 ? ["all 'mirror' jobs are ready", ...switchLines(keys)] : []),
  ];
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
