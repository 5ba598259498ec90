import { str } from "../../pve/data.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import type { Finding, ReadRoute, Topic } from "../topic.ts";
import { when } from "../wording.ts";
import {
  changeFinding,
  creationFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "./configuration-object.ts";

const ALL: ReadRoute = "GET /cluster/replication";
const jobLabel = named("replication job", "id");

/** The guest of a job: its id is `VMID-NUMBER`. */
const vmidOf = (id: string): number => Number(id.split("-")[0]);

/** A new or changed replication job. */
export const replicationChange: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const id = settingText(params.id);
  const guests = await inventory(look);
  const guest = guests?.find(({ vmid }) => vmid === vmidOf(id));
  const name = nameOfVmid(guests, vmidOf(id));
  const made = route.startsWith("POST")
    ? await creationFinding(step, look, { label: jobLabel, list: ALL, key: "id" })
    : await changeFinding(step, look, jobLabel);
  const target = textOf(params, "target");
  return {
    ...made,
    points: [
      ...made.points,
      ...when(isOn(params, "disable"), `${name} is no longer copied; the copies stay as they are.`),
      ...when(
        target !== undefined,
        guest?.node === target
          ? `${name} is on ${target ?? ""} itself: PVE refuses.`
          : `${name}${guest ? ` on ${guest.node}` : ""} is copied to ${target ?? ""}, on schedule ${textOf(params, "schedule") ?? "*/15"}.`,
      ),
      ...when(
        params.remove_job !== undefined,
        `remove_job marks it for removal: ${settingText(params.remove_job) === "full" ? "with the copies on the target" : "the copies stay"}.`,
      ),
    ],
    ...(settingText(params.remove_job) === "full" ? { final: "the copies on the target are deleted." } : {}),
  };
};

/** A job that goes, and the copies with it unless they are kept (PVE::API2::ReplicationConfig delete). */
export const replicationRemoval: Topic = async (step, look): Promise<Finding> => {
  const id = settingText(step.params.id);
  const [job, guests] = await Promise.all([currentSettings(step, look), inventory(look)]);
  const stays = isOn(step.params, "keep") || isOn(step.params, "force");
  const name = nameOfVmid(guests, vmidOf(id));
  const target = job && str(job, "target");
  return {
    points: [
      `${name} is no longer copied${target === undefined ? "" : ` to ${target}`}.`,
      stays
        ? "The copies on the target stay, and are not kept up to date."
        : `The copies on ${target ?? "the target"} are deleted.`,
      `Replication job ${id} goes: ${job ? settingsText(job, ["source", "target", "schedule", "rate", "disable", "comment"]) : await unknownBecause(step, look)}.`,
    ],
    state: { [`replication job ${id}`]: stableSettings(job) },
    ...(stays ? {} : { final: `the copies of ${name} on ${target ?? "the target"} are deleted.` }),
  };
};

/** A job that runs now. */
export const replicationRun: Topic = async (step, look): Promise<Finding> => {
  const id = settingText(step.params.id);
  const [job, guests] = await Promise.all([currentSettings(step, look), inventory(look)]);
  return {
    points: [
      `${nameOfVmid(guests, vmidOf(id))} is copied now: ${job ? settingsText(job, ["source", "target", "schedule", "disable"]) : "the job could not be read"}.`,
    ],
    state: { [`replication job ${id}`]: stableSettings(job) },
  };
};
