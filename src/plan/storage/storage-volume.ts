import { flag, num, type Row, record, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { quoted } from "../../render/foreign.ts";
import { bytes, time } from "../../render/units.ts";
import { diskOf, isUnusedKey } from "../difference/guest-disk.ts";
import { entriesOf, settingText, textOf } from "../difference/setting-value.ts";
import { guestConfigs } from "../guests/guest-configs.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import { absence } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { capital, counted, refusal, sizeText, when } from "../wording.ts";

// Names of files and volumes (PVE::Storage::Plugin parse_volname; PVE::Storage::PBSPlugin parse_volname).
const FILE = /^(iso|vztmpl|backup|snippets|import)\//;
const BACKUP_OF = /^backup\/(?:vzdump-(?:openvz|lxc|qemu)-|(?:vm|ct)\/)(\d+)\b/;
const DISK_OF = /(?:^|\/)(?:vm|base|basevol|subvol)-(\d+)-[^/]*$/;

const NOUNS: Readonly<Record<string, string>> = {
  iso: "ISO image",
  vztmpl: "template",
  backup: "backup",
  snippets: "snippet",
  import: "import image",
};

/** A volume that a step's path names. */
interface NamedVolume {
  readonly node: string;
  readonly storage: string;
  readonly volid: string;
  readonly noun: string;
  /** VMID in its name. */
  readonly owner?: number;
}

function volumeIn(params: Step["params"]): NamedVolume {
  const storage = settingText(params.storage);
  const name = settingText(params.volume).replace(/^[^:/]+:/, "");
  const owner = (BACKUP_OF.exec(name) ?? DISK_OF.exec(name))?.[1];
  return {
    node: settingText(params.node),
    storage,
    volid: `${storage}:${name}`,
    noun: NOUNS[FILE.exec(name)?.[1] ?? ""] ?? "disk",
    ...(owner === undefined ? {} : { owner: Number(owner) }),
  };
}

const readOne = async (look: Look, { node, storage, volid }: NamedVolume): Promise<Row | undefined> => {
  const data = await look.tryRead("GET /nodes/{node}/storage/{storage}/content/{volume}", {
    node,
    storage,
    volume: volid,
  });
  return data === undefined ? undefined : record(data);
};

/** Whether its owner's configuration names a disk, as a sentence. */
async function attachment(
  look: Look,
  { volid, owner }: NamedVolume,
  guests: readonly Guest[] | undefined,
): Promise<{ readonly point: string; readonly keys: readonly string[] | null }> {
  const name = nameOfVmid(guests, owner ?? 0);
  const guest = guests?.find(({ vmid }) => vmid === owner);
  if (guests !== undefined && guest === undefined)
    return { point: `Its owner, ${name}, is not there any more.`, keys: [] };
  const [found] = guest ? (await guestConfigs(look, [guest])).configs : [];
  if (!guest || !found) return { point: `Whether ${name} uses it could not be read.`, keys: null };
  const [, config] = found;
  const keys = Object.entries(config).flatMap(([key, value]) =>
    diskOf(guest.type, key, value)?.volume === volid ? [key] : [],
  );
  const used = keys.filter((key) => !isUnusedKey(key));
  if (used.length > 0)
    return {
      point: `${name} uses it as ${used.join(", ")}${guest.status === "running" ? ", and is running" : ""}: it loses that disk.`,
      keys,
    };
  return {
    point: keys.length > 0 ? `${name} keeps it unused, as ${keys.join(", ")}.` : `${name} does not use it.`,
    keys,
  };
}

/** What is left of a guest's backups on the storage without this one. */
async function otherBackups(look: Look, volume: NamedVolume): Promise<readonly string[]> {
  const { node, storage, owner, volid } = volume;
  if (owner === undefined) return [];
  const data = await look.tryRead("GET /nodes/{node}/storage/{storage}/content", {
    node,
    storage,
    content: "backup",
    vmid: owner,
  });
  if (data === undefined) return [`Whether it is the last backup there could not be read.`];
  const others = rows(data).filter((row) => str(row, "volid") !== volid);
  const newest = Math.max(0, ...others.map((row) => num(row, "ctime") ?? 0));
  return [
    others.length === 0
      ? `It is the only backup of that guest on ${storage}.`
      : `${counted(others.length, "other backup")} of that guest ${others.length === 1 ? "stays" : "stay"} on ${storage}, the newest of ${time(newest)}.`,
  ];
}

const volumeText = ({ noun, volid, owner }: NamedVolume, guests: readonly Guest[] | undefined): string =>
  `${capital(noun)} ${volid}${owner === undefined ? "" : ` of ${nameOfVmid(guests, owner)}`}`;

/** A volume that goes: what it is, whose, and whether it is in use; PVE asks none of that (PVE::Storage vdisk_free). */
export const volumeRemoval: Topic = async ({ params }, look): Promise<Finding> => {
  const volume = volumeIn(params);
  const [found, guests] = await Promise.all([readOne(look, volume), inventory(look)]);
  const isDisk = volume.noun === "disk" && volume.owner !== undefined;
  const [use, others] = await Promise.all([
    isDisk ? attachment(look, volume, guests) : undefined,
    volume.noun === "backup" ? otherBackups(look, volume) : [],
  ]);
  const guarded = found !== undefined && flag(found, "protected");
  const notes = found && str(found, "notes");
  return {
    points: [
      ...refusal([guarded ? "it is protected" : undefined]),
      `${volumeText(volume, guests)} goes, ${found ? sizeText(num(found, "size")) : "it could not be read"}.`,
      ...(use ? [use.point] : []),
      ...others,
      ...(notes === undefined || notes === "" ? [] : [`Its notes: ${quoted(notes)}.`]),
    ],
    state: {
      [`volume ${volume.volid}`]: found
        ? { size: num(found, "size") ?? null, protected: guarded, used: use?.keys ? [...use.keys] : null }
        : null,
    },
    final: "the data of the volume is gone.",
  };
};

/** Notes and protection of a backup. */
export const volumeChange: Topic = async ({ params }, look): Promise<Finding> => {
  const volume = volumeIn(params);
  const [found, guests] = await Promise.all([readOne(look, volume), inventory(look)]);
  const was = found && flag(found, "protected");
  const wanted = params.protected === undefined ? undefined : settingText(params.protected) === "1";
  const notes = params.notes === undefined ? undefined : settingText(params.notes);
  return {
    points: [
      `${volumeText(volume, guests)}: ${found ? (was ? "protected now" : "not protected now") : "it could not be read"}.`,
      ...when(
        wanted === false && was !== false,
        "Without protection the next pruning may remove it, and it can be deleted.",
      ),
      ...when(wanted === true && was !== true, "It then can be neither pruned nor deleted."),
      ...(notes === undefined
        ? []
        : [
            `Notes: ${quoted(found ? (str(found, "notes") ?? "") : "") || "none"} → ${quoted(notes) || "none"}.`,
          ]),
    ],
    state: {
      [`volume ${volume.volid}`]: found
        ? { protected: was ?? null, notes: str(found, "notes") ?? null }
        : null,
    },
  };
};

/** The file that a step makes, as far as its parameters tell. */
function fileOf({ route, params }: Step): { readonly folder?: string; readonly name?: string } {
  if (route.endsWith("/aplinfo")) return { folder: "vztmpl", name: settingText(params.template) };
  const name = textOf(params, "filename");
  const folder = route.endsWith("/oci-registry-pull") ? "vztmpl" : textOf(params, "content");
  return { ...(folder === undefined ? {} : { folder }), ...(name === undefined ? {} : { name }) };
}

/** A file that comes onto a storage: room, and whether one of that name is there (an upload overwrites it). */
export const fileArrival: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const [node, storage] = [settingText(params.node), settingText(params.storage)];
  const { folder, name } = fileOf(step);
  const [data, status] = await Promise.all([
    look.tryRead("GET /nodes/{node}/storage/{storage}/content", {
      node,
      storage,
      ...(folder === undefined ? {} : { content: folder }),
    }),
    look.tryRead("GET /nodes/{node}/storage/{storage}/status", { node, storage }),
  ]);
  const there = rows(data).find((row) => name !== undefined && str(row, "volid")?.endsWith(`/${name}`));
  const uploads = route.endsWith("/upload");
  const free = num(record(status), "avail");
  const types = entriesOf(record(status).content);
  return {
    points: [
      `${capital(NOUNS[folder ?? ""] ?? "file")} ${name ?? "named by what is loaded"} comes onto ${storage} of ${node}.`,
      ...(there
        ? [
            uploads
              ? `A file of that name is there and is overwritten: ${str(there, "volid") ?? ""}, ${sizeText(num(there, "size"))}.`
              : `A file of that name is there already: ${str(there, "volid") ?? ""}.`,
          ]
        : when(data === undefined, "Whether a file of that name is there could not be read.")),
      ...refusal([
        folder !== undefined && types.length > 0 && !types.includes(folder)
          ? `${storage} does not take ${folder}`
          : undefined,
      ]),
      ...(free === undefined ? [] : [`Free on ${storage}: ${bytes(free)}.`]),
    ],
    state: { [`file ${storage}:${name ?? ""}`]: data === undefined ? null : (there?.volid ?? "absent") },
    ...(there && uploads ? { final: "the file that is overwritten is gone." } : {}),
  };
};

