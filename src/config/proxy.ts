import { BlockList, isIP } from "node:net";
import type { HttpProxy } from "./config.ts";
import type { Parsed } from "./parsed.ts";
import { Secret } from "./secret.ts";

/** The address of an HTTP proxy. A refusal never repeats the value, which may hold a password. */
export function parseProxy(text: string): Parsed<Pick<HttpProxy, "url" | "credentials">> {
  // As curl takes it: without a scheme it is http.
  const written = text.includes("://") ? text : `http://${text}`;
  if (!/^https?:\/\/[^/]/i.test(written) || !URL.canParse(written))
    return { problem: "must be the address of an HTTP proxy, as in http://proxy.example.com:3128" };
  const url = new URL(written);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return { problem: "must end behind host and port, as in http://proxy.example.com:3128" };
  const parts = [url.username, url.password].map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part; // A bare percent sign in a password.
    }
  });
  return {
    value: {
      url: `${url.protocol}//${url.host}`,
      ...(url.username === "" ? {} : { credentials: new Secret(parts.join(":")) }),
    },
  };
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** True when a host is reached through the proxy; IPv6 without brackets. */
export function usesProxy({ except }: HttpProxy, host: string, port: number): boolean {
  const name = host.toLowerCase();
  return !LOOPBACK.test(name) && !except.some((entry) => covers(entry.toLowerCase(), name, port));
}

/** An entry's host and port; a bare IPv6 address has no port. */
function splitEntry(entry: string): { readonly name: string; readonly port?: number } {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === undefined) return { name: entry };
  const bare = name.replace(/^\[|\]$/g, "");
  return { name: bare, ...(port === undefined ? {} : { port: Number(port) }) };
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const { name, port: only } = splitEntry(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(host) === 0) {
    const domain = name.replace(/^\*?\./, "");
    return host === domain || host.endsWith(`.${domain}`);
  }
  return isWithin(host, name);
}

/** True for an address, or one in a network written as `192.0.2.0/24`. */
function isWithin(address: string, name: string): boolean {
  const [network = "", bits] = name.split("/");
  const version = isIP(network);
  if (version === 0 || version !== isIP(address)) return false;
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (!(Number.isInteger(prefix) && prefix >= 0 && prefix <= most)) return false;
  const family = version === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(address, family);
}
