import { createHash } from "node:crypto";
import { need, text } from "../args.ts";
import { disksOf } from "../guests.ts";
import { badParams, die, FileAnswer, type Handlers, type SimCall } from "../route.ts";
import { addFile, EXTENSIONS, safeName } from "../storage-files.ts";
import { takeUpload } from "../uploads.ts";
import { addVolume, contentOf, enabledOn, findVolume, isFileBased, pathOf, storageOf } from "../volumes.ts";
import type { Json, Volume } from "../world.ts";
import { checkAccess, volidOf } from "./storage-content.ts";

/** A file sent by the caller becomes a volume (PVE::API2::Storage::Status upload). */
function upload(call: SimCall): Json {
  const node = need(call, "node");
  const storage = enabledOn(call.world, need(call, "storage"), node);
  if (!isFileBased(storage)) die(`can't upload to storage type '${storage.type}'`);
  const temporary = text(call, "tmpfilename") ?? die("missing temporary file name");
  const file = takeUpload(call.world, temporary) ?? die(`temporary file '${temporary}' does not exist`);
  const content = need(call, "content") as Volume["content"];
  const name = safeName(need(call, "filename"));
  if (!EXTENSIONS[content]?.test(name))
    badParams({
      filename: content === "import" ? "invalid filename or wrong extension" : "wrong file extension",
    });
  if (!contentOf(storage).includes(content))
    die(`storage '${storage.storage}' does not support '${content}' content`);
  const volid = `${storage.storage}:${content}/${name}`;
  const path = pathOf(call.world, volid);
  const size = Buffer.byteLength(file);
  const algorithm = text(call, "checksum-algorithm");
  const wanted = text(call, "checksum")?.toLowerCase();
  const got = algorithm === undefined ? undefined : createHash(algorithm).update(file).digest("hex");
  const begin = [
    `starting file import from: ${temporary}`,
    ...(got === undefined ? [] : [`calculating checksum...${got === wanted ? "OK, checksum verified" : ""}`]),
  ];
  const task = { node, type: "imgcopy", id: "", seconds: 2 };
  if (got !== wanted)
    return call.task({
      ...task,
      log: begin,
      exitstatus: `checksum mismatch: got '${String(got)}' != expect '${String(wanted)}'`,
    });
  return call.task({
    ...task,
    log: [
      ...begin,
      `target node: ${node}`,
      `target file: ${path}`,
      `file size is: ${size}`,
      `command: cp -- ${temporary} ${path}`,
    ],
    done: () => {
      addFile(call, volid, content, size);
      return ["finished file import successfully"];
    },
  });
}

/** A copy of a volume within its storage (PVE::API2::Storage::Content copy). */
function copy(call: SimCall): Json {
  const { world } = call;
  const node = need(call, "node");
  const storage = need(call, "storage");
  const source = volidOf(call);
  const wanted = need(call, "target");
  const target = wanted.includes(":") ? wanted : `${storage}:${wanted}`;
  const to = text(call, "target_node") ?? node;
  return call.task({
    node,
    type: "imgcopy",
    id: "",
    seconds: 3,
    done: () => {
      const volume = findVolume(world, node, source) ?? die(`volume '${source}' does not exist`);
      if (findVolume(world, to, target)) die(`volume '${target}' already exists`);
      const { node: _node, storage: _storage, ...facts } = volume;
      const vmid = Number(/-(\d+)-/.exec(target)?.[1] ?? volume.vmid);
      const owner = Number.isNaN(vmid) ? {} : { vmid };
      addVolume(world, to, { ...facts, ...owner, volid: target, ctime: Math.trunc(call.now) });
      return undefined;
    },
  });
}

/** PVE::Storage parse_volume_id: a time in a name is no storage. */
const VOLUME_ID = /^([a-z][\w.-]*[a-z0-9]):(.+)$/i;

/** A backup on a storage that restores single files, which only Proxmox Backup Server does. */
function restorable(call: SimCall): Volume {
  const name = need(call, "storage");
  const volume = need(call, "volume");
  const given = VOLUME_ID.exec(volume)?.[1];
  if (given !== undefined && given !== name)
    badParams({ volume: `storage ID mismatch (${given} != ${name}).` });
  const volid =
    given === undefined ? `${name}:${volume.startsWith("backup/") ? volume : `backup/${volume}`}` : volume;
  const storage = storageOf(call.world, name);
  const found = findVolume(call.world, need(call, "node"), volid);
  if (found && found.content !== "backup")
    die(`unable to use volume ${volid} - content type needs to be 'backup'`);
  if (found) checkAccess(call, found);
  if (storage.type !== "pbs") badParams({ storage: "Only PBS storages supported for file-restore." });
  return found ?? die("Error: no such snapshot");
}

