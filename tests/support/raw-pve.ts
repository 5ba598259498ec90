import { readFileSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import * as tls from "node:tls";
import { tlsFile } from "./https-pve.ts";

export interface RawPve {
  readonly url: string;
  /** First lines of the requests that came. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** A TLS server that says to each request whatever bytes `reply` writes. */
export async function startRawPve(reply: (socket: Socket, request: string) => void): Promise<RawPve> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const pair = { cert: readFileSync(tlsFile("leaf.pem")), key: readFileSync(tlsFile("leaf.key")) };
  const server = tls.createServer(pair, (socket) => {
    let text = "";
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0 || text.length < end + 4 + length) return;
      const [first = ""] = text.split("\r\n");
      text = "";
      requests.push(first);
      reply(socket, first);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
