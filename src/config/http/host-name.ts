import { isIPv4, isIPv6 } from "node:net";

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
/** The last label must not be a number: what looks like an address must be one. */
const NAME = new RegExp(`^(?:${LABEL}\\.)*(?!\\d+$)${LABEL}$`);
const LONGEST_NAME = 253;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * A host as a URL has it: a name in lower case, an IPv4 address, or an IPv6 address in brackets and its shortest
 * form; brackets are optional in `text`. Undefined when it is none, or has a port.
 */
export function hostName(text: string): string | undefined {
  const name = text.toLowerCase();
  if (isIPv4(name)) return name;
  const bare = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  if (isIPv6(bare)) return bare.includes("%") ? undefined : new URL(`http://[${bare}]`).hostname;
  return name.length <= LONGEST_NAME && NAME.test(name) ? name : undefined;
}

/** True of 127.0.0.0/8, `[::1]` and `localhost`, as `hostName` and `URL.hostname` write them. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
