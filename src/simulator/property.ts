/** The keys of a property string, in the order written; the key without a name is `""`. */
export type Properties = Map<string, string>;

/** Splits `virtio=AA:..,bridge=vmbr0`; a part without `=` is kept under `defaultKey`. */
export function parseProperties(value: string, defaultKey = ""): Properties {
  const properties: Properties = new Map();
  for (const part of value.split(",")) {
    if (part === "") continue;
    const cut = part.indexOf("=");
    if (cut < 0) properties.set(defaultKey, part);
    else properties.set(part.slice(0, cut), part.slice(cut + 1));
  }
  return properties;
}

/** PVE::JSONSchema print_property_string: the unnamed key, then `first`, then the rest by name. */
export function printProperties(properties: Properties, first: readonly string[] = []): string {
  const rest = [...properties.keys()].filter((key) => key !== "" && !first.includes(key)).sort();
  const named = [...first.filter((key) => properties.has(key)), ...rest].map(
    (key) => `${key}=${properties.get(key)}`,
  );
  const bare = properties.get("");
  return [...(bare === undefined ? [] : [bare]), ...named].join(",");
}

const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** PVE::JSONSchema parse_size: `4G` in bytes; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text);
  if (!found?.[1]) return undefined;
  return Math.trunc(Number(found[1]) * (found[2] ? (UNITS[found[2]] ?? 1) : 1));
}

/** PVE::JSONSchema format_size: bytes in the largest unit that divides them. */
export function formatSize(bytes: number): string {
  for (const unit of ["T", "G", "M", "K"]) {
    const factor = UNITS[unit] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}
