/** PVE's named formats (`pve-node`, `CIDR`, `pve-vmid-list`): one look-up for all of them. */

import type { FormatCheck } from "../issue.ts";
import { splitList } from "../split-list.ts";
import { CALENDAR_FORMATS } from "./formats-calendar.ts";
import { FIREWALL_FORMATS } from "./formats-firewall.ts";
import { GUEST_FORMATS } from "./formats-guest.ts";
import { ID_FORMATS } from "./formats-id.ts";
import { NETWORK_FORMATS } from "./formats-network.ts";
import { type NamedPropertyFormat, PROPERTY_FORMATS } from "./formats-property.ts";
import { STORAGE_FORMATS } from "./formats-storage.ts";

const FORMATS: Readonly<Record<string, FormatCheck>> = {
  ...ID_FORMATS,
  ...NETWORK_FORMATS,
  ...FIREWALL_FORMATS,
  ...STORAGE_FORMATS,
  ...GUEST_FORMATS,
  ...CALENDAR_FORMATS,
};

/** Formats left to PVE: their rules live in its Rust code or depend on the node. */
export const UNCHECKED_FORMATS: ReadonlySet<string> = new Set([
  "pve-command-batch",
  "pve-sdn-fabric-wireguard-interface",
  "pve-sdn-prefix-list-id",
  "pve-sdn-route-map-id",
]);

/** Which id format both sides of an `a:b` pair have. */
const PAIRS: Readonly<Record<string, string>> = {
  "storage-pair": "pve-storage-id",
  "bridge-pair": "pve-bridge-id",
};

/** One entry of a mapping: `source:target`, a default target, or `1` for the identity. */
function checkPair(id: FormatCheck, value: string): string | undefined {
  if (value === "1") return undefined;
  const pair = /^([^:]+):([^:]+)$/.exec(value);
  const sides = pair ? [pair[1] ?? "", pair[2] ?? ""] : [value];
  for (const side of sides) {
    const wrong = id(side);
    // PVE appends its own line end to the message it wraps, twice over.
    if (wrong !== undefined) return `entry '${value}' contains invalid ID - ${wrong}\n\n`;
  }
  return undefined;
}

function single(name: string): FormatCheck | undefined {
  if (Object.hasOwn(FORMATS, name)) return FORMATS[name];
  const id = Object.hasOwn(PAIRS, name) ? FORMATS[PAIRS[name] ?? ""] : undefined;
  return id && ((value) => checkPair(id, value));
}

const found = new Map<string, FormatCheck | undefined>();

/**
 * The check of a named format; `-list` splits and checks every entry, `-opt` accepts the empty text. Undefined for
 * property strings (see `namedPropertyFormat`) and for formats that only PVE knows.
 */
export function formatCheck(name: string): FormatCheck | undefined {
  if (found.has(name)) return found.get(name);
  const [, base = name, kind] = /^(.*?)(?:-(list|opt))?$/.exec(name) ?? [];
  const check = single(base);
  let result = check;
  if (check && kind === "list")
    result = (value) => {
      for (const entry of splitList(value)) {
        const wrong = check(entry);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    };
  if (check && kind === "opt") result = (value) => (value === "" || value === "0" ? undefined : check(value));
  found.set(name, result);
  return result;
}

/** The keys of a named property-string format such as `prune-backups`; undefined for other formats. */
export function namedPropertyFormat(name: string): NamedPropertyFormat | undefined {
  return Object.hasOwn(PROPERTY_FORMATS, name) ? PROPERTY_FORMATS[name] : undefined;
}
