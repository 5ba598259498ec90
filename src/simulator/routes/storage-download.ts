import { need, text } from "../args.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { addFile, EXTENSIONS, fileStorage, safeName } from "../storage-files.ts";
import { isUnreachable } from "../unreachable.ts";
import { pathOf, volumeKey } from "../volumes.ts";
import type { Json, Storage, Volume } from "../world.ts";

const MIB = 1024 ** 2;

/** A size that is the same for the same name: a download's true size is not known here. */
function sizeFor(name: string): number {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return (100 + (sum % 700)) * MIB;
}

/** How long a download takes. */
const SECONDS = 4;
/** A row of wget's `dot:giga` is four times eight dots of a MiB. */
const ROW = 32 * MIB;

/** wget's rows for a file of so many bytes: what has been read, dots, percent, rate and time left. */
function rows(size: number): string[] {
  const rate = `${Math.round(size / MIB / SECONDS)}M`;
  return Array.from({ length: Math.ceil(size / ROW) }, (_, at) => {
    const read = Math.min(size, (at + 1) * ROW);
    const dots = ".".repeat(Math.ceil((read - at * ROW) / MIB));
    const shown = dots.replace(/.{8}(?=.)/g, "$& ").padEnd(35);
    const percent = `${String(Math.trunc((read * 100) / size)).padStart(3)}%`;
    const left = Math.ceil(SECONDS * (1 - read / size));
    const ending = read === size ? `${rate}=${SECONDS}.0s` : `${rate} ${left}s`;
    return `${String((at * ROW) / 1024).padStart(6)}K ${shown} ${percent} ${ending}`;
  });
}

interface Download {
  readonly url: string;
  readonly content: Volume["content"];
  readonly name: string;
}

/** The task of a download (PVE::Tools download_file_from_url, which has wget do it). */
function downloadTask(call: SimCall, storage: Storage, { url, content, name }: Download): Json {
  const volid = `${storage.storage}:${content}/${name}`;
  const path = pathOf(call.world, volid);
  const { host, hostname, protocol } = new URL(url);
  const address = host.includes(":") ? host : `${host}:${protocol === "https:" ? 443 : 80}`;
  const stamp = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
  const begin = [`downloading ${url} to ${path}`, `--${stamp(call.now)}--  ${url}`];
  const base = { node: need(call, "node"), type: "download", id: name };
  if (isUnreachable(hostname))
    return call.task({
      ...base,
      seconds: 1,
      log: begin,
      exitstatus: `download failed: Connecting to ${address}... failed: Network is unreachable.`,
    });
  const size = sizeFor(name);
  const saved = `${path}.tmp_dwnl.1024`;
  return call.task({
    ...base,
    seconds: SECONDS,
    log: [
      ...begin,
      `Connecting to ${address}... connected.`,
      "HTTP request sent, awaiting response... 200 OK",
      `Length: ${size} (${Math.round(size / MIB)}M) [application/octet-stream]`,
      `Saving to: ‘${saved}’`,
      "",
      ...rows(size),
    ],
    done: (at) => {
      addFile(call, volid, content, size);
      return [
        "",
        `${stamp(at)} (${Math.round(size / MIB / SECONDS)} MB/s) - ‘${saved}’ saved [${size}/${size}]`,
        "",
        `download of '${url}' to '${path}' finished`,
      ];
    },
  });
}

/** Files fetched into a storage (PVE::API2::Storage::Status, ::Nodes apl_download). */
export const storageDownloadRoutes: Handlers = {
  "POST /nodes/{node}/storage/{storage}/download-url": (call) => {
    const content = need(call, "content") as Volume["content"];
    const storage = fileStorage(call, content);
    const name = safeName(need(call, "filename"));
    if (!EXTENSIONS[content]?.test(name))
      badParams({
        filename: content === "import" ? "invalid filename or wrong extension" : "wrong file extension",
      });
    return downloadTask(call, storage, { url: need(call, "url"), content, name });
  },
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": (call) => {
    const reference = need(call, "reference");
    const storage = fileStorage(call, "vztmpl");
    const node = need(call, "node");
    const name = `${safeName(text(call, "filename") ?? reference)}.tar`;
    const volid = `${storage.storage}:vztmpl/${name}`;
    if (call.world.volumes.has(volumeKey(call.world, node, volid)))
      die(`refusing to override existing file '${name}'`);
    return call.task({
      node,
      type: "ociregistrypull",
      id: name,
      seconds: 4,
      log: [
        "Getting image source signatures",
        ...["layer", "more", "last"].map(
          (part) => `Copying blob sha256:${checksum(`${reference}${part}`, 64)}`,
        ),
        `Copying config sha256:${checksum(reference, 64)}`,
      ],
      done: () => {
        addFile(call, volid, "vztmpl", sizeFor(name));
        return ["Writing manifest to image destination"];
      },
    });
  },
  "POST /nodes/{node}/aplinfo": (call) => {
    const template = need(call, "template");
    const storage = fileStorage(call, "vztmpl");
    const known = APPLIANCES.find((appliance) => appliance.template === template);
    if (!known) return badParams({ template: "no such template" });
    return downloadTask(call, storage, { url: locationOf(template), content: "vztmpl", name: template });
  },
  "GET /nodes/{node}/aplinfo": () =>
    APPLIANCES.map(({ template, os, headline }) => ({
      template,
      os,
      headline,
      type: "lxc",
      section: "system",
      architecture: "amd64",
      package: template.split("_")[0] ?? template,
      version: template.split("_")[1] ?? "",
      source: "http://download.proxmox.com/images",
      location: locationOf(template),
      infopage: "https://linuxcontainers.org",
      maintainer: "Proxmox Support Team <support@proxmox.com>",
      description: headline,
      md5sum: checksum(template, 32),
      sha512sum: checksum(template, 128),
    })),
};

const locationOf = (template: string) => `http://download.proxmox.com/images/system/${template}`;

/** A number of hex digits that is the same for the same name. */
function checksum(name: string, digits: number): string {
  let state = 7;
  return Array.from({ length: digits }, (_, at) => {
    state = (state * 31 + name.charCodeAt(at % name.length)) >>> 0;
    return ((state >>> 8) & 15).toString(16);
  }).join("");
}

/** A few of the container templates a node offers (pveam, GET /nodes/{node}/aplinfo). */
const APPLIANCES: readonly { template: string; os: string; headline: string }[] = [
  {
    template: "alpine-3.23-default_20260116_amd64.tar.xz",
    os: "alpine",
    headline: "Alpine 3.23 (LXC default)",
  },
  { template: "debian-12-standard_12.12-1_amd64.tar.zst", os: "debian-12", headline: "Debian 12 (standard)" },
  { template: "debian-13-standard_13.6-1_amd64.tar.zst", os: "debian-13", headline: "Debian 13 (standard)" },
  { template: "fedora-44-default_20260713_amd64.tar.xz", os: "fedora", headline: "Fedora 44 (LXC default)" },
  {
    template: "rockylinux-10-default_20251001_amd64.tar.xz",
    os: "rockylinux",
    headline: "Rocky Linux 10 (LXC default)",
  },
  {
    template: "ubuntu-24.04-standard_24.04-2_amd64.tar.zst",
    os: "ubuntu-24.04",
    headline: "Ubuntu 24.04 (standard)",
  },
  {
    template: "ubuntu-26.04-standard_26.04-1_amd64.tar.zst",
    os: "ubuntu-26.04",
    headline: "Ubuntu 26.04 (standard)",
  },
];
