import * as net from "node:net";

/** What happens to one connection on its way to PVE; nothing given: it passes. */
export interface Fault {
  /** The connection ends when so many bytes have passed upwards (requests) or downwards (answers). */
  readonly cut?: {
    readonly way: "up" | "down";
    readonly after: number;
    /** `reset`: RST; `end`: FIN after what has passed. */
    readonly how: "reset" | "end";
  };
  /** Answers come in pieces of so many bytes, one every so many milliseconds. */
  readonly trickle?: { readonly bytes: number; readonly everyMs: number };
  /** `refuse`: reset at once; `silent`: accepted, and nothing passes. */
  readonly instead?: "refuse" | "silent";
}

export interface FaultProxy {
  readonly port: number;
  /** Bytes that have passed on each connection, in the order in which they were opened. */
  readonly passed: readonly { up: number; down: number }[];
  /** Connections that are open now, and the most that ever were. */
  readonly open: () => number;
  readonly most: () => number;
  /** Ends every connection with RST. */
  readonly resetAll: () => void;
  readonly close: () => Promise<void>;
}

/** A TCP proxy on loopback that does to each connection, by its number from 0, what `fault` says. */
export async function startFaultProxy(
  target: number,
  fault: (connection: number) => Fault | undefined = () => undefined,
  wantedPort = 0,
): Promise<FaultProxy> {
  const passed: { up: number; down: number }[] = [];
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  const mute = new Set<net.Socket>();
  let most = 0;
  const server = net.createServer((client) => {
    const { cut, trickle, instead } = fault(passed.length) ?? {};
    const count = { up: 0, down: 0 };
    passed.push(count);
    client.on("error", () => {});
    if (instead === "refuse") return void client.resetAndDestroy();
    if (instead === "silent") {
      mute.add(client);
      return void client.on("close", () => mute.delete(client)).resume();
    }
    const upstream = net.connect(target, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    const pair = [client, upstream] as const;
    pairs.add(pair);
    most = Math.max(most, pairs.size);
    const over = () => {
      pairs.delete(pair);
      upstream.destroy();
    };
    client.on("close", over);
    const pass = (way: "up" | "down", from: net.Socket, to: net.Socket) => {
      const limit = cut?.way === way ? cut.after : Number.POSITIVE_INFINITY;
      const forward = (chunk: Buffer) => {
        const part = chunk.subarray(0, Math.max(0, limit - count[way]));
        count[way] += part.length;
        to.write(part);
        if (count[way] < limit) return;
        from.pause();
        // What has passed arrives before the end does.
        setTimeout(() => {
          if (cut?.how === "end") client.end();
          else client.resetAndDestroy();
          // The other side works on what it has.
          setTimeout(over, 50);
        }, 5);
      };
      let late: Promise<void> = Promise.resolve();
      from.on("data", (chunk: Buffer) => {
        if (!trickle || way === "up") return forward(chunk);
        for (let at = 0; at < chunk.length; at += trickle.bytes) {
          const piece = chunk.subarray(at, at + trickle.bytes);
          late = late.then(async () => {
            await new Promise((resolve) => setTimeout(resolve, trickle.everyMs));
            if (!to.destroyed) forward(piece);
          });
        }
      });
      from.on("end", () => void late.then(() => to.end()));
    };
    if (cut?.after === 0) return void client.resetAndDestroy();
    pass("up", client, upstream);
    pass("down", upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    passed,
    open: () => pairs.size,
    most: () => most,
    resetAll: () => {
      for (const [client] of pairs) client.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of [...mute, ...[...pairs].map(([client]) => client)]) client.destroy();
      }),
  };
}
