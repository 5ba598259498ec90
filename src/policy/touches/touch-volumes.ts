import { type GuestType, type Touch, unreadable } from "./touch.ts";
import { storageIn, textOf, vmidIn } from "./touch-arguments.ts";

interface Owner {
  readonly vmid: number;
  readonly type?: GuestType;
}

/** What a text names that stands for a volume. */
type Volume =
  /** A drive that is empty, or the node's own. */
  | { readonly kind: "none" }
  /** A new volume. */
  | { readonly kind: "space"; readonly storage: string }
  | {
      readonly kind: "volume";
      readonly storage: string;
      readonly owners: readonly Owner[];
      /** It lies where files are nobody's. */
      readonly nobodys: boolean;
    }
  | { readonly kind: "unreadable"; readonly why: string };

/** Names PVE gives to guests' volumes and backups (PVE::Storage::Plugin and its kin, parse_volname). */
const NAMED = /^(?:vm|base|basevol|subvol|basevm)?-(\d+)-\S/i;
const ARCHIVE = /^vzdump-(openvz|lxc|qemu)-(\d+)-/i;

/** Whose a file is by its name. */
export function ownersByName(file: string): readonly Owner[] {
  const [, kind = "", id] = ARCHIVE.exec(file) ?? [];
  const vmid = vmidIn(id ?? NAMED.exec(file)?.[1] ?? "");
  if (vmid === undefined) return [];
  return id === undefined ? [{ vmid }] : [{ vmid, type: kind.toLowerCase() === "qemu" ? "qemu" : "lxc" }];
}

type Form = readonly [
  form: RegExp,
  read: (
    parts: readonly string[],
  ) => Omit<Extract<Volume, { kind: "volume" }>, "kind" | "storage"> | undefined,
];

const guests = (...owners: readonly (Owner | undefined)[]) =>
  owners.length === 0 || owners.includes(undefined)
    ? undefined
    : { owners: owners.flatMap((owner) => owner ?? []), nobodys: false };

const byFolder = (id: string | undefined): Owner | undefined => {
  const vmid = vmidIn(id ?? "");
  return vmid === undefined ? undefined : { vmid };
};

/** Forms of volume names, of every plugin. What has none of them may be any guest's, as a LUN may. */
const FORMS: readonly Form[] = [
  // Directories: 100/vm-100-disk-0.qcow2.
  [/^(\d+)\/([^/\s]+)$/, ([, id, file = ""]) => guests(byFolder(id), ...ownersByName(file))],
  // Linked clones in directories name their base first: 100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2 is 101's.
  [/^\d+\/[^/\s]+\/(\d+)\/([^/\s]+)$/, ([, id, file = ""]) => guests(byFolder(id), ...ownersByName(file))],
  // LVM, ZFS and RBD, linked clones behind their base.
  [/^(?:base(?:vol)?-\d+-[^/\s]+\/)?([^/\s]+)$/i, ([, name = ""]) => guests(...ownersByName(name))],
  [
    /^backup\/([^/\s]+)$/,
    ([, file = ""]) => (ARCHIVE.test(file) ? guests(...ownersByName(file)) : undefined),
  ],
  // Proxmox Backup Server.
  [
    /^backup\/(vm|ct)\/(\d+)\/[^/\s]+$/i,
    ([, kind = "", id]) => {
      const owner = byFolder(id);
      return guests(owner && { ...owner, type: kind.toLowerCase() === "vm" ? "qemu" : "lxc" });
    },
  ],
  [/^backup\/host\/[^/\s]+\/[^/\s]+$/, () => ({ owners: [], nobodys: true })],
  // Folders of files that are no guest's, unless one is named like a guest's: a folder may be defined to be another.
  [
    /^(?:iso|vztmpl|snippets|import)\/(.+)$/s,
    ([, path = ""]) => ({ owners: path.split("/").flatMap(ownersByName), nobodys: true }),
  ],
  // Machines on an ESXi host, which are imported: datacenter/datastore/machine/disk.vmdk.
  [
    /^([^/]+\/){2,}[^/]+\.(?:vmx|vmdk)$/s,
    ([path = ""]) =>
      path.split("/").some((part) => NAMED.test(part) || /^\d+$/.test(part))
        ? undefined
        : { owners: [], nobodys: true },
  ],
];

