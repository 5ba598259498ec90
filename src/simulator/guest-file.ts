import { endpointOf } from "../schema/endpoint-table.ts";
import type { GuestType } from "./guests.ts";
import type { Guest, Json, Snapshot } from "./world.ts";

/** A guest's configuration as its file shows it: notes as comments, then `key: value` by key. */
export function configText(guest: Guest): string {
  const { description, ...rest } = guest.config;
  const notes = description === undefined ? [] : String(description).replace(/\n$/, "").split("\n");
  const lines = Object.keys(rest)
    .filter((key) => !["lock", "parent", "vmstate", "snaptime"].includes(key))
    .sort()
    .map((key) => `${key}: ${rest[key]}`);
  return `${[...notes.map((line) => `#${encodeURIComponent(line).replaceAll("%20", " ")}`), ...lines].join("\n")}\n`;
}

/** Reads what `configText` wrote; numbers and booleans get the type the endpoint table gives them. */
export function parseConfig(type: GuestType, text: string): Record<string, Json> {
  const { params } = endpointOf(
    type === "qemu" ? "PUT /nodes/{node}/qemu/{vmid}/config" : "PUT /nodes/{node}/lxc/{vmid}/config",
  );
  const config: Record<string, Json> = {};
  const notes: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) {
      if (!line.startsWith("#qmdump#")) notes.push(decodeURIComponent(line.slice(1)));
      continue;
    }
    const found = /^([a-z][\w-]*):\s*(.*)$/.exec(line);
    if (!found?.[1]) continue;
    const kind = params[found[1]]?.type;
    const numeric = kind === "integer" || kind === "number" || kind === "boolean" || found[1] === "template";
    config[found[1]] = numeric || found[1] === "unprivileged" ? Number(found[2]) : (found[2] ?? "");
  }
  if (notes.length > 0) config.description = notes.join("\n") + (type === "lxc" ? "\n" : "");
  return config;
}

/** A snapshot's section of the configuration file. */
export function snapshotSection(snapshot: Snapshot): Record<string, Json> {
  return {
    ...snapshot.config,
    snaptime: snapshot.time,
    ...(snapshot.description === "" ? {} : { description: snapshot.description }),
    ...(snapshot.parent === undefined ? {} : { parent: snapshot.parent }),
  };
}
