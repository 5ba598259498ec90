import { flag, type Row, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { both, comesFrom, inSet, netOf, type Origin, type SetEntry, type Tri } from "./address.ts";

/** Names that rules use for addresses. */
export interface Names {
  /** An alias of the datacenter by its name in lower case; undefined where aliases could not be read. */
  readonly aliases: ReadonlyMap<string, string> | undefined;
  /** IP sets of the datacenter; a set that could not be read is there as undefined, one that is not there is absent. */
  readonly sets: ReadonlyMap<string, readonly Row[] | undefined> | undefined;
}

/** A TCP connection to a node that a rule is tried on. */
export interface Connection {
  readonly port: number;
  readonly origin: Origin;
  /** The node's addresses, the cluster's first; empty where they are not known. */
  readonly to: readonly string[];
  /** The interface that it arrives on; undefined where that cannot be told. */
  readonly iface: string | undefined;
}

/** Ports of the macros that concern 22 and 8006 (PVE::Firewall, $pve_fw_macros); no other macro has one of them. */
const MACRO_PORTS: Readonly<Record<string, number>> = { ssh: 22, pmg: 8006 };

/** The macros of PVE 9.2 that concern neither port (GET /cluster/firewall/macros). */
const OTHER_MACROS: ReadonlySet<string> = new Set(
  (
    "amanda auth bgp bittorrent bittorrent32 cvs ceph citrix daap dcc dhcpfwd dhcpv6 dns distcc ftp finger gnunet gre " +
    "git hkp http https icpv2 icq imap imaps ipip ipsec ipsecah ipsecnat irc jetdirect l2tp ldap ldaps mdns msnp mssql " +
    "mail munin mysql nntp nntps ntp neighbordiscovery ospf openvpn pca pop3 pop3s pptp ping postgresql printer rdp rip " +
    "rndc razor rdate rsync sane smb smbswat smtp smtps snmp spamd spiceproxy svn sixxs squid submission syslog tftp " +
    "telnet telnets time trcrt vnc vncl web webcache webmin whois"
  ).split(" "),
);

/** Whether a list of ports, ranges and names of services has a port. */
function hasPort(list: string, port: number): boolean {
  return list.split(",").some((entry) => {
    const [, from, to] = /^(\d+)(?::(\d+))?$/.exec(entry) ?? [];
    // Of the names of services only ssh stands for one of the ports.
    if (from === undefined) return entry.toLowerCase() === "ssh" && port === 22;
    return port >= Number(from) && port <= Number(to ?? from);
  });
}

const allPorts = (list: string): boolean => list === "0:65535" || list === "1:65535";

function portMatches(rule: Row, port: number): Tri {
  const [macro, proto, dport, sport] = ["macro", "proto", "dport", "sport"].map(
    (key) => str(rule, key) || undefined,
  );
  if (macro !== undefined) {
    const own = MACRO_PORTS[macro.toLowerCase()];
    if (own === undefined) return OTHER_MACROS.has(macro.toLowerCase()) ? false : undefined;
    // PVE leaves out a rule that says otherwise than its macro (PVE::Firewall, $apply_macro).
    if (own !== port || (proto ?? "tcp") !== "tcp" || (dport ?? String(own)) !== String(own)) return false;
    return sport === undefined || allPorts(sport) ? true : undefined;
  }
  if (proto !== undefined && !["tcp", "6"].includes(proto.toLowerCase())) return false;
  if (dport !== undefined && !hasPort(dport, port)) return false;
  return sport === undefined || allPorts(sport) ? true : undefined;
}

const SET = /^\+(dc\/|guest\/|sdn\/)?(.+)$/;
const ALIAS = /^(?:dc\/)?([A-Za-z][A-Za-z0-9_-]+)$/;

/** The entries of an IP set; PVE leaves out those whose alias is not there. */
const setEntries = (entries: readonly Row[], aliases: Names["aliases"]): readonly SetEntry[] =>
  entries.flatMap((row) => {
    const cidr = str(row, "cidr") ?? "";
    const alias = ALIAS.exec(cidr)?.[1];
    const text = alias === undefined ? cidr : aliases?.get(alias.toLowerCase());
    if (text === undefined && aliases !== undefined) return [];
    return [{ net: text === undefined ? undefined : netOf(text), nomatch: flag(row, "nomatch") }];
  });

/** Whether the source of a connection is in a set of the datacenter. */
export function inNamedSet(origin: Origin, name: string, names: Names): Tri {
  if (names.sets === undefined) return undefined;
  if (!names.sets.has(name)) return false;
  const entries = names.sets.get(name);
  return entries && inSet(origin, setEntries(entries, names.aliases));
}

/** Tries the source or destination of a rule; `test` tries one network, `set` a set by its name. */
function addressMatches(
  text: string,
  names: Names,
  test: (net: NonNullable<ReturnType<typeof netOf>>) => Tri,
  set: (name: string) => Tri,
): Tri {
  const [, scope, name] = SET.exec(text) ?? [];
  if (name !== undefined) {
    // Sets that PVE makes of its virtual networks cannot be read.
    if (scope === "sdn/") return undefined;
    return scope === "guest/" ? false : set(name);
  }
  const alias = ALIAS.exec(text)?.[1];
  if (alias !== undefined) {
    if (names.aliases === undefined) return undefined;
    const cidr = names.aliases.get(alias.toLowerCase());
    // PVE leaves out a rule whose alias is not there.
    if (cidr === undefined) return false;
    const net = netOf(cidr);
    return net && test(net);
  }
  const parts = text.split(",").map((entry) => {
    const net = netOf(entry);
    return net && test(net);
  });
  if (parts.includes(true)) return true;
  return parts.includes(undefined) ? undefined : false;
}

function sourceMatches(text: string | undefined, { origin }: Connection, names: Names): Tri {
  if (text === undefined) return true;
  return addressMatches(
    text,
    names,
    (net) => comesFrom(origin, net),
    (name) => inNamedSet(origin, name, names),
  );
}

function destMatches(text: string | undefined, { to }: Connection, names: Names): Tri {
  if (text === undefined) return true;
  const [main, ...others] = to;
  if (main === undefined) return undefined;
  const reaches = (address: string): Tri => {
    const origin: Origin = { kind: "address", address };
    return addressMatches(
      text,
      names,
      (net) => net.has(address),
      (name) => inNamedSet(origin, name, names),
    );
  };
  const is = reaches(main);
  // We may come in by another address of the node.
  return is === false && others.some((address) => reaches(address) !== false) ? undefined : is;
}

function ifaceMatches(wanted: string | undefined, { iface }: Connection): Tri {
  if (wanted === undefined) return true;
  return iface === undefined ? undefined : iface === wanted;
}

/** Whether an incoming rule matches a connection; a rule that is switched off or is for another direction does not. */
export function ruleMatches(rule: Row, connection: Connection, names: Names): Tri {
  if (!flag(rule, "enable") || str(rule, "type")?.toLowerCase() !== "in") return false;
  const [source, dest, iface] = ["source", "dest", "iface"].map((key) => str(rule, key) || undefined);
  return both(
    portMatches(rule, connection.port),
    sourceMatches(source, connection, names),
    destMatches(dest, connection, names),
    ifaceMatches(iface, connection),
  );
}

/** "in ACCEPT tcp 8006 from +dc/admins (off) “web interface”": a rule on one line. */
export function ruleText(rule: Row): string {
  const [type, action, macro, proto, icmp, dport, sport, source, dest, iface, log, comment] = [
    "type",
    "action",
    "macro",
    "proto",
    "icmp-type",
    "dport",
    "sport",
    "source",
    "dest",
    "iface",
    "log",
    "comment",
  ].map((key) => str(rule, key) || undefined);
  const ports = dport === undefined ? [] : [dport];
  return [
    type ?? "in",
    action ?? "",
    ...(macro === undefined ? [] : [macro]),
    ...(proto === undefined ? [] : [proto]),
    ...(icmp === undefined ? [] : [icmp]),
    ...ports,
    ...(sport === undefined ? [] : [`source port ${sport}`]),
    ...(source === undefined ? [] : [`from ${source}`]),
    ...(dest === undefined ? [] : [`to ${dest}`]),
    ...(iface === undefined ? [] : [`on ${iface}`]),
    ...(log === undefined || log === "nolog" ? [] : [`logged as ${log}`]),
    ...(flag(rule, "enable") ? [] : ["(off)"]),
    ...(comment === undefined ? [] : [quoted(comment)]),
  ].join(" ");
}
