import { bulkShutdown, bulkStart, bulkSuspend, startAll, suspendAll } from "./guests/bulk-guests.ts";
import { bulkMigrate, migrateAll } from "./guests/bulk-migrate.ts";
import { configChange } from "./guests/change-config.ts";
import { cloning, templating } from "./guests/clone-guest.ts";
import {
  cloudInitImage,
  consoleTicket,
  dbusVmstate,
  keyPress,
  migrationTunnel,
  monitorCommand,
} from "./guests/console.ts";
import { creation } from "./guests/create-guest.ts";
import { deletion } from "./guests/delete-guest.ts";
import { agentCommand } from "./guests/guest-agent.ts";
import { guestState } from "./guests/guest-state.ts";
import { migration } from "./guests/migrate-guest.ts";
import { moveDisk, moveVolume, resize } from "./guests/move-disk.ts";
import { reboot, reset, shutdown, stop } from "./guests/power-off.ts";
import { resume, start, suspend } from "./guests/power-on.ts";
import { remoteMigration } from "./guests/remote-migrate.ts";
import { rollback } from "./guests/rollback.ts";
import { snapshotCreation, snapshotDeletion, snapshotDescription } from "./guests/snapshot-changes.ts";
import type { TopicTable } from "./topic.ts";

/** Guests: power, configuration, disks, snapshots, migration, copies. */
export const GUEST_TOPICS: TopicTable = {
  "POST /cluster/bulk-action/guest/migrate": [bulkMigrate],
  "POST /cluster/bulk-action/guest/shutdown": [bulkShutdown],
  "POST /cluster/bulk-action/guest/start": [bulkStart],
  "POST /cluster/bulk-action/guest/suspend": [bulkSuspend],
  "POST /nodes/{node}/migrateall": [migrateAll],
  "POST /nodes/{node}/startall": [startAll],
  "POST /nodes/{node}/stopall": [bulkShutdown],
  "POST /nodes/{node}/suspendall": [suspendAll],
  "POST /nodes/{node}/qemu": [creation],
  "POST /nodes/{node}/lxc": [creation],
  "DELETE /nodes/{node}/qemu/{vmid}": [guestState, deletion],
  "DELETE /nodes/{node}/lxc/{vmid}": [guestState, deletion],
  "POST /nodes/{node}/qemu/{vmid}/status/start": [guestState, start],
  "POST /nodes/{node}/lxc/{vmid}/status/start": [guestState, start],
  "POST /nodes/{node}/qemu/{vmid}/status/stop": [guestState, stop],
  "POST /nodes/{node}/lxc/{vmid}/status/stop": [guestState, stop],
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": [guestState, shutdown],
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": [guestState, shutdown],
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": [guestState, reboot],
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": [guestState, reboot],
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": [guestState, suspend],
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": [guestState, suspend],
  "POST /nodes/{node}/qemu/{vmid}/status/resume": [guestState, resume],
  "POST /nodes/{node}/lxc/{vmid}/status/resume": [guestState, resume],
  "POST /nodes/{node}/qemu/{vmid}/status/reset": [guestState, reset],
  "PUT /nodes/{node}/qemu/{vmid}/config": [guestState, configChange],
  "PUT /nodes/{node}/lxc/{vmid}/config": [guestState, configChange],
  "POST /nodes/{node}/qemu/{vmid}/config": [guestState, configChange],
  "PUT /nodes/{node}/qemu/{vmid}/unlink": [guestState, configChange],
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": [guestState, cloudInitImage],
  "PUT /nodes/{node}/qemu/{vmid}/resize": [guestState, resize],
  "PUT /nodes/{node}/lxc/{vmid}/resize": [guestState, resize],
  "POST /nodes/{node}/qemu/{vmid}/move_disk": [guestState, moveDisk],
  "POST /nodes/{node}/lxc/{vmid}/move_volume": [guestState, moveVolume],
  "POST /nodes/{node}/qemu/{vmid}/snapshot": [guestState, snapshotCreation],
  "POST /nodes/{node}/lxc/{vmid}/snapshot": [guestState, snapshotCreation],
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
  "POST /nodes/{node}/qemu/{vmid}/clone": [guestState, cloning],
  "POST /nodes/{node}/lxc/{vmid}/clone": [guestState, cloning],
  "POST /nodes/{node}/qemu/{vmid}/template": [guestState, templating],
  "POST /nodes/{node}/lxc/{vmid}/template": [guestState, templating],
  "POST /nodes/{node}/qemu/{vmid}/migrate": [guestState, migration],
  "POST /nodes/{node}/lxc/{vmid}/migrate": [guestState, migration],
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": [guestState, remoteMigration],
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": [guestState, remoteMigration],
  "POST /nodes/{node}/qemu/{vmid}/mtunnel": [guestState, migrationTunnel],
  "POST /nodes/{node}/lxc/{vmid}/mtunnel": [guestState, migrationTunnel],
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate": [guestState, dbusVmstate],
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": [guestState, consoleTicket],
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": [guestState, consoleTicket],
  "POST /nodes/{node}/qemu/{vmid}/termproxy": [guestState, consoleTicket],
  "POST /nodes/{node}/lxc/{vmid}/termproxy": [guestState, consoleTicket],
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": [guestState, consoleTicket],
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": [guestState, consoleTicket],
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": [guestState, keyPress],
  "POST /nodes/{node}/qemu/{vmid}/monitor": [guestState, monitorCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/exec": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/fstrim": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/ping": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/set-user-password": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid": [guestState, agentCommand],
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram": [guestState, agentCommand],
};
