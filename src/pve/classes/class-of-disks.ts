import { isDisk, placeOf, takenBy } from "../../policy/present-disks.ts";
import { vmidOf } from "../../policy/touches/touch-arguments.ts";
import { str } from "../data.ts";
import { settingsOf, valuesOf } from "../guest-volumes.ts";
import type { Answer } from "./classify.ts";

/** Does a disk's new setting put another volume in its place, or take a protection from it? */
export const presentDisksAnswer: Answer = async ({ look, route, params }) => {
  const type = route.includes("/lxc/") ? "lxc" : "qemu";
  const vmid = vmidOf(params.vmid);
  if (vmid === undefined) return "which guest is meant cannot be read";
  const settings = await settingsOf(look, { type, vmid, node: String(params.node) });
  for (const [name, given] of Object.entries(params)) {
    if (!isDisk(name) || given === undefined || given === null) continue;
    const now = settings.find((setting) => str(setting, "key") === placeOf(name));
    for (const present of now ? valuesOf(now) : []) {
      const taken = takenBy(type, name, present, given);
      if (taken !== undefined) return taken;
    }
  }
  return undefined;
};
