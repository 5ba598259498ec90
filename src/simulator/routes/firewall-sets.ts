import { defined, flag, need, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { badParams, die, type Handler, type SimCall } from "../route.ts";
import type { FirewallFile, Json } from "../world.ts";

type FileOf = (call: SimCall) => FirewallFile;
type IpSet = FirewallFile["ipsets"] extends Map<string, infer S> ? S : never;

/** An entry of a set is an address or the name of an alias, which must exist. */
function checkEntry(call: SimCall, own: FirewallFile, entry: string): void {
  const alias = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9_-]+)$/.exec(entry);
  if (!alias) return;
  const name = alias[2]?.toLowerCase() ?? "";
  const files = alias[1] === "dc/" ? [call.world.firewall.cluster] : [own, call.world.firewall.cluster];
  if (!files.some(({ aliases }) => aliases.has(name))) die(`no such alias '${entry}'`);
}

/** A single address is written without its full prefix (PVE::Firewall::clean_cidr). */
function cleanCidr(cidr: string): string {
  return cidr.includes(":") ? cidr.replace(/\/128$/, "") : cidr.replace(/\/32$/, "");
}

/** Named addresses (PVE::API2::Firewall::Aliases). Names are compared in lower case. */
export function aliasHandlers(fileOf: FileOf): Record<string, Handler> {
  const one = (call: SimCall) => {
    const { aliases } = fileOf(call);
    const name = need(call, "name").toLowerCase();
    return { aliases, name, alias: aliases.get(name) ?? badParams({ name: "no such alias" }) };
  };
  const row = (name: string, { cidr, comment }: { cidr: string; comment?: string }) =>
    defined<Json>({ name, cidr, comment, ipversion: cidr.includes(":") ? 6 : 4 });
  return {
    "GET /aliases": (call) => {
      const { aliases } = fileOf(call);
      return [...aliases].map(([name, alias]) => ({ ...row(name, alias), digest: digestOf(aliases) }));
    },
    "POST /aliases": (call) => {
      const { aliases } = fileOf(call);
      const name = need(call, "name").toLowerCase();
      const comment = text(call, "comment");
      if (aliases.has(name)) badParams({ name: `alias '${need(call, "name")}' already exists` });
      aliases.set(name, { cidr: need(call, "cidr"), ...(comment ? { comment } : {}) });
      return null;
    },
    "GET /aliases/{name}": (call) => {
      const { name, alias } = one(call);
      return row(name, alias);
    },
    "PUT /aliases/{name}": (call) => {
      assertDigest(call, digestOf(fileOf(call).aliases));
      const { aliases, name } = one(call);
      const rename = text(call, "rename")?.toLowerCase();
      const comment = text(call, "comment");
      if (rename && rename !== name && aliases.has(rename))
        badParams({ name: `alias '${rename}' already exists` });
      if (rename) aliases.delete(name);
      aliases.set(rename ?? name, { cidr: need(call, "cidr"), ...(comment ? { comment } : {}) });
      return null;
    },
    "DELETE /aliases/{name}": (call) => {
      const { aliases } = fileOf(call);
      assertDigest(call, digestOf(aliases));
      aliases.delete(need(call, "name").toLowerCase());
      return null;
    },
  };
}

function createSet(call: SimCall, { ipsets }: FirewallFile): void {
  const name = need(call, "name");
  const rename = text(call, "rename");
  const comment = text(call, "comment");
  if (rename === undefined) {
    if (ipsets.has(name)) badParams({ name: `IPSet '${name}' already exists` });
    ipsets.set(name, { entries: new Map(), ...(comment === undefined ? {} : { comment }) });
    return;
  }
  assertDigest(call, digestOf(ipsets));
  const old = ipsets.get(rename) ?? badParams({ name: `IPSet '${rename}' does not exist` });
  if (name !== rename && ipsets.has(name)) badParams({ name: `IPSet '${name}' does already exist` });
  ipsets.delete(rename);
  ipsets.set(name, { ...old, ...(comment === undefined ? {} : { comment }) });
}

/** Sets of addresses (PVE::API2::Firewall::IPSet). */
export function ipsetHandlers(fileOf: FileOf): Record<string, Handler> {
  const setOf = (call: SimCall): IpSet => {
    const name = need(call, "name");
    return fileOf(call).ipsets.get(name) ?? die(`no such IPSet '${name}'`);
  };
  const entryOf = (call: SimCall) => {
    const { entries } = setOf(call);
    const cidr = cleanCidr(need(call, "cidr"));
    return { entries, cidr, entry: entries.get(cidr) ?? badParams({ cidr: "no such IP/Network" }) };
  };
  const row = (cidr: string, { comment, nomatch }: { comment?: string; nomatch?: boolean }) =>
    defined<Json>({ cidr, comment, nomatch: nomatch ? 1 : undefined });
  return {
    "GET /ipset": (call) => {
      const { ipsets } = fileOf(call);
      return [...ipsets].map(([name, { comment }]) =>
        defined<Json>({
          name,
          comment,
          digest: digestOf([...ipsets].map(([key, set]) => [key, set.comment])),
        }),
      );
    },
    "POST /ipset": (call) => {
      createSet(call, fileOf(call));
      return null;
    },
    "GET /ipset/{name}": (call) => {
      const { entries } = setOf(call);
      return [...entries].map(([cidr, entry]) => ({ ...row(cidr, entry), digest: digestOf(entries) }));
    },
    "POST /ipset/{name}": (call) => {
      const { entries } = setOf(call);
      const cidr = cleanCidr(need(call, "cidr"));
      const comment = text(call, "comment");
      checkEntry(call, fileOf(call), cidr);
      if (entries.has(cidr)) badParams({ cidr: `address '${cidr}' already exists` });
      if (/\/0+$/.test(cidr)) badParams({ cidr: "a zero prefix is not allowed in ipset entries" });
      entries.set(cidr, {
        ...(comment ? { comment } : {}),
        ...(flag(call, "nomatch") ? { nomatch: true } : {}),
      });
      return null;
    },
    "DELETE /ipset/{name}": (call) => {
      const { entries } = setOf(call);
      const name = need(call, "name");
      if (entries.size > 0 && !flag(call, "force")) die(`IPSet '${name}' is not empty`);
      fileOf(call).ipsets.delete(name);
      return null;
    },
    "GET /ipset/{name}/{cidr}": (call) => {
      const { cidr, entry } = entryOf(call);
      return row(cidr, entry);
    },
    "PUT /ipset/{name}/{cidr}": (call) => {
      assertDigest(call, digestOf(setOf(call).entries));
      const { entry } = entryOf(call);
      const comment = text(call, "comment");
      if (comment) entry.comment = comment;
      else delete entry.comment;
      if (flag(call, "nomatch")) entry.nomatch = true;
      else delete entry.nomatch;
      return null;
    },
    "DELETE /ipset/{name}/{cidr}": (call) => {
      assertDigest(call, digestOf(setOf(call).entries));
      const { entries, cidr } = entryOf(call);
      entries.delete(cidr);
      return null;
    },
  };
}
