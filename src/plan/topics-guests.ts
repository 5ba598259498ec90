import { deletion } from "./delete-guest.ts";
import { guestState } from "./guest-state.ts";
import { rollback } from "./rollback.ts";
import { snapshotCreation, snapshotDeletion, snapshotDescription } from "./snapshot-changes.ts";
import type { TopicTable } from "./topic.ts";

/** Guests: power, configuration, disks, snapshots, migration, copies. */
export const GUEST_TOPICS: TopicTable = {
  "DELETE /nodes/{node}/qemu/{vmid}": [guestState, deletion],
  "DELETE /nodes/{node}/lxc/{vmid}": [guestState, deletion],
  "POST /nodes/{node}/qemu/{vmid}/snapshot": [guestState, snapshotCreation],
  "POST /nodes/{node}/lxc/{vmid}/snapshot": [guestState, snapshotCreation],
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": [guestState, snapshotDeletion],
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": [guestState, snapshotDescription],
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": [guestState, rollback],
};
