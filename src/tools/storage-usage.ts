import { num, type Row, str } from "../pve/data.ts";
import { decimal } from "../render/units.ts";

/** The share of a storage that counts as nearly full. */
export const NEARLY_FULL = 0.9;

/** Used share of a storage, 0 to 1; undefined when nothing is known of its size. */
export function usedShare(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || total === undefined || total <= 0 ? undefined : used / total;
}

/** A sentence about a storage that is nearly full, or nothing. */
export function fullness(name: string, share: number | undefined): string[] {
  return share === undefined || share < NEARLY_FULL
    ? []
    : [`Storage ${name} is ${decimal(share * 100, 1)}% full.`];
}

/** Where a storage keeps its data: a path, an export, a volume group, a pool (the plugins' own keys). */
export function location(row: Row): string | undefined {
  const get = (key: string) => str(row, key);
  const [server, portal] = [get("server"), get("portal")];
  const place = ["export", "share", "datastore", "path", "vgname", "pool", "target", "monhost"]
    .map(get)
    .find((value) => value !== undefined);
  const thin = get("thinpool");
  const host = server ?? portal;
  const whole = thin !== undefined && place !== undefined ? `${place}/${thin}` : place;
  if (host === undefined) return whole;
  return whole === undefined ? host : `${host}:${whole}`;
}

/** Size of a storage's rows, the same keys in every list. */
export const USAGE_COLUMNS = [
  { key: "used", format: "bytes", of: "total" },
  { key: "share", label: "use", format: "percent" },
] as const;

/** Cells for USAGE_COLUMNS from PVE's `used` and `total`; a storage that is not active reports zeros. */
export function usageCells(row: Row, usedKey = "used", totalKey = "total") {
  const [used, total] = [num(row, usedKey), num(row, totalKey)];
  const share = usedShare(used, total);
  return share === undefined ? {} : { used, total, share };
}