/** What a volume id, or a path, names. @param storage the storage the route names, where the id may leave it out */
function readVolume(text: string, storage?: string): Volume {
  if (text === "none" || text === "cdrom") return { kind: "none" };
  if (text.startsWith("/")) return { kind: "unreadable", why: "names a path on the node" };
  const unknown: Volume = { kind: "unreadable", why: "cannot be read" };
  const [, id, rest] = /^([^:/]+):(.+)$/s.exec(text) ?? [];
  const where = storageIn(id ?? storage ?? "");
  const name = rest ?? text;
  // PVE refuses an id that names another storage than the route does.
  if (where === undefined || (storage !== undefined && where !== storage)) return unknown;
  if (/^\d+(?:\.\d+)?$/.test(name) || name === "cloudinit") return { kind: "space", storage: where };
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(name)) return unknown;
  for (const [form, read] of FORMS) {
    const parts = form.exec(name);
    if (!parts) continue;
    const found = read(parts);
    return found ? { kind: "volume", storage: where, ...found } : unknown;
  }
  return unknown;
}

/** What happens to a volume: a guest gets it, it is destroyed or changed, it is read. */
export type VolumeHow = "attach" | "change" | "read";

/**
 * What a call touches that names a volume.
 * @param name the parameter, for the reader of a refusal
 * @param storage the storage that the route names, where the id may leave it out
 */
export function volumeTouches(
  name: string,
  value: unknown,
  how: VolumeHow,
  storage?: string,
): readonly Touch[] {
  const text = textOf(value);
  if (text === undefined) return [unreadable(name)];
  const volume = readVolume(text, storage);
  switch (volume.kind) {
    case "none":
      return how === "attach" ? [] : [unreadable(name)];
    case "unreadable":
      return [{ kind: "everything", why: `${name} ${volume.why}` }];
    case "space":
      return how === "attach"
        ? [{ kind: "storage", name: volume.storage, how: "allocate" }]
        : [unreadable(name)];
    case "volume": {
      const owners = volume.owners.map(
        (owner): Touch => ({ kind: "guest", ...owner, how: how === "read" ? "read" : "change" }),
      );
      return [...owners, ...onStorage(volume.storage, how, owners.length > 0, volume.nobodys)];
    }
  }
}

function onStorage(name: string, how: VolumeHow, owned: boolean, nobodys: boolean): readonly Touch[] {
  const touch = (storageHow: "use" | "read" | "volumes" | "content"): Touch => ({
    kind: "storage",
    name,
    how: storageHow,
  });
  if (how === "attach") return [touch("use")];
  if (how === "read") return nobodys ? [touch("read")] : [];
  return [...(owned ? [touch("volumes")] : []), ...(nobodys ? [touch("content")] : [])];
}

/** Keys of a disk's property string that hold a volume; "" is the value without a key. */
const VOLUME_KEYS: ReadonlySet<string> = new Set(["", "file", "volume", "import-from"]);

/** The pieces of a property string, given as text, as object or as list, by key; undefined when it cannot be read. */
export function piecesOf(value: unknown): readonly (readonly [key: string, text: string])[] | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const pieces = Object.entries(value).map(
      ([key, inner]) => [key.trim().toLowerCase(), textOf(inner)] as const,
    );
    return pieces.some(([, text]) => text === undefined)
      ? undefined
      : pieces.map(([key, text]) => [key, text ?? ""] as const);
  }
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = parts.map(textOf);
  if (texts.includes(undefined)) return undefined;
  return texts
    .flatMap((text) => (text ?? "").split(","))
    .flatMap((piece) => {
      const [, key = "", text = ""] = /^\s*(?:([a-z][\w-]*)\s*=)?(.*?)\s*$/is.exec(piece) ?? [];
      return text === "" ? [] : [[key.toLowerCase(), text] as const];
    });
}

/** What a guest touches that gets this disk. */
export function diskTouches(name: string, value: unknown): readonly Touch[] {
  const pieces = piecesOf(value);
  if (pieces === undefined) return [unreadable(name)];
  return pieces
    .filter(([key]) => VOLUME_KEYS.has(key))
    .flatMap(([, text]) => volumeTouches(name, text, "attach"));
}
