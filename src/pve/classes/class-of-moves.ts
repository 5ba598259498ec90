import { guestText } from "../../policy/bounds-decision.ts";
import type { Arguments } from "../../policy/operations/operation.ts";
import { entriesOf, listOf, sidIn, textOf, vmidIn } from "../../policy/touches/touch-arguments.ts";
import type { LookUps, SeenGuest } from "../bounds/bounds-look-up.ts";
import { storagesOf } from "../guest-volumes.ts";
import { companionsOf } from "../ha-companions.ts";
import type { Answer } from "./classify.ts";

/** The guests that a move names; "all" where it names none, undefined where that cannot be read. */
function namedBy({ vmid, sid, vms }: Arguments): readonly number[] | "all" | undefined {
  if (vmid !== undefined && vmid !== null) return listOf(vmid, vmidIn);
  if (sid !== undefined && sid !== null) return listOf(sid, sidIn)?.map((one) => one.vmid);
  if (vms === undefined || vms === null || entriesOf(vms)?.length === 0) return "all";
  return listOf(vms, vmidIn);
}

const UNCLEAR =
  "whether it copies volumes that lie on the node, and deletes the originals, could not be read";

/** Does a move copy volumes, of the guests it names or of those HA takes along, and delete the originals? */
export const localVolumesAnswer: Answer = async ({ look, params }) => {
  const named = namedBy(params);
  const { guests } = await look.inventory();
  if (named === undefined) return UNCLEAR;
  if (named === "all" && !(await look.holdsBelow("/vms", "VM.Audit"))) return UNCLEAR;
  const moved = named === "all" ? [...guests.keys()] : named;
  const target = params.vmid === undefined ? textOf(params.target) : undefined;
  const reasons = await Promise.all(
    moved.map(async (vmid) => {
      const guest = guests.get(vmid);
      if (guest === undefined) return UNCLEAR;
      // Of many, those that are there already are passed over.
      return guest.node === target ? undefined : reasonFor(look, guest);
    }),
  );
  return reasons.find((reason) => reason !== undefined);
};

async function reasonFor(look: LookUps, guest: SeenGuest): Promise<string | undefined> {
  const { guests } = await look.inventory();
  const along = (await companionsOf(look, guest.vmid, "moves")).map((vmid) => guests.get(vmid));
  if (along.includes(undefined)) return UNCLEAR;
  const companions = along.flatMap((one) => one ?? []);
  const container = companions.find(({ type }) => type === "lxc");
  if (container) return `it takes ${guestText(container)} along, which HA has to restart for it`;
  for (const one of [guest, ...companions]) {
    const storages = await storagesOf(look, one, { localOnly: true, everySnapshot: true });
    if (storages.length > 0)
      return `it copies volumes on ${storages.join(", ")} of ${guestText(one)} and deletes the originals`;
  }
  return undefined;
}
