import { num, type Row, record, str } from "../../pve/data.ts";
import { bytes } from "../../render/units.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import { guestNames, inventory, nameOfVmid, placeOf } from "../guests/guest-names.ts";
import { listing, listings } from "../point.ts";
import type { Finding, Topic } from "../topic.ts";
import { counted, when } from "../wording.ts";
import { retentionFinding, retentionSeen } from "./backup-retention.ts";
import { selected, selectors } from "./backup-schedules.ts";

/** What becomes of running guests meanwhile, by mode. */
export const MODES: Readonly<Record<string, string>> = {
  stop: "shut down for it and started again",
  suspend: "suspended meanwhile",
};

/** A backup that runs now: which guests, where to, and what becomes of older backups. */
export const backupRun: Topic = async ({ route, params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const [guests, defaults] = await Promise.all([
    inventory(look),
    look.tryRead("GET /nodes/{node}/vzdump/defaults", {
      node,
      ...(params.storage === undefined ? {} : { storage: settingText(params.storage) }),
    }),
  ]);
  const storage = textOf(params, "storage") ?? str(record(defaults), "storage");
  const mode = textOf(params, "mode") ?? str(record(defaults), "mode") ?? "snapshot";
  const saved = selected(guests ?? [], settingsOf(params), node);
  const running = saved.filter(({ status }) => status === "running");
  const asked = entriesOf(params.vmid).map(Number);
  const elsewhere = asked.filter((vmid) => !saved.some((guest) => guest.vmid === vmid));
  const [retention, free] = await Promise.all([
    retentionSeen(look, route, { ...params, ...(storage === undefined ? {} : { storage }) }),
    storage === undefined
      ? undefined
      : look.tryRead("GET /nodes/{node}/storage/{storage}/status", { node, storage }),
  ]);
  const older = await retentionFinding(look, retention, { node, storage }, saved);
  const avail = num(record(free), "avail");
  const place = storage === undefined ? (textOf(params, "dumpdir") ?? "the node's default storage") : storage;
  return {
    points: [
      guests === undefined
        ? "Which guests are saved could not be read."
        : listing(
            `Saves ${counted(saved.length, "guest")} on ${node} to ${place}, mode ${mode}`,
            guestNames(saved),
          ),
      ...(guests === undefined
        ? []
        : listings(
            `Left out, not on ${node}`,
            elsewhere.map((vmid) => {
              const guest = guests.find((one) => one.vmid === vmid);
              return guest ? placeOf(guest) : nameOfVmid(guests, vmid);
            }),
          )),
      ...(MODES[mode] === undefined
        ? []
        : listings(`Running guests are ${MODES[mode]}`, guestNames(running))),
      ...when(isOn(params, "stop"), `Backups that run on ${node} are ended.`),
      ...older.points,
      ...(avail === undefined ? [] : [`Free on ${place}: ${bytes(avail)}.`]),
    ],
    tells: [...(guests === undefined ? [] : selectors(params)), "storage", "mode", "stop", "remove"],
    state: {
      [`backup on ${node}`]: {
        guests: guests === undefined ? null : saved.map(({ vmid }) => vmid),
        storage: storage ?? null,
        mode,
        gone: older.gone,
      },
    },
    ...(older.gone !== null && older.gone.length > 0 ? { final: "a backup that is pruned is gone." } : {}),
  };
};

/** Parameters as a job's settings have them. */
export const settingsOf = (params: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, settingText(value)]),
  );
