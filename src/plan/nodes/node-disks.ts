import { flag, list, num, type Row, rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { currentSettings, settingsText } from "../cluster/configuration-object.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { listing, listings } from "../point.ts";
import { contentsOf, disksOwners, filesText, ownerNames } from "../storage/storage-contents.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { capital, listed, refusal, sizeText, when } from "../wording.ts";

const text = (row: Row, key: string): string => {
  const value = str(row, key)?.trim() ?? "";
  return value === "unknown" ? "" : value;
};

/** "/dev/sda, 94 GiB, Micron_5300 serial pve1-0001, used: mounted": a disk on one line. */
function diskText(row: Row): string {
  const model = text(row, "model");
  const serial = text(row, "serial");
  return [
    str(row, "devpath") ?? "",
    sizeText(num(row, "size")),
    ...(model === "" ? [] : [/^[\w.-]+$/.test(model) ? model : quoted(model, 40)]),
    ...(serial === "" ? [] : [`serial ${serial}`]),
    text(row, "used") === "" ? "nothing on it" : `used: ${text(row, "used")}`,
  ].join(", ");
}

/** What a plan hangs on: which disk it is, and what is on it. */
const diskState = (row: Row | undefined): Row | null =>
  row
    ? Object.fromEntries(
        ["devpath", "size", "serial", "wwn", "used", "mounted", "osdid", "gpt"].map((key) => [
          key,
          row[key] ?? null,
        ]),
      )
    : null;

/** Whether PVE refuses to take a disk because something uses it (PVE::Diskmanage). */
const isTaken = (row: Row): boolean =>
  flag(row, "mounted") || text(row, "used") !== "" || (num(row, "osdid") ?? -1) >= 0;

async function disksOf(look: Look, node: string): Promise<readonly Row[] | undefined> {
  const data = await look.tryRead("GET /nodes/{node}/disks/list", { node, "include-partitions": true });
  return data === undefined ? undefined : rows(data);
}

const devices = (params: Readonly<Record<string, unknown>>): readonly string[] =>
  ["disk", "device", "devices", "dev", "db_dev", "wal_dev"].flatMap((key) => list(textOf(params, key)));

/** A disk that is wiped, partitioned anew or taken for a storage or Ceph: what is on it now. */
const taking =
  (what: (params: Readonly<Record<string, unknown>>) => string, erases: boolean): Topic =>
  async ({ params }, look): Promise<Finding> => {
    const node = settingText(params.node);
    const disks = await disksOf(look, node);
    const wanted = devices(params);
    const found = wanted.map((path) => [path, disks?.find((row) => str(row, "devpath") === path)] as const);
    return {
      points: [
        ...refusal(
          found.flatMap(([path, row]) => (row && !erases && isTaken(row) ? [`${path} is in use`] : [])),
        ),
        ...found.map(([path, row]) =>
          row
            ? `${capital(what(params))} ${node}: ${diskText(row)}.`
            : `${capital(what(params))} ${node}: ${path}, ${disks ? "which is not among its disks" : "which could not be read"}.`,
        ),
        ...found.flatMap(([path, row]) =>
          when(
            row !== undefined && flag(row, "mounted"),
            `${path} is mounted: PVE refuses as long as it is.`,
          ),
        ),
        ...when(isOn(params, "add_storage"), "A storage of that name is added to the configuration."),
      ],
      state: Object.fromEntries(found.map(([path, row]) => [`disk ${path} of ${node}`, diskState(row)])),
      final: `all that is on ${listed(wanted)} is gone.`,
    };
  };

/** A disk or partition that is wiped. */
export const diskWipe = taking(() => "wipes a disk of", true);
/** A disk that gets an empty partition table. */
export const diskInit = taking(() => "writes an empty partition table on a disk of", true);
/** A disk that becomes a directory, volume group, thin pool or ZFS pool. */
export const diskStorage = taking((params) => `makes ${settingText(params.name)} on a disk of`, false);
/** A disk that becomes an OSD of Ceph. */
export const osdCreation = taking(() => "makes an OSD on a disk of", false);

const NOUNS: Readonly<Record<string, string>> = {
  directory: "directory",
  lvm: "volume group",
  lvmthin: "thin pool",
  zfs: "ZFS pool",
};

/** Fields that say which one it is, and not how full. */
const IDENTITY = ["name", "path", "device", "vg", "lv"];

/** Whether a storage of the configuration lies on what is removed, by the type of it. */
function liesOn(storage: Row, kind: string, params: Readonly<Record<string, unknown>>): boolean {
  const name = settingText(params.name);
  switch (kind) {
    case "directory":
      return str(storage, "path") === `/mnt/pve/${name}`;
    case "lvm":
      return str(storage, "type") === "lvm" && str(storage, "vgname") === name;
    case "lvmthin":
      return (
        str(storage, "thinpool") === name && str(storage, "vgname") === settingText(params["volume-group"])
      );
    default:
      return str(storage, "pool") === name || str(storage, "pool")?.startsWith(`${name}/`) === true;
  }
}

/** A volume group, thin pool, ZFS pool or directory that is destroyed, and the storages and guests on it. */
export const diskStorageRemoval: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const kind = /disks\/(\w+)\//.exec(route)?.[1] ?? "";
  const noun = NOUNS[kind] ?? kind;
  const node = settingText(params.node);
  const name = settingText(params.name);
  const [now, all] = await Promise.all([currentSettings(step, look), look.tryRead("GET /storage", {})]);
  const storages = rows(all)
    .filter((row) => liesOn(row, kind, params))
    .flatMap((row) => str(row, "storage") ?? []);
  const contents = await Promise.all(storages.slice(0, 4).map((storage) => contentsOf(look, storage)));
  const here = contents.flatMap(({ volumes, shared }) =>
    volumes.filter((one) => shared || one.node === node),
  );
  const vmids = disksOwners(here);
  const files = filesText(here);
  return {
    points: [
      ...listings("Guests whose disks are destroyed", await ownerNames(look, vmids)),
      ...(files === undefined ? [] : [`Destroyed with it: ${files}.`]),
      `${capital(noun)} ${name} of ${node} is destroyed: ${now === undefined ? "what it is now could not be read" : settingsText(now, IDENTITY) || "there is none of that name"}.`,
      all === undefined
        ? "Which storages lie on it could not be read."
        : listing("Storages that lie on it", storages),
      ...when(isOn(params, "cleanup-config"), "Their definitions lose this node, or go."),
      ...when(isOn(params, "cleanup-disks"), "The disks under it are wiped too."),
    ],
    state: {
      [`${kind} ${name} of ${node}`]: now ? settingsText(now, IDENTITY) : null,
      [`storages on ${name} of ${node}`]: { storages: [...storages].sort(), guests: [...vmids] },
    },
    name,
    final: `all data on ${noun} ${name} of ${node} is gone.`,
  };
};
