/** Addresses, interfaces, names (PVE::JSONSchema, PVE::ParseUtils, PVE::Network::SDN, PVE::Firewall). */
import { isIPv4, isIPv6 as isIPv6WithZone } from "node:net";
import type { FormatCheck } from "../issue.ts";
import { matching } from "./formats-id.ts";

/** PVE takes no zone (`%eth0`) in an address. */
function isIPv6(value: string): boolean {
  return !value.includes("%") && isIPv6WithZone(value);
}

/** True for an IPv4 or IPv6 address without prefix and zone. */
export function isIp(value: string): boolean {
  return isIPv4(value) || isIPv6(value);
}

/** Address and prefix length, PVE's shortest prefix being 8 bits unless `least` says otherwise. */
function isCidr(value: string, version: 4 | 6, least = 8): boolean {
  const slash = value.indexOf("/");
  if (slash < 0) return false;
  const bits = value.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits)) return false;
  const address = value.slice(0, slash);
  const fits = Number(bits) >= least && Number(bits) <= (version === 4 ? 32 : 128);
  return fits && (version === 4 ? isIPv4(address) : isIPv6(address));
}

const isCidrV4 = (value: string) => isCidr(value, 4);
const isCidrV6 = (value: string) => isCidr(value, 6);

/** A check by predicate. */
function when(holds: (value: string) => boolean, message: string | ((value: string) => string)): FormatCheck {
  return (value) =>
    holds(value) ? undefined : `${typeof message === "string" ? message : message(value)}\n`;
}

