import type { Endpoint, Param } from "../../schema/endpoint.ts";
import { keysOf } from "../../schema/param-text.ts";
import { defaultKeyOf } from "../../schema/split-property.ts";
import type { Told } from "./api-hit.ts";

/** Values by a parameter's name: what a reader recognises. */
const BY_NAME: Readonly<Record<string, string | number>> = {
  node: "pve1",
  vmid: 100,
  newid: 101,
  storage: "local",
  userid: "alice@pve",
  tokenid: "mcp",
  groupid: "admins",
  roleid: "PVEAuditor",
  poolid: "web",
  realm: "pve",
  snapname: "before-update",
  disk: "scsi0",
  size: "+10G",
  iface: "vmbr0",
  cidr: "192.0.2.0/24",
  pos: 0,
  target: "pve2",
  service: "pveproxy",
  volume: "local:iso/debian.iso",
  sid: "vm:100",
  password: "…",
  upid: "UPID:…",
  command: "…",
};

/** Values by the named format. */
const BY_FORMAT: Readonly<Record<string, string | number>> = {
  "pve-vmid": 100,
  "pve-node": "pve1",
  "pve-storage-id": "local",
  "pve-userid": "alice@pve",
  CIDR: "192.0.2.0/24",
  ip: "192.0.2.10",
  ipv4: "192.0.2.10",
  "mac-addr": "BC:24:11:00:00:01",
  email: "ops@example.com",
};

function sampleOf(name: string, fact: Param): unknown {
  if (fact.enum) return fact.enum[0];
  const keys = keysOf(fact);
  if (keys) {
    const needed = Object.entries(keys).filter(([, key]) => key.required);
    return (needed.length > 0 ? needed : Object.entries(keys).slice(0, 1))
      .map(([key, one]) =>
        key === defaultKeyOf(keys) ? String(sampleOf(key, one)) : `${key}=${sampleOf(key, one)}`,
      )
      .join(",");
  }
  if (fact.type === "array") return [fact.items ? sampleOf(name, fact.items) : "…"];
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name];
  if (typeof fact.format === "string" && Object.hasOwn(BY_FORMAT, fact.format)) return BY_FORMAT[fact.format];
  if (fact.type === "boolean") return true;
  if (fact.type === "integer" || fact.type === "number") return fact.default ?? fact.minimum ?? 1;
  return typeof fact.default === "string" ? fact.default : `<${name}>`;
}

const required = ({ params }: Endpoint): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, fact]) => fact.required)
      .map(([name, fact]) => [name, sampleOf(name, fact)]),
  );

/** A call with what must be given, as the caller writes it. */
export function exampleOf({ endpoint, classification: { effect } }: Told): string {
  const params = required(endpoint);
  const inPath = endpoint.route.replace(/\{([^}]+)\}/g, (whole, name: string) =>
    typeof params[name] === "string" || typeof params[name] === "number" ? String(params[name]) : whole,
  );
  const rest = Object.fromEntries(
    Object.entries(params).filter(([name]) => !endpoint.path.includes(`{${name}}`)),
  );
  const tool = effect === "read" ? "pve_read_api" : "pve_write_api";
  const given = { route: inPath, ...(Object.keys(rest).length > 0 ? { params: rest } : {}) };
  return `${tool} ${JSON.stringify(given)}`;
}
