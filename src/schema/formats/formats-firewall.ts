/** Firewall rule fields (PVE::Firewall). */
import { isIPv6 } from "node:net";
import type { FormatCheck } from "../issue.ts";
import { isIp } from "./formats-network.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Names iptables knows for ICMP and ICMPv6 types. */
const ICMP_TYPES = words(`any echo-reply destination-unreachable network-unreachable host-unreachable
  protocol-unreachable port-unreachable fragmentation-needed source-route-failed network-unknown host-unknown
  network-prohibited host-prohibited TOS-network-unreachable TOS-host-unreachable communication-prohibited
  host-precedence-violation precedence-cutoff source-quench redirect network-redirect host-redirect
  TOS-network-redirect TOS-host-redirect echo-request router-advertisement router-solicitation time-exceeded
  ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem ip-header-bad required-option-missing
  timestamp-request timestamp-reply address-mask-request address-mask-reply no-route beyond-scope
  address-unreachable failed-policy reject-route packet-too-big bad-header unknown-header-type unknown-option
  neighbor-solicitation neighbour-solicitation neighbor-advertisement neighbour-advertisement`);

/** Names of Debian's /etc/protocols. */
const PROTOCOLS =
  words(`ip hopopt icmp igmp ggp ipencap st tcp egp igp pup udp hmp xns-idp rdp iso-tp4 dccp xtp
  ddp idpr-cmtp ipv6 ipv6-route ipv6-frag idrp rsvp gre esp ah skip ipv6-icmp ipv6-nonxt ipv6-opts rspf vmtp
  eigrp ospf ax.25 ipip etherip encap pim ipcomp vrrp l2tp isis sctp fc mobility-header udplite mpls-in-ip manet
  hip shim6 wesp rohc ethernet mptcp icmpv6`);

const CONNTRACK_HELPERS = words("amanda ftp irc netbios-ns pptp sane sip snmp tftp");

const ALIAS = /^(?:dc\/|guest\/)?[A-Za-z][A-Za-z0-9\-_]+$/;
const MAX_SET_NAME = 64;
const MAX_PORTS = 15;
const HIGHEST_PORT = 65535;
const EXTRA_COMMAS = "extraneous commas in list\n";

/** Elements of a list without blanks, or undefined when a comma ends it (Perl drops empty tails). */
function elementsOf(value: string): string[] | undefined {
  return value.endsWith(",") ? undefined : value.split(",");
}

/** IP version of an address, network or range; undefined for anything else. */
function versionOf(element: string): 4 | 6 | undefined {
  const range = element.split("-");
  if (range.length === 2) {
    const [from, to] = [versionOf(range[0] ?? ""), versionOf(range[1] ?? "")];
    return from === to && range.every(isIp) ? from : undefined;
  }
  const [address = "", bits, extra] = element.split("/");
  if (extra !== undefined || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const version = isIPv6(address) ? 6 : /^\d{1,3}(?:\.\d{1,3}){0,3}$/.test(address) ? 4 : undefined;
  if (version === 4 && (bits === undefined || address.split(".").length === 4) && !isIp(address))
    return undefined;
  return Number(bits ?? 0) <= (version === 4 ? 32 : 128) ? version : undefined;
}

const addressSpec: FormatCheck = (value) => {
  if (/^\+\S+$/.test(value)) return value.length > MAX_SET_NAME + 1 ? "ipset name too long\n" : undefined;
  if (ALIAS.test(value)) return value.length > MAX_SET_NAME ? "alias name too long\n" : undefined;
  const elements = elementsOf(value);
  if (!elements) return EXTRA_COMMAS;
  let version: 4 | 6 | undefined;
  for (const element of elements) {
    const own = versionOf(element);
    if (own === undefined) return `invalid IP address: Cannot determine IP version for ${element}\n`;
    if (version !== undefined && own !== version)
      return `detected mixed ipv4/ipv6 addresses in address list '${value}'\n`;
    version = own;
  }
  return elements.length > 1 && value.includes("-") ? "you can't use a range in a list\n" : undefined;
};

/** A service name may be any of the node's /etc/services: only its form is checked here. */
const SERVICE_NAME = /^[A-Za-z][\w.+-]*$/;

function portSpec(icmpAllowed: boolean): FormatCheck {
  return (value) => {
    const elements = elementsOf(value);
    if (!elements) return EXTRA_COMMAS;
    let numbers = 0;
    let icmp = false;
    for (const element of elements) {
      const range = /^(\d+)(?::(\d+))?$/.exec(element);
      if (range) {
        const ports = [range[1], range[2]].filter((port) => port !== undefined);
        const wrong = ports.find((port) => Number(port) > HIGHEST_PORT);
        if (wrong !== undefined) return `invalid port '${wrong}'\n`;
        const [from, to] = ports;
        if (to !== undefined && Number(from) > Number(to))
          return `backwards range '${from}:${to}' not allowed, did you mean '${to}:${from}'?\n`;
        numbers += ports.length;
      } else if (icmpAllowed && ICMP_TYPES.has(element)) icmp = true;
      else if (!SERVICE_NAME.test(element)) return `invalid port '${element}'\n`;
    }
    if (icmp && numbers > 0) return "ICMP ports not allowed in port range\n";
    return numbers > MAX_PORTS ? `too many entries in port list (> ${MAX_PORTS} numbers)\n` : undefined;
  };
}

const protocolSpec: FormatCheck = (value) =>
  value === "" || PROTOCOLS.has(value) || (/^\d{1,3}$/.test(value) && Number(value) <= 255)
    ? undefined
    : `unknown protocol '${value}'\n`;

const conntrackHelpers: FormatCheck = (value) => {
  const elements = elementsOf(value);
  if (!elements) return EXTRA_COMMAS;
  const wrong = elements.find((element) => !CONNTRACK_HELPERS.has(element));
  return wrong === undefined ? undefined : `unknown helper ${wrong}\n`;
};

/** Checks of firewall formats by PVE's name. */
export const FIREWALL_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-fw-addr-spec": addressSpec,
  "pve-fw-sport-spec": portSpec(false),
  "pve-fw-dport-spec": portSpec(true),
  "pve-fw-protocol-spec": protocolSpec,
  "pve-fw-icmp-type-spec": (value) =>
    value === "" || ICMP_TYPES.has(value) ? undefined : `invalid icmp-type value '${value}'\n`,
  "pve-fw-conntrack-helper": conntrackHelpers,
};
