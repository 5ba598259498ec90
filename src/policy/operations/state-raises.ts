import { isOn } from "../argument-values.ts";
import { isDisk } from "../present-disks.ts";
import type { Arguments, StateRaise } from "./operation.ts";

const given = (params: Arguments, name: string) => params[name] !== undefined && params[name] !== null;

/** Is older ones' removal, which is on by default, left on? */
export const removesOlder = (params: Arguments): boolean => isOn(params.remove ?? 1, params);

const DELETES_BACKUPS = "deletes older backups, by the retention of the storage or the node";
/** A backup that says nothing of older ones removes what the storage's retention no longer keeps. */
export const RETENTION: StateRaise = {
  asks: "retention",
  when: removesOlder,
  effect: "write",
  says: DELETES_BACKUPS,
};
/** The same for a job that exists: only settings that concern its retention can change that. */
export const NEW_RETENTION: StateRaise = {
  ...RETENTION,
  when: (params) =>
    ["storage", "prune-backups", "remove"].some((name) => given(params, name)) && removesOlder(params),
};

/** A backup that does not say how it is made is made as the node's defaults say. */
export const BACKUP_MODE: StateRaise = {
  asks: "backup mode",
  when: (params) => !given(params, "mode"),
  says: "stops or suspends the guests meanwhile, by the node's defaults",
};

/** A disk or mount point that is set may be set already. */
export const PRESENT_DISKS: StateRaise = {
  asks: "present disks",
  when: (params) => Object.keys(params).some((name) => isDisk(name) && given(params, name)),
  says: "puts another volume in a disk's place, or ends its backup, replication or lasting writes",
};

/** What does not run is moved with its disks whatever is said of them, and HA moves everything so. */
export const LOCAL_VOLUMES: StateRaise = {
  asks: "local volumes",
  says: "copies volumes that lie on the node and deletes the originals, or takes a container along, which is restarted",
};

/** HA gives a VM until `timeout`, then it cuts the power (PVE::HA::Resources::PVEVM shutdown). */
export const HA_STOPS: StateRaise = {
  asks: "HA",
  says: "is done by HA, which cuts the power when `timeout` is over",
};
/** It does so to a container that gets no time at all (PVE::HA::Resources::PVECT shutdown). */
export const HA_KILLS: StateRaise = {
  ...HA_STOPS,
  when: (params) => given(params, "timeout") && !(Number(params.timeout) > 0),
};
