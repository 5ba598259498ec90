import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { httpsTransport } from "../../src/pve/line/https-transport.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { closers } from "../support/closers.ts";
import { type HttpsPve, startPve, tlsFile } from "../support/https-pve.ts";
import { realLine } from "../support/real-line.ts";
import { startSimulatedHttps } from "../support/simulated-https.ts";

const open = closers();
const OFF = { mode: "off" } as const;
const GET = { method: "GET", path: "/api2/json/version", headers: {} };

async function pve(): Promise<HttpsPve> {
  const server = await startPve(undefined, "leaf");
  open.push(server.close);
  return server;
}

/** A proxy that knows one name, `pve.test`, and asks for these credentials. */
async function startHttpProxy(port: number, credentials?: string) {
  const asked: string[] = [];
  const server = http.createServer().on("connect", (request: http.IncomingMessage, socket: net.Socket) => {
    asked.push(request.url ?? "");
    socket.on("error", () => {});
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted)
      return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const upstream = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, asked };
}

describe("a proxy", () => {
  test("is asked for the node once a connection, and the certificate is judged behind it", async () => {
    const server = await pve();
    const proxy = await startHttpProxy(server.port, "ann:secret");
    const way = { url: proxy.url, except: [], credentials: new Secret("ann:secret") };
    const trust = { mode: "fingerprint", sha256: [server.fingerprint] } as const;
    const transport = httpsTransport("https://pve.test:8006", { trust, proxy: way });
    for (let round = 0; round < 3; round++) expect((await transport.send(GET)).status).toBe(200);
    expect(proxy.asked).toEqual(["pve.test:8006"]);
    transport.close();
    const other = httpsTransport("https://pve.test:8006", { trust: { mode: "system" }, proxy: way });
    await expect(other.send(GET)).rejects.toMatchObject({
      unsent: true,
      mistrust: { seen: { sha256: server.fingerprint } },
    });
    other.close();
  });

  test("that refuses: named, and nothing was sent", async () => {
    const server = await pve();
    const proxy = await startHttpProxy(server.port, "ann:secret");
    const transport = httpsTransport("https://pve.test", {
      trust: OFF,
      proxy: { url: proxy.url, except: [] },
    });
    await expect(transport.send(GET)).rejects.toMatchObject({
      code: "PROXY_REFUSED",
      unsent: true,
      message: `the proxy ${proxy.url} answered CONNECT with 407`,
    });
    expect(server.seen).toEqual([]);
  });

  test("is not asked for what NO_PROXY names, nor for loopback", async () => {
    const server = await pve();
    const proxy = await startHttpProxy(server.port);
    const transport = httpsTransport(server.url, { trust: OFF, proxy: { url: proxy.url, except: [] } });
    await transport.send(GET);
    transport.close();
    expect(proxy.asked).toEqual([]);
  });
});

test("what a request hears that had no turn in its time", async () => {
  const server = await startPve(() => ({ instead: "hang" }));
  open.push(server.close);
  const { pve, transport } = realLine([server.url], { maxRequests: 1, timeoutMs: 200 });
  const first = pve.call("GET /nodes", {}, { timeoutMs: 500 }).catch(() => undefined);
  await expect(pve.call("GET /pools", {})).rejects.toMatchObject({
    kind: "timeout",
    message: "No turn within 0.2 s: requests under way or before it: 1 (PVE_MAX_REQUESTS).",
    detail: { mayHaveRun: false },
  });
  await first;
  transport.close();
});

test("an IPv6 literal", async (context) => {
  const pair = { cert: readFileSync(tlsFile("leaf.pem")), key: readFileSync(tlsFile("leaf.key")) };
  const server = https.createServer(pair, (_, response) => response.end('{"data":1}'));
  const listening = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, "::1", () => resolve(true));
  });
  if (!listening) return context.skip();
  open.push(async () => void server.close());
  const { port } = server.address() as net.AddressInfo;
  const transport = httpsTransport(`https://[::1]:${port}`, { trust: OFF });
  expect((await transport.send(GET)).body).toBe('{"data":1}');
  expect(transport.ownAddress?.()).toBe("::1");
  transport.close();
});

test("a reverse proxy that asks for a certificate gets ours", async () => {
  const pair = (name: string) => ({
    cert: readFileSync(tlsFile(`${name}.pem`)),
    key: readFileSync(tlsFile(`${name}.key`)),
  });
  const ca = readFileSync(tlsFile("ca.pem"));
  const server = https.createServer(
    { ...pair("leaf"), ca, requestCert: true, rejectUnauthorized: true },
    (_, response) => response.end('{"data":1}'),
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => void server.close());
  const url = `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  const { cert, key } = pair("other-name");
  const client = { cert: cert.toString(), key: new Secret(key.toString()) };
  const shown = httpsTransport(url, { trust: OFF, client });
  expect((await shown.send(GET)).status).toBe(200);
  shown.close();
  const bare = httpsTransport(url, { trust: OFF });
  await expect(bare.send(GET)).rejects.toThrow();
  bare.close();
});

describe("the cluster's other nodes", () => {
  test("are taken at the addresses that PVE tells, and used when the first is gone", async () => {
    const world = clusterWorld();
    const [first, second] = [await startSimulatedHttps(world), await startSimulatedHttps(world)];
    open.push(second.close);
    // Both nodes on loopback: another address of it, and the same port.
    for (const [at, node] of [...world.nodes.values()].entries())
      Object.assign(node, { ip: `127.0.0.${at + 1}` });
    const { id, secret } = DEMO_TOKENS.admin;
    const line = realLine([first.url], { tokenId: id, tokenSecret: new Secret(secret) });
    expect(await line.discover()).toEqual([
      `https://127.0.0.2:${first.port}`,
      `https://127.0.0.3:${first.port}`,
    ]);
    line.transport.close();
    await first.close();
  });
});
