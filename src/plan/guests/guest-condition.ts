import { flag, type Row, str } from "../../pve/data.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import type { Step } from "../topic.ts";

/** Whether a guest runs by its status; a paused one does. Undefined where its status could not be read. */
export function runs(status: Row): boolean | undefined {
  const state = str(status, "status");
  return state === undefined ? undefined : state === "running";
}

/** Whether the protection flag of a configuration is set: PVE neither deletes the guest nor takes its disks away. */
export const isProtected = (config: Row): boolean => flag(config, "protection");

/** Whether a configuration is a template's. */
export const isTemplate = (config: Row): boolean => flag(config, "template");

/** Why a locked guest refuses a call; undefined for one that is not locked, and for skiplock. */
export function lockReason(config: Row, params: Step["params"]): string | undefined {
  const lock = str(config, "lock");
  return lock === undefined || isOn(params, "skiplock") ? undefined : `it is locked (${lock})`;
}

/** Why PVE refuses a call that was made for an older configuration; undefined where the digest is right or not given. */
export function staleReason(config: Row, params: Step["params"]): string | undefined {
  const [given, now] = [settingText(params.digest), str(config, "digest")];
  return given === "" || now === undefined || given === now
    ? undefined
    : "its configuration has changed since the given digest";
}
