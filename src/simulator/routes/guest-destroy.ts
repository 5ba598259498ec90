import { flag } from "../args.ts";
import { called } from "../guest-power.ts";
import {
  checkLock,
  checkProtection,
  disksOf,
  findGuest,
  guestOf,
  isRunning,
  KIND,
  taskType,
} from "../guests.ts";
import { refuseRootOptions } from "../root-options.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import { removeVolume } from "../volumes.ts";
import type { Guest, Json, World } from "../world.ts";
import { leaveRules } from "./ha.ts";

/** Removes what referred to the guest: firewall, pools, ACLs; with `purge` also HA, jobs and replication. */
function forget(world: World, guest: Guest, purge: boolean): void {
  const { vmid } = guest;
  world.guests.delete(vmid);
  world.firewall.guests.delete(vmid);
  for (const pool of world.pools.values()) pool.vms.delete(vmid);
  const kept = world.access.acl.filter((entry) => entry.path !== `/vms/${vmid}`);
  world.access.acl.splice(0, world.access.acl.length, ...kept);
  if (!purge) return;
  const sid = `${guest.type === "qemu" ? "vm" : "ct"}:${vmid}`;
  if (world.ha.resources.delete(sid)) leaveRules(world, sid);
  for (const [id, job] of world.backupJobs) leaveJob(world, id, job, vmid);
  const others = world.replication.filter((job) => !replicates(job, vmid));
  world.replication.splice(0, world.replication.length, ...others);
}

/** A replication job's id begins with its guest's. */
const replicates = ({ id }: Record<string, Json>, vmid: number): boolean => String(id).startsWith(`${vmid}-`);

/** A backup job of that guest alone goes with it (PVE::VZDump::Plugin remove_vmid_from_job). */
function leaveJob(world: World, id: string, job: Record<string, Json>, vmid: number): void {
  const key = job.vmid === undefined ? "exclude" : "vmid";
  if (job[key] === undefined) return;
  const left = String(job[key])
    .split(",")
    .filter((other) => other !== String(vmid));
  if (left.length > 0) job[key] = left.join(",");
  else if (key === "vmid") world.backupJobs.delete(id);
  else delete job.exclude;
}

function destroy(call: SimCall): Json {
  refuseRootOptions(call);
  const guest = guestOf(call);
  const { vmid, node, type } = guest;
  const name = called(type, vmid);
  const purge = flag(call, "purge");
  const check = (found: Guest) => {
    checkProtection(found, `can't remove ${name}`);
    const managed = call.world.ha.resources.has(`${type === "qemu" ? "vm" : "ct"}:${vmid}`);
    if (managed && !purge)
      die(`unable to remove ${name} - used in HA resources and purge parameter not set.`);
    const job = purge ? undefined : call.world.replication.find((one) => replicates(one, vmid));
    if (job) die(`There is a replication job '${job.id}' for guest '${vmid}' - Please remove that first.`);
    if (type === "qemu" && isRunning(found)) die(`VM ${vmid} is running - destroy failed`);
    if (type === "lxc" && found.config.lock !== undefined) checkLock(found);
    if (type === "lxc" && isRunning(found) && !flag(call, "force"))
      die(`unable to destroy CT ${vmid} - container is running`);
  };
  check(guest);
  return call.task({
    node,
    type: taskType(type, "destroy"),
    id: String(vmid),
    seconds: 1,
    done: () => {
      const found = findGuest(call.world, node, type, vmid) ?? die(`${KIND[type].label} ${vmid} is gone`);
      check(found);
      checkLock(found);
      checkBase(call.world, found);
      const volids = disksOf(type, found.config, true).filter(
        (disk) => !disk.cdrom || disk.volid.includes("cloudinit"),
      );
      for (const disk of volids) removeVolume(call.world, node, disk.volid);
      if (flag(call, "destroy-unreferenced-disks"))
        for (const [key, volume] of call.world.volumes)
          if (volume.vmid === vmid && ["images", "rootdir"].includes(volume.content))
            call.world.volumes.delete(key);
      forget(call.world, found, purge);
      return purge ? [`purging ${name} from related configurations..`] : [];
    },
  });
}

/** A base volume that linked clones use cannot go. */
function checkBase(world: World, guest: Guest): void {
  for (const disk of disksOf(guest.type, guest.config)) {
    const name = disk.volid.slice(disk.volid.indexOf(":") + 1);
    const clone = [...world.volumes.values()].find((volume) => volume.parent === name);
    if (clone) die(`base volume '${disk.volid}' is still in use by linked cloned`);
  }
}

/** Deletion of guests (destroy_vm of PVE::API2::Qemu and ::LXC). */
export const guestDestroyRoutes: Handlers = {
  "DELETE /nodes/{node}/qemu/{vmid}": destroy,
  "DELETE /nodes/{node}/lxc/{vmid}": destroy,
};