interface Entry {
  readonly text: string;
  readonly type: "v" | "d" | "f";
  readonly size?: number;
}

/** What lies in every file system of a backup. */
const TREE: Readonly<Record<string, readonly Entry[]>> = {
  "": [
    { text: "etc", type: "d" },
    { text: "home", type: "d" },
    { text: "var", type: "d" },
  ],
  etc: [
    { text: "hostname", type: "f", size: 8 },
    { text: "hosts", type: "f", size: 174 },
  ],
  home: [],
  var: [{ text: "log", type: "d" }],
  "var/log": [],
};

/** The archives of a backup: a container's file system, a VM's disks. */
function archives(call: SimCall, { subtype, vmid }: Volume): Entry[] {
  if (subtype === "lxc") return [{ text: "root.pxar.didx", type: "v" }];
  const guest = call.world.guests.get(vmid ?? 0);
  const disks = guest ? disksOf("qemu", guest.config) : [];
  return disks.map(({ key }) => ({ text: `drive-${key}.img.fidx`, type: "v" }));
}

const decode = (path: string): string =>
  path === "" || path === "/"
    ? ""
    : Buffer.from(path, "base64")
        .toString("utf8")
        .replace(/^\/|\/$/g, "");

function restoreList(call: SimCall): Json {
  const volume = restorable(call);
  const path = decode(need(call, "filepath"));
  const [archive = "", ...inside] = path.split("/");
  const all = archives(call, volume);
  if (path !== "" && !all.some((entry) => entry.text === archive)) die(`Error: file '${archive}' not found`);
  const entries =
    path === "" ? all : (TREE[inside.join("/")] ?? die(`Error: path '/${inside.join("/")}' not found`));
  return entries.map(({ text: name, type, size }) => ({
    filepath: Buffer.from(`${path === "" ? "" : `/${path}`}/${name}`).toString("base64"),
    type,
    text: name,
    leaf: type === "f" ? 1 : 0,
    ...(size === undefined ? {} : { size }),
    ...(type === "v" ? {} : { mtime: volume.ctime }),
  }));
}

function restoreDownload(call: SimCall): FileAnswer {
  restorable(call);
  const name = Buffer.from(need(call, "filepath"), "base64").toString("utf8");
  call.task({
    node: need(call, "node"),
    type: "pbs-download",
    id: "",
    seconds: 2,
    log: [`Starting download of file: ${name}`],
  });
  return new FileAnswer(`${name}\n`);
}

/** What an appliance's description says (PVE::Storage::DirPlugin get_import_metadata). */
function importMetadata(call: SimCall): Json {
  const name = need(call, "storage");
  const volume = need(call, "volume");
  const volid = `${name}:${volume}`;
  const storage = storageOf(call.world, name);
  const found = findVolume(call.world, need(call, "node"), volid);
  if (found) checkAccess(call, found);
  if (!isFileBased(storage)) die("storage does not support the importer API");
  const content = found?.content ?? volume.split("/")[0] ?? "";
  if (content !== "import") die(`invalid content type '${content}'`);
  const [, title = "", format = ""] = /([^/]+)\.(ova|ovf)$/.exec(volume) ?? die("invalid format");
  if (!found) die(`unable to open file '${pathOf(call.world, volid)}'`);
  const image = `${title}-disk1.vmdk`;
  return {
    type: "vm",
    source: volume,
    "create-args": { name: title, cores: 2, memory: 2048, ostype: "other" },
    disks: {
      scsi0: {
        volid: format === "ova" ? `${volid}/${image}` : `${name}:import/${image}`,
        size: 17_179_869_184,
      },
    },
    net: { net0: { model: "e1000" } },
    warnings: format === "ova" ? [{ type: "ova-needs-extracting" }] : [],
  };
}

/** Files into a storage and out of it (PVE::API2::Storage::Status, ::Content, ::FileRestore). */
export const storageFileRoutes: Handlers = {
  "POST /nodes/{node}/storage/{storage}/upload": upload,
  "POST /nodes/{node}/storage/{storage}/content/{volume}": copy,
  "GET /nodes/{node}/storage/{storage}/file-restore/list": restoreList,
  "GET /nodes/{node}/storage/{storage}/file-restore/download": restoreDownload,
  "GET /nodes/{node}/storage/{storage}/import-metadata": importMetadata,
};
