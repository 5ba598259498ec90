import { isDiskKey } from "./guests.ts";
import { requirePrivileges } from "./permissions.ts";
import { formatSize, parseProperties, printProperties } from "./property.ts";
import { badParams, die, type SimCall } from "./route.ts";
import { allocate, enabledOn, findVolume, type NewVolume } from "./volumes.ts";
import type { Guest, Json, World } from "./world.ts";

const GIB = 1024 ** 3;
/** `STORAGE:SIZE_IN_GiB` asks for a new volume (PVE::QemuServer::Drive NEW_DISK_RE). */
const NEW_DISK = /^([^/:\s]+):(\d+(?:\.\d+)?)$/;
/** Disks whose size PVE chooses itself. */
const FIXED_SIZE: Readonly<Record<string, number>> = { efidisk0: 540672, tpmstate0: 4 * 1024 ** 2 };
const CLOUDINIT_BYTES = 4 * 1024 ** 2;
/** Keys of a container's mount point that PVE prints before the optional ones. */
const FIRST = ["mp"];

interface Place {
  readonly call: SimCall;
  readonly guest: Pick<Guest, "vmid" | "type" | "node">;
  /** Lines the task prints. */
  readonly log: string[];
}

/** The storage of a disk value when it names one. */
function storageName(volid: string): string | undefined {
  return /^([^/:\s]+):/.exec(volid)?.[1];
}

/** Checks before anything is allocated: the storage exists, takes the content, and the caller may use it. */
export function checkDisks(call: SimCall, guest: Place["guest"], values: Record<string, Json>): void {
  for (const [key, raw] of Object.entries(values)) {
    if (!isDiskKey(guest.type, key)) continue;
    const properties = parseProperties(String(raw));
    const volid = volidOf(properties);
    if (/^(none|cdrom|\/.*)$/.test(volid)) continue;
    const name = storageName(volid);
    if (name === undefined) {
      badParams({
        [key]: guest.type === "qemu" ? "not a valid volid: unable to parse volume ID" : "invalid format",
      });
      continue;
    }
    const storage = enabledOn(call.world, name, guest.node);
    const iso = /^[^:]+:iso\//.test(volid);
    if (NEW_DISK.test(volid) || volid.endsWith(":cloudinit")) {
      requirePrivileges(call.world, call.caller.id, `/storage/${name}`, ["Datastore.AllocateSpace"]);
      const content = guest.type === "qemu" ? "images" : "rootdir";
      if (!String(storage.config.content).split(",").includes(content)) {
        if (guest.type === "qemu") badParams({ storage: `storage '${name}' does not support vm images` });
        die(`storage '${name}' does not support CT rootdirs`);
      }
    } else if (iso && properties.get("media") !== "cdrom" && guest.type === "qemu")
      badParams({ [key]: "explicit 'media=cdrom' is required for iso images" });
  }
}

function volidOf(properties: Map<string, string>): string {
  return properties.get("") ?? properties.get("file") ?? properties.get("volume") ?? "";
}

/**
 * Turns the disk values of a create or config call into what the configuration keeps, allocating new volumes.
 * When one of them fails, those made before it are freed again.
 */
export function createDisks(place: Place, values: Record<string, Json>): Record<string, Json> {
  const { world } = place.call;
  const before = new Set(world.volumes.keys());
  try {
    return Object.fromEntries(
      Object.entries(values).map(([key, raw]) => [
        key,
        isDiskKey(place.guest.type, key) ? createDisk(place, key, String(raw)) : raw,
      ]),
    );
  } catch (error) {
    for (const key of world.volumes.keys()) if (!before.has(key)) world.volumes.delete(key);
    throw error;
  }
}

function createDisk(place: Place, key: string, value: string): string {
  const properties = parseProperties(value);
  const volid = volidOf(properties);
  for (const name of ["file", "volume"]) properties.delete(name);
  properties.set("", volid);
  const fresh = NEW_DISK.exec(volid);
  const cloudinit = volid.endsWith(":cloudinit");
  if (fresh?.[1] || cloudinit) return allocateDisk(place, key, properties, fresh);
  if (storageName(volid) !== undefined) {
    const volume = findVolume(place.call.world, place.guest.node, volid);
    if (!volume) die(`volume '${volid}' does not exist`);
    else if (volume.size > 0) properties.set("size", formatSize(volume.size));
  }
  return printProperties(properties, FIRST);
}

function allocateDisk(
  place: Place,
  key: string,
  properties: Map<string, string>,
  fresh: RegExpExecArray | null,
) {
  const { call, guest, log } = place;
  const volid = properties.get("") ?? "";
  const storage = fresh?.[1] ?? storageName(volid) ?? "";
  const bytes = fresh ? (FIXED_SIZE[key] ?? Math.trunc(Number(fresh[2]) * GIB)) : CLOUDINIT_BYTES;
  const format = properties.get("format");
  const wanted: NewVolume = {
    storage,
    vmid: guest.vmid,
    bytes,
    content: guest.type === "qemu" ? "images" : "rootdir",
    ...(format === undefined ? (fresh ? {} : { format: "qcow2" }) : { format }),
    ...(fresh ? {} : { name: `vm-${guest.vmid}-cloudinit` }),
  };
  const { volume, line } = allocate(call.world, guest.node, wanted, call.now);
  properties.delete("format");
  properties.set("", volume.volid);
  if (fresh) properties.set("size", formatSize(bytes));
  else properties.set("media", "cdrom");
  const text = printProperties(properties, FIRST);
  if (line !== undefined) log.push(line);
  if (guest.type === "lxc") log.push(...mkfsLines(call.world, volume.size));
  else if (fresh) log.push(`${key}: successfully created disk '${text}'`);
  return text;
}

/** What mkfs.ext4 prints for a volume of so many bytes. */
export function mkfsLines(world: World, bytes: number): string[] {
  const blocks = Math.trunc(bytes / 4096);
  const backups = [1, 3, 5, 7, 9, 25, 27, 49, 81, 125, 243, 343]
    .map((n) => n * 32768)
    .filter((n) => n < blocks);
  const hex = world.rng.hex(32);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    "-",
  );
  return [
    `Creating filesystem with ${blocks} 4k blocks and ${blocks / 4} inodes`,
    `Filesystem UUID: ${id}`,
    "Superblock backups stored on blocks: ",
    `\t${backups.join(", ")}`,
  ];
}

/** Puts a volume that a disk key no longer uses under the next free `unused` key, which it returns. */
export function keepUnused(config: Record<string, Json>, volid: string): string {
  const known = Object.keys(config).find((key) => key.startsWith("unused") && config[key] === volid);
  if (known !== undefined) return known;
  let n = 0;
  while (`unused${n}` in config) n++;
  config[`unused${n}`] = volid;
  return `unused${n}`;
}
