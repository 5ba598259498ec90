import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import {
  type Behaviour,
  type CertificateName,
  type HttpsPve,
  startPve,
  tlsFile,
} from "../../../tests/support/https-pve.ts";
import type { Tls } from "../../config/config.ts";
import { inspectCertificate } from "./certificate.ts";
import { httpsTransport, MAX_CONNECTIONS } from "./https-transport.ts";
import type { Transport } from "./transport.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const OFF: Tls = { mode: "off" };

async function pve(behave?: Behaviour, certificate?: CertificateName): Promise<HttpsPve> {
  const server = await startPve(behave, certificate);
  open.push(server.close);
  return server;
}

function connect(url: string, trust: Tls): Transport {
  const transport = httpsTransport(url, { trust });
  open.push(transport.close);
  return transport;
}

const get = (transport: Transport, path = "/api2/json/version", signal?: AbortSignal) =>
  transport.send({
    method: "GET",
    path,
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  });

describe("an exchange", () => {
  test("status, reason, body and the headers that matter", async () => {
    const server = await pve(() => ({
      status: 302,
      reason: "Elsewhere",
      text: "grüße",
      headers: { location: "/x", "content-type": "text/plain", "set-cookie": "a=b" },
    }));
    expect(await get(connect(server.url, OFF))).toEqual({
      status: 302,
      reason: "Elsewhere",
      headers: { location: "/x", "content-type": "text/plain", date: expect.any(String) },
      body: "grüße",
    });
  });

  test("method, path below a prefix, headers and body arrive", async () => {
    const server = await pve();
    const body = "a=1&b=%C3%BC";
    await connect(`${server.url}/prefix/`, OFF).send({
      method: "POST",
      path: "/api2/json/nodes?x=1",
      headers: { authorization: "secret", "content-length": String(body.length) },
      body,
    });
    expect(server.seen).toMatchObject([{ method: "POST", path: "/prefix/api2/json/nodes?x=1", body }]);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: "secret", "content-length": "12" });
    expect(server.seen[0]?.headers).not.toHaveProperty("transfer-encoding");
  });

  test("a connection that is dropped rejects with its code", async () => {
    const server = await pve(() => ({ instead: "close" }));
    await expect(get(connect(server.url, OFF))).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("a signal ends it and frees the server's side", async () => {
    const server = await pve(() => ({ instead: "hang" }));
    const caller = new AbortController();
    const sent = get(connect(server.url, OFF), undefined, caller.signal);
    const request = await server.arrived("GET /api2/json/version");
    caller.abort();
    await expect(sent).rejects.toThrow();
    await expect.poll(() => request.dropped).toBe(true);
  });
});

describe("connections", () => {
  test.each<[string, (server: HttpsPve) => Tls]>([
    ["off", () => OFF],
    ["a CA", () => ({ mode: "ca", pem: readFileSync(tlsFile("ca.pem"), "utf8") })],
    ["a fingerprint", ({ fingerprint }) => ({ mode: "fingerprint", sha256: [fingerprint] })],
  ])("one is used again and again; trust by %s", async (_, trust) => {
    const server = await pve(undefined, "leaf");
    const transport = connect(server.url, trust(server));
    for (let round = 0; round < 5; round++) expect((await get(transport)).status).toBe(200);
    expect(new Set(server.seen.map(({ remotePort }) => remotePort)).size).toBe(1);
  });

  test("200 calls at once share no more than the limit, and all succeed", async () => {
    const server = await pve(() => ({ delayMs: 5, json: { data: 1 } }));
    const transport = connect(server.url, { mode: "fingerprint", sha256: [server.fingerprint] });
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(transport)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(server.seen.map(({ remotePort }) => remotePort)).size).toBeLessThanOrEqual(
      MAX_CONNECTIONS,
    );
  });

  test("calls waiting for a connection go on after others failed", async () => {
    const server = await pve(({ path }) =>
      path.includes("bad") ? { instead: "close" } : { json: { data: 1 } },
    );
    const transport = connect(server.url, { mode: "fingerprint", sha256: [server.fingerprint] });
    const bad = Array.from({ length: MAX_CONNECTIONS }, () =>
      get(transport, "/api2/json/bad").catch(() => "failed"),
    );
    const good = Array.from({ length: 5 }, () => get(transport));
    expect(new Set(await Promise.all(bad))).toEqual(new Set(["failed"]));
    for (const { status } of await Promise.all(good)) expect(status).toBe(200);
  });
});

