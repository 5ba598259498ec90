import { isNot, isOn } from "./argument-values.ts";
import {
  EXECUTE,
  EXECUTE_LOSS,
  loss,
  type Operations,
  type Raise,
  raised,
  type ValueTest,
  WRITE,
  WRITE_LOSS,
} from "./operation.ts";

const DISABLE: Raise = loss("disable", "1 turns the rule off", isOn);
const STRICT: Raise = loss("strict", "stops what finds no node of the rule", isOn);
const RESTRICTED: Raise = loss("restricted", "stops what finds no node of the group", isOn);
const STATE: Raise = loss("state", "may stop the guest", isNot("started", "enabled", "ignored"));
const REPLICATION: readonly Raise[] = [
  loss("disable", "1 ends the replication", isOn),
  loss("remove_job", "removes the job and may remove the copies"),
];
/** Containers cannot move while they run; an id without `vm:` may be one's. */
const isNotVm: ValueTest = (value) => typeof value !== "string" || !/^vm:\d+$/.test(value);

/** High availability and replication. */
export const HA = {
  "POST /cluster/ha/groups": raised(WRITE, RESTRICTED),
  "PUT /cluster/ha/groups/{group}": raised(WRITE, RESTRICTED),
  "DELETE /cluster/ha/groups/{group}": WRITE_LOSS,
  "POST /cluster/ha/resources": raised(WRITE, STATE),
  "PUT /cluster/ha/resources/{sid}": raised(WRITE, STATE),
  "DELETE /cluster/ha/resources/{sid}": WRITE_LOSS,
  "POST /cluster/ha/resources/{sid}/migrate": raised(
    EXECUTE,
    loss("sid", "may be a container, which is restarted", isNotVm),
  ),
  "POST /cluster/ha/resources/{sid}/relocate": EXECUTE_LOSS,
  "POST /cluster/ha/rules": raised(WRITE, STRICT),
  "PUT /cluster/ha/rules/{rule}": raised(WRITE, STRICT, DISABLE),
  "DELETE /cluster/ha/rules/{rule}": WRITE_LOSS,
  "POST /cluster/ha/status/arm-ha": WRITE,
  "POST /cluster/ha/status/disarm-ha": WRITE_LOSS,
  "POST /cluster/replication": raised(WRITE, ...REPLICATION),
  "PUT /cluster/replication/{id}": raised(WRITE, ...REPLICATION),
  "DELETE /cluster/replication/{id}": WRITE_LOSS,
  "POST /nodes/{node}/replication/{id}/schedule_now": EXECUTE,
} satisfies Operations;
