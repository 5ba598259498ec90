import { isNot, isOn, namesOther } from "../argument-values.ts";
import {
  asking,
  EXECUTE,
  EXECUTE_LOSS,
  loss,
  lossBut,
  type Operations,
  type Raise,
  raised,
  type ValueTest,
  WRITE,
  WRITE_LOSS,
} from "./operation.ts";
import { LOCAL_VOLUMES } from "./state-raises.ts";

const DISABLE: Raise = loss("disable", "1 turns the rule off", isOn);
const STRICT: Raise = loss("strict", "stops what finds no node of the rule", isOn);
const RESTRICTED: Raise = loss("restricted", "stops what finds no node of the group", isOn);
const STATE: Raise = loss("state", "may stop the guest", isNot("started", "enabled", "ignored"));
const GROUP: Raise = loss("group", "may move or restart the guest");
/** A change of rule or group moves, restarts or stops what does not fit it any more. */
const moves = (...harmless: readonly string[]): readonly Raise[] => [
  lossBut(["comment", "delete", "digest", ...harmless], "may move, restart or stop guests"),
  loss("delete", "may move, restart or stop guests", namesOther("comment")),
];
/** Settings of a resource by which HA leaves it alone, stops or moves it. */
const RESOURCE: readonly Raise[] = [
  loss("state", "may stop the guest, or leave it alone", isNot("started", "enabled")),
  GROUP,
  loss(["failback", "auto-rebalance"], "may move or restart the guest", isOn),
  loss("delete", "may stop, move or restart the guest", namesOther("comment", "max_relocate", "max_restart")),
];
const REPLICATION: readonly Raise[] = [
  loss("disable", "1 ends the replication", isOn),
  loss("remove_job", "removes the job and may remove the copies"),
];
const SCHEDULE: Raise = loss("schedule", "changes how old the copies may get");
/** Containers cannot move while they run; an id without `vm:` may be one's. */
const isNotVm: ValueTest = (value) => typeof value !== "string" || !/^vm:\d+$/.test(value);

/** High availability and replication. */
export const HA = {
  "POST /cluster/ha/groups": raised(WRITE, RESTRICTED),
  "PUT /cluster/ha/groups/{group}": raised(WRITE, RESTRICTED, ...moves()),
  "DELETE /cluster/ha/groups/{group}": WRITE_LOSS,
  "POST /cluster/ha/resources": raised(WRITE, STATE, GROUP),
  "PUT /cluster/ha/resources/{sid}": raised(WRITE, ...RESOURCE),
  "DELETE /cluster/ha/resources/{sid}": WRITE_LOSS,
  "POST /cluster/ha/resources/{sid}/migrate": asking(
    raised(EXECUTE, loss("sid", "may be a container, which is restarted", isNotVm)),
    LOCAL_VOLUMES,
  ),
  "POST /cluster/ha/resources/{sid}/relocate": EXECUTE_LOSS,
  "POST /cluster/ha/rules": raised(WRITE_LOSS, STRICT),
  "PUT /cluster/ha/rules/{rule}": raised(WRITE, STRICT, DISABLE, ...moves("type")),
  "DELETE /cluster/ha/rules/{rule}": WRITE_LOSS,
  "POST /cluster/ha/status/arm-ha": WRITE,
  "POST /cluster/ha/status/disarm-ha": WRITE_LOSS,
  "POST /cluster/replication": raised(WRITE, ...REPLICATION),
  "PUT /cluster/replication/{id}": raised(WRITE, ...REPLICATION, SCHEDULE),
  "DELETE /cluster/replication/{id}": WRITE_LOSS,
  "POST /nodes/{node}/replication/{id}/schedule_now": EXECUTE,
} satisfies Operations;
