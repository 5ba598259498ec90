import { flag, type Row, str } from "../../pve/data.ts";
import { asFlag } from "../../render/units.ts";
import {
  type ConfigDifference,
  configDifference,
  type GuestChange,
} from "../difference/config-difference.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { entriesOf, settingText } from "../difference/setting-value.ts";
import { differenceBlocks } from "../difference/settings-difference.ts";
import { valueText } from "../sentence.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusedFor, when } from "../wording.ts";
import { borrowedDisks } from "./borrowed-disks.ts";
import { isProtected, lockReason, runs, staleReason } from "./guest-condition.ts";
import { inventory, labelOf } from "./guest-names.ts";
import { GUEST_READS, guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { VOLUME_READ, volumesOf, volumeText, withSizes } from "./guest-volumes.ts";
import { PENDING_READS, pendingRows } from "./pending-changes.ts";

/** Changes that one line names. */
const SHOWN = 12;

/** What a change of a guest's configuration comes to, setting by setting, and what its disks suffer. */
export const configChange: Topic = {
  reads: [...GUEST_READS, ...PENDING_READS, VOLUME_READ],
  look: async (step, look): Promise<Finding | undefined> => {
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
        ...when(failed.length > 0, `PVE would refuse in ${who}: ${listed(failed, SHOWN)}.`),
        ...(await volumePoints(look, guest, config, difference)),
        ...borrowed.points,
        ...when(
          loosens(config, params),
          `The protection flag of ${who} goes: it and its disks can then be deleted.`,
        ),
        ...when(asFlag(params.template) === true, `${who} becomes a template, which cannot be taken back.`),
        ...changePoints(who, difference),
      ],
      blocks: differenceBlocks(difference.changes, CONFIG_ROUTE[guest.type]),
      state,
      ...(difference.destroyed.length > 0
        ? { final: `the volumes destroyed of ${labelOf(guest, config)} are gone.` }
        : {}),
    };
  },
};

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
): Promise<readonly string[]> {
  const named = volumesOf(guest.type, config);
  const fated = (fates: readonly { readonly volume: string }[]) =>
    named.filter(({ volume }) => fates.some((fate) => fate.volume === volume));
  const [gone, kept] = await Promise.all(
    [destroyed, detached].map((fates) => withSizes(look, guest.node, fated(fates))),
  );
  const as = detached.map((fate) => fate.as);
  return [
    ...when(destroyed.length > 0, `Destroyed: ${listed((gone ?? []).map(volumeText))}.`),
    ...when(detached.length > 0, `Detached, kept as ${listed(as)}: ${listed((kept ?? []).map(volumeText))}.`),
  ];
}

/** Whether the call takes away the flag that keeps a guest from being deleted. */
const loosens = (config: Row, params: Step["params"]): boolean =>
  isProtected(config) &&
  (asFlag(params.protection) === false || entriesOf(params.delete).includes("protection"));

function changePoints(who: string, { changes, unchanged }: ConfigDifference): readonly string[] {
  const of = (timing: GuestChange["when"]) =>
    changes.filter((change) => change.when === timing).map(changeText);
  const [now, later] = [of("now"), of("reboot")];
  return [
    ...when(now.length > 0, `${who} changes at once: ${listed(now, SHOWN)}.`),
    ...when(later.length > 0, `${who} changes at the next start: ${listed(later, SHOWN)}.`),
    ...when(unchanged.length > 0, `Already so in ${who}: ${listed(unchanged, SHOWN)}.`),
    ...when(changes.length === 0, `Nothing changes in ${who}.`),
  ];
}

const NONE = "not set";
/** Settings in MiB. */
const MIB = new Set(["memory", "balloon", "swap"]);

function shown(key: string, value: string | undefined): string {
  if (value === undefined || value === "") return NONE;
  return MIB.has(key) && /^\d+$/.test(value) ? `${value} MiB` : valueText(key, value);
}

/** `memory 4096 MiB → 8192 MiB`, `net0 (bridge vmbr0 → vmbr1)`, `agent goes (1)`. */
function changeText({ key, before, after, parts, deleted, note }: GuestChange): string {
  const remark = note === undefined ? "" : ` (${note})`;
  if (deleted) return `${key} goes (${note ?? shown(key, before)})`;
  if (parts === undefined) return `${key} ${shown(key, before)} → ${shown(key, after)}${remark}`;
  const inner = parts.map(
    (part) => `${part.key} ${shown(part.key, part.before)} → ${shown(part.key, part.after)}`,
  );
  return `${key} (${inner.join(", ")})${remark}`;
}