/** A volume that is made or copied by hand. */
export const volumeCreation: Topic = async ({ route, params }, look): Promise<Finding> => {
  const [node, storage] = [settingText(params.node), settingText(params.storage)];
  const copies = route.includes("{volume}");
  const owner = copies ? undefined : Number(params.vmid);
  const name = copies ? settingText(params.target) : settingText(params.filename);
  const [data, status, guests] = await Promise.all([
    look.tryRead("GET /nodes/{node}/storage/{storage}/content", {
      node,
      storage,
      ...(owner === undefined ? {} : { vmid: owner }),
    }),
    look.tryRead("GET /nodes/{node}/storage/{storage}/status", { node, storage }),
    inventory(look),
  ]);
  const file = name.slice(name.lastIndexOf("/") + 1).replace(/^[^:]+:/, "");
  const there = rows(data).some((row) => /[^:/]*$/.exec(str(row, "volid") ?? "")?.[0] === file);
  const free = num(record(status), "avail");
  return {
    points: [
      copies
        ? `${settingText(params.volume)} is copied to ${name} on ${textOf(params, "target_node") ?? node}.`
        : `Disk ${file} of ${settingText(params.size).replace(/\d$/, "$& KiB")} is made on ${storage} for ${nameOfVmid(guests, owner ?? 0)}; the guest does not use it by that.`,
      data === undefined
        ? "Whether it is there already could not be read."
        : there
          ? "A volume of that name is there already: PVE refuses to make it."
          : absence("volume", "of that name is there yet."),
      ...(free === undefined ? [] : [`Free on ${storage}: ${bytes(free)}.`]),
    ],
    state: { [`volume ${storage}:${file}`]: data === undefined ? null : there ? "present" : "absent" },
  };
};
