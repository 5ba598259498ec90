import { replaces } from "../policy/present-disks.ts";
import type { GuestType, WhichVolumes } from "../policy/touches/touch.ts";
import type { LookUps, SeenGuest } from "./bounds/bounds-look-up.ts";
import { type Json, type Row, record, rows, str } from "./data.ts";

/** Settings of a guest that hold a volume, its memory's included. */
const HOLDS_VOLUME = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+$|^(?:rootfs|vmstate)$/;

/** The storage of a volume that is a guest's: an image in a drive is not. */
function storageIn(key: string, value: Json | undefined): readonly string[] {
  if (!HOLDS_VOLUME.test(key) || typeof value !== "string") return [];
  const [, storage, name = ""] = /(?:^|,)(?:(?:file|volume)=)?([A-Za-z][\w.-]*):([^,]*)/.exec(value) ?? [];
  return storage === undefined || name.startsWith("iso/") ? [] : [storage];
}

const inConfig = (config: Row) => Object.entries(config).flatMap(([key, value]) => storageIn(key, value));

/** A guest's settings, each with what waits for a reboot. */
export const settingsOf = async (
  look: LookUps,
  { vmid, type, node }: Pick<SeenGuest, "vmid" | "type" | "node">,
): Promise<readonly Row[]> =>
  rows(await look.get(`GET /nodes/{node}/${type}/{vmid}/pending`, { node, vmid }));

/** What a setting holds, and what it will hold after a reboot. */
export const valuesOf = (setting: Row): readonly string[] =>
  [str(setting, "value"), str(setting, "pending")].flatMap((value) => value ?? []);

async function snapshotsOf(look: LookUps, type: GuestType, at: Readonly<Record<string, unknown>>) {
  const found = rows(await look.get(`GET /nodes/{node}/${type}/{vmid}/snapshot`, at));
  return found.flatMap((row) => str(row, "name") ?? []).filter((name) => name !== "current");
}

/** The storages on which a guest's volumes lie. */
export async function storagesOf(
  look: LookUps,
  guest: SeenGuest,
  which: WhichVolumes,
): Promise<readonly string[]> {
  const { vmid, type, node } = guest;
  const { snapshot, everySnapshot, localOnly } = which;
  const at = { node, vmid };
  const snapshots = everySnapshot
    ? await snapshotsOf(look, type, at)
    : [snapshot].flatMap((name) => name ?? []);
  const [settings, ...configs] = await Promise.all([
    settingsOf(look, guest),
    ...snapshots.map((snapname) =>
      look.get(`GET /nodes/{node}/${type}/{vmid}/snapshot/{snapname}/config`, { ...at, snapname }),
    ),
  ]);
  const now = settings.flatMap((setting) =>
    valuesOf(setting).flatMap((value) => storageIn(str(setting, "key") ?? "", value)),
  );
  const found = new Set([...now, ...configs.flatMap((config) => inConfig(record(config)))]);
  if (!localOnly) return [...found];
  const { storages } = await look.inventory();
  const shared = new Set(storages.flatMap((storage) => (storage.shared ? [storage.name] : [])));
  return [...found].filter((name) => !shared.has(name));
}

/** The storages of volumes whose place these settings take. */
export async function storagesReplaced(
  look: LookUps,
  guest: SeenGuest,
  disks: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const settings = await settingsOf(look, guest);
  return settings.flatMap((setting) => {
    const key = str(setting, "key") ?? "";
    if (!Object.hasOwn(disks, key)) return [];
    return valuesOf(setting).flatMap((present) =>
      replaces(present, disks[key]) ? storageIn(key, present) : [],
    );
  });
}
