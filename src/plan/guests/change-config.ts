import { flag, type Row, str } from "../../pve/data.ts";
import { asFlag } from "../../render/units.ts";
import {
  type ConfigDifference,
  configDifference,
  type GuestChange,
  isConfigSetting,
} from "../difference/config-difference.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { entriesOf, settingText } from "../difference/setting-value.ts";
import { changesPoint } from "../difference/settings-difference.ts";
import { listings, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusedFor, when } from "../wording.ts";
import { borrowedDisks } from "./borrowed-disks.ts";
import { isProtected, lockReason, runs, staleReason } from "./guest-condition.ts";
import { inventory, labelOf } from "./guest-names.ts";
import { guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { volumesOf, volumeText, withSizes } from "./guest-volumes.ts";
import { pendingRows } from "./pending-changes.ts";

/** What a change of a guest's configuration comes to, setting by setting, and what its disks suffer. */
export const configChange: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const params = settingsOf(step);
  const [config, status, pending, guests] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    pendingRows(look, guest),
    inventory(look),
  ]);
  const who = guestName(guest, undefined);
  const borrowed = borrowedDisks(guest.vmid, params, guests);
  const state = {
    [`config ${guest.vmid}`]: {
      digest: str(config, "digest") ?? null,
      pending: pending
        .filter((row) => row.pending !== undefined || flag(row, "delete"))
        .map((row) => `${str(row, "key")}=${settingText(row.pending)}`),
      owners: borrowed.owners,
    },
  };
  if (Object.keys(config).length === 0)
    return {
      points: [...borrowed.points, `What is set in ${who} now could not be read, so neither what changes.`],
      state,
    };
  // Where nobody could look, it is taken to run: that tells the later time.
  const running = runs(status) ?? true;
  const difference = configDifference({ type: guest.type, now: config, pending, params, running });
  const failed = failures(difference);
  return {
    points: [
      ...refusedFor(who, [lockReason(config, params), staleReason(config, step.params)]),
      ...listings(`PVE would refuse in ${who}`, failed),
      ...(await volumePoints(look, guest, config, difference)),
      ...borrowed.points,
      ...when(
        loosens(config, params),
        `The protection flag of ${who} goes: it and its disks can then be deleted.`,
      ),
      ...when(asFlag(params.template) === true, `${who} becomes a template, which cannot be taken back.`),
      ...changePoints(guest, difference),
    ],
    tells: Object.keys(step.params).filter(isTold),
    state,
    ...(difference.destroyed.length > 0
      ? { final: `the volumes destroyed of ${labelOf(guest, config)} are gone.` }
      : {}),
  };
};

/** Whether the difference says a parameter. */
const isTold = (name: string): boolean =>
  isConfigSetting(name) || ["delete", "revert", "idlist"].includes(name);

/** The call as a configuration call: unlinking deletes settings (PVE::API2::Qemu unlink). */
const settingsOf = ({ route, params }: Step): Step["params"] =>
  route.endsWith("/unlink") ? { vmid: params.vmid, delete: params.idlist, force: params.force } : params;

const failures = ({ changes }: ConfigDifference): readonly string[] =>
  changes.flatMap(({ key, fails }) => (fails === undefined ? [] : [`${key} (${fails})`]));

/** Volumes that go, and those that stay as unused ones, with their sizes. */
async function volumePoints(
  look: Look,
  guest: StepGuest,
  config: Row,
  { destroyed, detached }: ConfigDifference,
): Promise<readonly Point[]> {
  const named = volumesOf(guest.type, config);
  const fated = (fates: readonly { readonly volume: string }[]) =>
    named.filter(({ volume }) => fates.some((fate) => fate.volume === volume));
  const [gone, kept] = await Promise.all(
    [destroyed, detached].map((fates) => withSizes(look, guest.node, fated(fates))),
  );
  const as = detached.map((fate) => fate.as);
  return [
    ...listings("Destroyed", (gone ?? []).map(volumeText)),
    ...listings(`Detached, kept as ${listed(as)}`, (kept ?? []).map(volumeText)),
  ];
}

/** Whether the call takes away the flag that keeps a guest from being deleted. */
const loosens = (config: Row, params: Step["params"]): boolean =>
  isProtected(config) &&
  (asFlag(params.protection) === false || entriesOf(params.delete).includes("protection"));

function changePoints(guest: StepGuest, { changes, unchanged }: ConfigDifference): readonly Point[] {
  const who = guestName(guest, undefined);
  const of = (says: string, timing: GuestChange["when"]): readonly Point[] =>
    changesPoint(
      `${who} changes ${says}`,
      changes.filter((change) => change.when === timing),
      CONFIG_ROUTE[guest.type],
    );
  return [
    ...of("at once", "now"),
    ...of("at the next start", "reboot"),
    ...listings(`Already so in ${who}`, unchanged),
    ...when(changes.length === 0, `Nothing changes in ${who}.`),
  ];
}
