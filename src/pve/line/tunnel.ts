import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { HttpProxy } from "../../config/config.ts";
import { withSending } from "./transport.ts";

/**
 * A connection to `host:port` through the proxy (HTTP CONNECT, RFC 9110 9.3.6). Rejects with an error that knows that
 * nothing was sent: code `PROXY_REFUSED`, or the connection's own.
 */
export function openTunnel(proxy: HttpProxy, host: string, port: number, timeoutMs: number): Promise<Socket> {
  const { protocol, hostname, port: at } = new URL(proxy.url);
  const secure = protocol === "https:";
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const credentials = proxy.credentials?.reveal();
  return new Promise((resolve, reject) => {
    const refuse = (message: string, code: string) =>
      Object.assign(new Error(`the proxy ${proxy.url} ${message}`), { code });
    const fail = (error: Error) => reject(withSending(error, true));
    const request = (secure ? https : http).request({
      method: "CONNECT",
      host: hostname.replace(/^\[|\]$/g, ""),
      port: at === "" ? (secure ? 443 : 80) : Number(at),
      path: authority,
      agent: false,
      headers: {
        host: authority,
        ...(credentials === undefined
          ? {}
          : { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` }),
      },
    });
    const late = setTimeout(() => {
      request.destroy(refuse(`gave no connection within ${timeoutMs / 1000} s`, "ETIMEDOUT"));
    }, timeoutMs);
    request.on("close", () => clearTimeout(late));
    request.on("error", fail);
    request.on("response", (response) => {
      response.destroy();
      fail(refuse(`answered CONNECT with ${response.statusCode}`, "PROXY_REFUSED"));
    });
    request.on("connect", (response, socket) => {
      clearTimeout(late);
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      fail(refuse(`answered CONNECT with ${response.statusCode}`, "PROXY_REFUSED"));
    });
    request.end();
  });
}
