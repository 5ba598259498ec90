import type { Route } from "../../schema/routes.gen.ts";

const GUEST = "/nodes/\\{node\\}/(?:qemu|lxc)/\\{vmid\\}";

/** Why changes have no way back, by their operations; the first that fits tells. */
const REASONS: readonly (readonly [route: RegExp, why: string])[] = (
  [
    [`DELETE ${GUEST}$`, "a deleted guest comes back from a backup only."],
    [
      "POST /nodes/\\{node\\}/(?:qemu|lxc)$",
      "a guest is not deleted as an undo; the tool that deletes guests does it.",
    ],
    [`POST ${GUEST}/clone$`, "a guest is not deleted as an undo; the tool that deletes guests does it."],
    [
      `POST ${GUEST}/snapshot$`,
      "a snapshot is not deleted as an undo; the tool that deletes snapshots does it.",
    ],
    [`DELETE ${GUEST}/snapshot/`, "the state that a deleted snapshot kept cannot be returned to."],
    [`POST ${GUEST}/snapshot/.*/rollback$`, "what was on the disks before the rollback is gone."],
    [`POST ${GUEST}/(?:remote_migrate)$`, "a guest that left the cluster is moved back from the other one."],
    [`POST ${GUEST}/migrate$`, "a migration goes back with another migration, to the node it came from."],
    [`PUT ${GUEST}/resize$`, "a disk does not become smaller again."],
    [`POST ${GUEST}/move_(?:disk|volume)$`, "a moved disk goes back with another move."],
    [`POST ${GUEST}/template$`, "a template does not become a guest again."],
    [`POST ${GUEST}/status/(?:reboot|reset)$`, "what a guest held in memory when it was restarted is gone."],
    [`PUT ${GUEST}/cloudinit$`, "the image that was there before is replaced."],
    [`POST ${GUEST}/agent/suspend`, "a guest that suspended itself is woken by starting or resuming it."],
    [`POST ${GUEST}/(?:agent|monitor)`, "what a command did in a guest is not known."],
    [`PUT ${GUEST}/sendkey$`, "what a key did in a guest is not known."],
    [
      "POST /cluster/bulk-action/guest/",
      "the guests of a bulk action are put back one by one, or by another one.",
    ],
    [
      "POST /nodes/\\{node\\}/(?:start|stop|suspend|migrate)all$",
      "the guests of a bulk action are put back one by one, or by another one.",
    ],
    [
      "POST /nodes/\\{node\\}/vzdump$",
      "a backup that was made stays until it is deleted; one that it pruned is gone.",
    ],
    ["DELETE /nodes/\\{node\\}/storage/.*/prunebackups$", "a backup that is pruned is gone."],
    ["DELETE /nodes/\\{node\\}/storage/.*/content/", "the data of a deleted volume is gone."],
    [
      "POST /nodes/\\{node\\}/storage/",
      "a volume is not deleted as an undo; the tool that deletes volumes does it.",
    ],
    ["POST /nodes/\\{node\\}/services/", "what a service did when it was restarted is not known."],
    [
      "(?:POST|PUT|DELETE) /nodes/\\{node\\}/network/?",
      "the network of a node goes back with pve_revert_network until it is applied, and by hand afterwards.",
    ],
    ["(?:POST|PUT|DELETE) /cluster/sdn", "what was applied of the software-defined network is not recorded."],
    ["POST /access/users$", "a user is not deleted as an undo; pve_delete_user does it."],
    [
      "DELETE /access/users/\\{userid\\}$",
      "the password, tokens and access entries of a deleted user are not recorded.",
    ],
    ["POST /access/users/.*/token/", "a token is not deleted as an undo, for somebody may use it already."],
    ["DELETE /access/users/.*/token/", "the secret of a deleted token is not kept anywhere."],
    ["(?:POST|DELETE) /access/groups", "the access entries of a group go with it and are not recorded."],
    ["POST /access/roles$", "a role is not deleted as an undo, for access entries may name it already."],
    ["(?:POST|DELETE) /access/domains", "users and secrets of a realm go with it and are not recorded."],
    ["(?:POST|PUT|DELETE) /access/(?:tfa|password)", "secrets are not recorded."],
    ["POST .*/firewall/(?:groups|ipset)$", "it is not deleted as an undo, for rules may name it already."],
    [
      "DELETE /cluster/firewall/(?:groups|ipset)/\\{\\w+\\}$",
      "the comment that stood with it is not recorded.",
    ],
    ["DELETE /nodes/.*/firewall/ipset/\\{\\w+\\}$", "the comment that stood with it is not recorded."],
    ["DELETE /cluster/ha/resources/", "the HA rules that name it change with it and are not recorded."],
    ["POST /cluster/ha/status/disarm-ha$", "HA is armed again with pve_arm_ha."],
    [
      "POST /cluster/ha/resources/.*/(?:migrate|relocate)$",
      "a migration goes back with another migration, to the node it came from.",
    ],
    ["(?:POST|DELETE) /cluster/replication", "the copies of a replication job go with it."],
    ["DELETE /cluster/(?:notifications|metrics)", "secrets that belong to it are not recorded."],
    ["(?:PUT|POST|DELETE) /nodes/.*/(?:subscription|certificates)", "keys are not recorded."],
    [
      "(?:POST|PUT|DELETE) /nodes/\\{node\\}/(?:disks|ceph)",
      "what was on disks is gone, and what runs on them now would go.",
    ],
    [
      "POST .*/(?:vncproxy|termproxy|spiceproxy|vncshell|spiceshell)$",
      "what somebody does in a console is not known.",
    ],
    ["POST /nodes/\\{node\\}/status$", "a node that was switched off is switched on by hand."],
    ["POST /nodes/\\{node\\}/execute$", "what commands did is not known."],
    ["DELETE /nodes/\\{node\\}/tasks/", "a job that was stopped has to be started anew."],
  ] as const
).map(([route, why]) => [new RegExp(`^${route}`), why] as const);

/** Why changes of an operation in particular have no way back; undefined where nothing is known but that. */
export const knownReason = (route: Route): string | undefined =>
  REASONS.find(([pattern]) => pattern.test(route))?.[1];

/** Why changes of an operation have no way back. */
export const reasonOf = (route: Route): string => knownReason(route) ?? "PVE has no way back for it.";
