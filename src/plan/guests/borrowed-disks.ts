import { foreignVolumes } from "../../policy/foreign-volumes.ts";
import type { Guest } from "../../pve/guests.ts";
import { shownText } from "../difference/shown-setting.ts";
import type { Step } from "../topic.ts";
import { nameOfVmid } from "./guest-names.ts";

/** Disks of other guests that a call attaches, as points and as what a decision hangs on. */
interface Borrowed {
  readonly points: readonly string[];
  readonly owners: readonly string[];
}

/** The disks in a call's settings that belong to other guests, each with its owner and whether that runs. */
export function borrowedDisks(
  vmid: number,
  params: Step["params"],
  guests: readonly Guest[] | undefined,
): Borrowed {
  const borrowed = foreignVolumes(vmid, params);
  const owners = [...new Set(borrowed.map(({ owner }) => owner))];
  return {
    points: borrowed.map(
      ({ param, volume, owner }) =>
        `${param} takes ${shownText(volume)}, a disk of ${nameOfVmid(guests, owner)} (${statusOf(guests, owner)}): two guests that write to one disk destroy it.`,
    ),
    owners: owners.map((owner) => `${nameOfVmid(guests, owner)} ${statusOf(guests, owner)}`),
  };
}

const statusOf = (guests: readonly Guest[] | undefined, vmid: number): string =>
  guests?.find((guest) => guest.vmid === vmid)?.status ?? "state unknown";
