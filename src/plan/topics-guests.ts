import { configChange } from "./change-config.ts";
import { deletion } from "./delete-guest.ts";
import { guestState } from "./guest-state.ts";
import { reboot, reset, shutdown, stop } from "./power-off.ts";
import { resume, start, suspend } from "./power-on.ts";
import { rollback } from "./rollback.ts";
import { snapshotCreation, snapshotDeletion, snapshotDescription } from "./snapshot-changes.ts";
import type { TopicTable } from "./topic.ts";

/** Guests: power, configuration, disks, snapshots, migration, copies. */
export const GUEST_TOPICS: TopicTable = {
  "DELETE /nodes/{node}/qemu/{vmid}": [guestState, deletion],
  "DELETE /nodes/{node}/lxc/{vmid}": [guestState, deletion],
  "PUT /nodes/{node}/qemu/{vmid}/config": [guestState, configChange],
  "POST /nodes/{node}/qemu/{vmid}/config": [guestState, configChange],
  "PUT /nodes/{node}/lxc/{vmid}/config": [guestState, configChange],
  "PUT /nodes/{node}/qemu/{vmid}/unlink": [guestState, configChange],
  "POST /nodes/{node}/qemu/{vmid}/status/start": [guestState, start],
  "POST /nodes/{node}/qemu/{vmid}/status/stop": [guestState, stop],
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": [guestState, shutdown],
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": [guestState, reboot],
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": [guestState, suspend],
  "POST /nodes/{node}/qemu/{vmid}/status/resume": [guestState, resume],
  "POST /nodes/{node}/qemu/{vmid}/status/reset": [guestState, reset],
  "POST /nodes/{node}/lxc/{vmid}/status/start": [guestState, start],
  "POST /nodes/{node}/lxc/{vmid}/status/stop": [guestState, stop],
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": [guestState, shutdown],
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": [guestState, reboot],
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": [guestState, suspend],
  "POST /nodes/{node}/lxc/{vmid}/status/resume": [guestState, resume],
  "POST /nodes/{node}/qemu/{vmid}/snapshot": [guestState, snapshotCreation],
  "POST /nodes/{node}/lxc/{vmid}/snapshot": [guestState, snapshotCreation],
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
};
