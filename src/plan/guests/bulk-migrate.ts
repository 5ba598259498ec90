import type { Guest } from "../../pve/guests.ts";
import { asFlag } from "../../render/units.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownText } from "../difference/shown-setting.ts";
import { listings, type Point } from "../point.ts";
import type { Look, Step, Topic } from "../topic.ts";
import { counted, listed, when } from "../wording.ts";
import { ACTS, bulk, isRunning, throughHa } from "./bulk-guests.ts";
import { namesByNode } from "./guest-names.ts";
import { guestName } from "./guest-state.ts";
import { preconditionsOf } from "./migrate-guest.ts";

type Params = Step["params"];

/** VMs whose migration PVE is asked about beforehand. */
const CHECKED = 20;

/** Moving to another node. */
const migrating = (always: boolean): Topic =>
  bulk({
    does: ({ target }) => ["Migrates", ` to ${shownText(settingText(target))}`],
    sparesHa: false,
    tells: ["target"],
    fate: (guest, { params }) =>
      guest.node === settingText(params.target) ? { skip: "as they are there already" } : ACTS,
    also: async (acted, known, look) => [
      ...restarted(acted, known.params, always),
      ...(await blocked(acted, known.params, always, look)),
      ...throughHa("moves")(acted, known),
    ],
  });
/** Migrating guests of the cluster. */
export const bulkMigrate = migrating(false);
/** Migrating all guests of a node: what runs moves online, containers by a restart. */
export const migrateAll = migrating(true);

/** Running containers move by a restart, or not at all. */
function restarted(acted: readonly Guest[], params: Params, always: boolean): readonly Point[] {
  const running = acted.filter((guest) => guest.type === "lxc" && isRunning(guest));
  const online = always || asFlag(params.online) === true;
  return listings(
    online ? "Restarted on the way" : "Refused, as they run and online is not set",
    namesByNode(running),
  );
}

/** What PVE's own check says against moving the VMs. */
async function blocked(
  acted: readonly Guest[],
  params: Params,
  always: boolean,
  look: Look,
): Promise<readonly Point[]> {
  const vms = acted.filter(({ type }) => type === "qemu");
  const online = always || asFlag(params.online) === true;
  const withDisks = isOn(params, "with-local-disks");
  const answers = await Promise.all(
    vms.slice(0, CHECKED).map(async (guest) => {
      const found = await preconditionsOf(look, guest, settingText(params.target));
      const runs = isRunning(guest);
      const local = (found?.localDisks ?? []).filter(({ kind }) => kind !== "other");
      const reasons = [
        ...(found?.refused === undefined ? [] : [found.refused]),
        ...when((found?.localResources.length ?? 0) > 0, `devices ${listed(found?.localResources ?? [])}`),
        ...when(
          runs && !withDisks && local.length > 0,
          `local disks ${listed(local.map(({ volid }) => volid))}`,
        ),
        ...when(runs && !online, "runs and online is not set"),
      ];
      return { guest, unread: found === undefined, reasons };
    }),
  );
  const lines = answers.filter(({ reasons }) => reasons.length > 0);
  const unread = answers.filter((answer) => answer.unread).map(({ guest }) => guest);
  return [
    ...listings(
      "PVE would refuse",
      lines.map(({ guest, reasons }) => `${guestName(guest, guest.name)} (${reasons.join("; ")})`),
    ),
    ...listings("PVE's own check could not be read for", namesByNode(unread)),
    ...when(
      vms.length > CHECKED,
      `PVE's own check was not read for ${counted(vms.length - CHECKED, "more VM")}.`,
    ),
  ];
}