const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const DOTTED_NAME = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`);
const isDnsName = (value: string) => DOTTED_NAME.test(value);
const isAddress = (value: string) => isIp(value) || isDnsName(value);

const INTERFACE = /^[a-z][a-z0-9_]{1,20}(?:[:.]\d+)?$/i;

function isNetmask(value: string): boolean {
  if (!isIPv4(value)) return false;
  const bits = value
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits);
}

function isIpOrCidr(value: string): boolean {
  return isIp(value) || isCidr(value, 4, 0) || isCidr(value, 6, 0);
}

const vlanIdOrRange: FormatCheck = (value) => {
  const parts = /^(\d+)(?:-(\d+))?$/.exec(value);
  if (!parts) return `invalid VLAN configuration '${value}'\n`;
  const [, start = "", end] = parts;
  for (const tag of end === undefined ? [start] : [start, end])
    if (Number(tag) < 2 || Number(tag) > 4094) return `invalid VLAN tag '${tag}'\n`;
  return end !== undefined && Number(start) >= Number(end)
    ? `VLAN range must go from lower to higher tag '${value}'\n`
    : undefined;
};

const IP_OR_CIDR = when(isIpOrCidr, "value does not look like a valid IP address or CIDR network");

function isSubnetId(value: string): boolean {
  if (value.includes("/")) return isCidrV4(value) || isCidrV6(value);
  const [, ip, mask] = value.split("-");
  return isCidrV4(`${ip}/${mask}`) || isCidrV6(`${ip}/${mask}`);
}

function isRouteTarget(value: string): boolean {
  const parts = /^(\d+):(\d+)$/.exec(value);
  return parts !== null && [parts[1], parts[2]].every((part) => Number(part) <= 4294967295);
}

/** Host with optional port: `10.0.0.1:3260`, `name`, `[fe80::1]:3260`, `fe80::1.3260`. */
function isPortal(value: string): boolean {
  if (/^[a-zA-Z0-9\-.]+(?::\d+)?$/.test(value)) return true;
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(value)?.[1];
  if (bracketed !== undefined) return isIp(bracketed) || /^[a-zA-Z0-9\-.]+$/.test(bracketed);
  return isIPv6(value) || isIPv6(value.replace(/\.\d+$/, ""));
}

function isIpWithInterface(value: string): boolean {
  const zoned = /^(fe80:[^%]+)%(.*)$/.exec(value);
  return isIp(value) || (zoned !== null && isIp(zoned[1] ?? "") && INTERFACE.test(zoned[2] ?? ""));
}

const MAIL_USER = "[\\w+\\-~]+(?:\\.[\\w+\\-~]+)*";
const MAIL = new RegExp(`^${MAIL_USER}@[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)*$`);
const USER_NAME = new RegExp(`^${MAIL_USER}$`);

/** Checks of network formats by PVE's name. */
export const NETWORK_FORMATS: Readonly<Record<string, FormatCheck>> = {
  ipv4: when(isIPv4, "value does not look like a valid IPv4 address"),
  ipv6: when(isIPv6, "value does not look like a valid IPv6 address"),
  ip: when(isIp, "value does not look like a valid IP address"),
  ipv4mask: when(isNetmask, "value does not look like a valid IP netmask"),
  CIDRv4: when(isCidrV4, "value does not look like a valid IPv4 CIDR network"),
  CIDRv6: when(isCidrV6, "value does not look like a valid IPv6 CIDR network"),
  CIDR: when((value) => isCidrV4(value) || isCidrV6(value), "value does not look like a valid CIDR network"),
  FullRangeCIDR: when(
    (value) => isCidr(value, 4, 0) || isCidr(value, 6, 0),
    "value does not look like a valid CIDR network",
  ),
  IPorCIDR: IP_OR_CIDR,
  IPorCIDRorAlias: (value) =>
    /^(?:dc\/|guest\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(value) ? undefined : IP_OR_CIDR(value),
  "pve-ipv4-config": when(
    (value) => /^(?:dhcp|manual)$/.test(value) || isCidrV4(value),
    "value does not look like a valid ipv4 network configuration",
  ),
  "pve-ipv6-config": when(
    (value) => /^(?:auto|dhcp|manual)$/.test(value) || isCidrV6(value),
    "value does not look like a valid ipv6 network configuration",
  ),
  "dns-name": when(isDnsName, "value does not look like a valid DNS name"),
  address: when(isAddress, (value) => `value does not look like a valid address: ${value}`),
  "pve-storage-server": when(isAddress, "value does not look like a valid server name or IP address"),
  "pve-storage-portal-dns": when(isPortal, "value does not look like a valid portal address"),
  "lxc-ip-with-ll-iface": when(isIpWithInterface, "value does not look like a valid IP address"),
  "mac-addr": matching(
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i,
    "value does not look like a valid unicast MAC address",
  ),
  "mac-prefix": matching(
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){0,2}(?::[a-f0-9]?)?$/i,
    "value is not a valid unicast MAC address prefix",
  ),
  "pve-iface": matching(INTERFACE, (value) => `invalid network interface name '${value}'`),
  "pve-vlan-id-or-range": vlanIdOrRange,
  "graphite-path": when(isDnsName, "value does not look like a valid graphite path"),
  "pve-acme-domain": matching(
    /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+$/i,
    (value) => `value '${value}' does not look like a valid domain name!`,
  ),
  "pve-acme-alias": matching(
    /^[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_][a-z0-9_-]*)+$/i,
    (value) => `value '${value}' does not look like a valid alias name!`,
  ),
  "pve-sdn-subnet-id": when(isSubnetId, "value does not look like a valid CIDR network"),
  "pve-sdn-bgp-rt": when(isRouteTarget, "value does not look like a valid bgp route-target"),
  "pve-sdn-isis-net": matching(
    /^[a-fA-F0-9]{2}(?:\.[a-fA-F0-9]{4}){3,9}\.[a-fA-F0-9]{2}$/,
    "value does not look like a valid isis net",
  ),
  email: matching(MAIL, "value does not look like a valid email address"),
  "email-or-username": when(
    (value) => MAIL.test(value) || USER_NAME.test(value),
    "value does not look like a valid email address or user name",
  ),
};
