/** Volumes, paths, sizes, contents of storages (PVE::Storage::Plugin and its kin, PVE::QemuServer, PVE::LXC::Config). */

import type { FormatCheck } from "../issue.ts";
import { matching } from "./formats-id.ts";

const volumeId = matching(
  /^[a-z][a-z0-9\-_.]*[a-z0-9]:[^\n]+$/i,
  (value) => `unable to parse volume ID '${value}'`,
);

const CONTENT_TYPES: ReadonlySet<string> = new Set([
  "images",
  "rootdir",
  "vztmpl",
  "iso",
  "backup",
  "snippets",
  "import",
  "none",
]);

const content: FormatCheck = (value) =>
  CONTENT_TYPES.has(value) ? undefined : `invalid content type '${value}'\n`;

const LONGEST_PATH = 1023;
const LONGEST_NAME = 255;

/** `iso=other/path`: a content type and a relative path without `..`. */
const directoryOverride: FormatCheck = (value) => {
  const parts = /^([a-z]+)=([^\n]+)$/.exec(value);
  const [, type = "", path = ""] = parts ?? [];
  const wrongType = parts ? content(type) : undefined;
  if (wrongType !== undefined) return wrongType;
  const fits =
    path !== "" &&
    !path.includes("..") &&
    !path.endsWith(".") &&
    path.length < LONGEST_PATH &&
    path.split("/").every((name) => name.length < LONGEST_NAME);
  return fits ? undefined : `invalid override '${value}'\n`;
};

const BLOCK_UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 * 1024 };

const zfsBlockSize: FormatCheck = (value) => {
  if (value === "") return undefined;
  const parts = /^([1-9][0-9]*)([km])?$/i.exec(value);
  if (!parts)
    return `invalid ZFS blocksize format '${value}'. Use a positive number (no leading zeros) with an optional 'k' or 'm' suffix.\n`;
  const bytes = Number(parts[1]) * (BLOCK_UNITS[(parts[2] ?? "").toLowerCase()] ?? 1);
  return bytes >= 512 && bytes <= 16 * 1024 * 1024 && Number.isInteger(Math.log2(bytes))
    ? undefined
    : `value '${value}' is not a valid ZFS blocksize. Must be a power of 2 between 512B and 16MiB (e.g., 4k, 8k, 16k, 64k, 1m).\n`;
};

const PEM = /^-----BEGIN [^\n]+-----\s[A-Za-z0-9+/=\s:,-]+-----END [^\n]+-----\s*$/;

/** Loosely: a BEGIN and an END line with text between; whether key and certificate fit is PVE's to judge. */
const pem: FormatCheck = (value) => {
  const start = value.indexOf("-----BEGIN ");
  return start >= 0 && PEM.test(value.slice(start)) ? undefined : "not a valid PEM-formatted string.\n";
};

/** An absolute path is taken as it is, anything else must be a volume id. */
const volumeIdOrPath: FormatCheck = (value) => (value.startsWith("/") ? undefined : volumeId(value));

/** Checks of storage formats by PVE's name. */
export const STORAGE_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-volume-id": volumeId,
  "pve-volume-id-or-absolute-path": volumeIdOrPath,
  "pve-volume-id-or-qm-path": (value) =>
    value === "none" || value === "cdrom" ? undefined : volumeIdOrPath(value),
  "pve-storage-content": content,
  "pve-storage-options": matching(/^\S+$/, (value) => `invalid options '${value}'`),
  "pve-storage-path": matching(/^\/[^;()]+/, "value does not look like a valid absolute path"),
  "pve-storage-path-in-property-string": matching(
    /^\/[^;,=()]+/,
    "Value does not look like a valid absolute path. These symbols are currently not allowed in path: ;,=()",
  ),
  "pve-storage-vgname": matching(
    /^[a-z0-9][a-z0-9\-_.]*[a-z0-9]$/i,
    (value) => `lvm name '${value}' contains illegal characters`,
  ),
  "pve-storage-zfs-blocksize": zfsBlockSize,
  "pve-dir-override": directoryOverride,
  "disk-size": matching(
    /^\d+(?:\.\d+)?(?:[KMGT](?:iB)?)?$/,
    (value) => `value does not look like a valid disk size: ${value}`,
  ),
  "pem-string": pem,
  "pem-certificate": pem,
  "pem-certificate-chain": pem,
};