describe("trust", () => {
  test.each<[string, CertificateName, Tls, string]>([
    ["the system's", "self-signed", { mode: "system" }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["the system's", "leaf", { mode: "system" }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    [
      "another CA",
      "leaf",
      { mode: "ca", pem: readFileSync(tlsFile("other-ca.pem"), "utf8") },
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    [
      "the CA",
      "other-name",
      { mode: "ca", pem: readFileSync(tlsFile("ca.pem"), "utf8") },
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    ["the CA", "expired", { mode: "ca", pem: readFileSync(tlsFile("ca.pem"), "utf8") }, "CERT_HAS_EXPIRED"],
    [
      "another fingerprint",
      "leaf",
      { mode: "fingerprint", sha256: ["AB:".repeat(32).slice(0, -1)] },
      "FINGERPRINT_MISMATCH",
    ],
  ])("%s does not accept %s, and nothing is sent", async (_, certificate, trust, code) => {
    const server = await pve(undefined, certificate);
    await expect(get(connect(server.url, trust))).rejects.toMatchObject({ code });
    expect(server.seen).toEqual([]);
  });

  test("an accepted certificate is accepted for that connection only", async () => {
    const server = await pve();
    expect((await get(connect(server.url, OFF))).status).toBe(200);
    await expect(get(connect(server.url, { mode: "system" }))).rejects.toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  test("the pin is looked at on every connection", async () => {
    const first = await pve(undefined, "leaf");
    const transport = connect(first.url, { mode: "fingerprint", sha256: [first.fingerprint] });
    expect((await get(transport)).status).toBe(200);
    await first.close();
    // The end of the old connection has to arrive first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await startPve(undefined, "self-signed", first.port);
    open.push(second.close);
    await expect(get(transport)).rejects.toMatchObject({
      code: "FINGERPRINT_MISMATCH",
      seen: second.fingerprint,
    });
    expect(second.seen).toEqual([]);
  });
});

describe("inspectCertificate", () => {
  test("shows what a message needs, of whatever certificate", async () => {
    const server = await pve(undefined, "expired");
    expect(await inspectCertificate(server.url, 2_000)).toEqual({
      sha256: server.fingerprint,
      subject: "pve1.test",
      issuer: "Test CA",
      validFrom: expect.any(String),
      validTo: "Feb  1 00:00:00 2019 GMT",
      names: "DNS:localhost, IP Address:127.0.0.1",
    });
    expect(server.seen).toEqual([]);
  });

  test("is the one that a request by that name would meet", async () => {
    const pair = (name: string) => ({
      cert: readFileSync(tlsFile(`${name}.pem`)),
      key: readFileSync(tlsFile(`${name}.key`)),
    });
    const server = tls.createServer({
      ...pair("other-name"),
      SNICallback: (name, done) =>
        done(null, name === "localhost" ? tls.createSecureContext(pair("leaf")) : undefined),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    expect(await inspectCertificate(`https://localhost:${port}`, 2_000)).toMatchObject({
      subject: "pve1.test",
    });
    expect(await inspectCertificate(`https://127.0.0.1:${port}`, 2_000)).toMatchObject({
      subject: "elsewhere.test",
    });
  });

  test("or nothing when there is none to see", async () => {
    const gone = await startPve();
    await gone.close();
    expect(await inspectCertificate(gone.url, 2_000)).toBeUndefined();
  });
});
