import { num, type Row, record, str } from "../../pve/data.ts";
import { bytes } from "../../render/units.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import { inventory, nameOfVmid, placeOf } from "../guests/guest-names.ts";
import { guestNames } from "../sentence.ts";
import type { Finding, ReadRoute, Topic } from "../topic.ts";
import { counted, listed, when } from "../wording.ts";
import { RETENTION_READS, retentionFinding, retentionSeen } from "./backup-retention.ts";
import { selected } from "./backup-schedules.ts";

const STATUS: ReadRoute = "GET /nodes/{node}/storage/{storage}/status";

/** What becomes of running guests meanwhile, by mode. */
export const MODES: Readonly<Record<string, string>> = {
  stop: "shut down for it and started again",
  suspend: "suspended meanwhile",
};

/** A backup that runs now: which guests, where to, and what becomes of older backups. */
export const backupRun: Topic = {
  reads: [...RETENTION_READS, STATUS, "GET /cluster/resources"],
  look: async ({ route, params }, look): Promise<Finding> => {
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
    const place =
      storage === undefined ? (textOf(params, "dumpdir") ?? "the node's default storage") : storage;
    return {
      points: [
        guests === undefined
          ? "Which guests are saved could not be read."
          : `Saves ${counted(saved.length, "guest")} on ${node} to ${place}, mode ${mode}: ${guestNames(saved)}.`,
        ...when(
          guests !== undefined && elsewhere.length > 0,
          `Left out, not on ${node}: ${listed(
            elsewhere.map((vmid) => {
              const guest = guests?.find((one) => one.vmid === vmid);
              return guest ? placeOf(guest) : nameOfVmid(guests, vmid);
            }),
            8,
          )}.`,
        ),
        ...when(
          MODES[mode] !== undefined && running.length > 0,
          `Running guests are ${MODES[mode]}: ${guestNames(running)}.`,
        ),
        ...when(isOn(params, "stop"), `Backups that run on ${node} are ended.`),
        ...older.points,
        ...(avail === undefined ? [] : [`Free on ${place}: ${bytes(avail)}.`]),
      ],
      blocks: older.blocks,
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
  },
};

/** Parameters as a job's settings have them. */
export const settingsOf = (params: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, settingText(value)]),
  );
