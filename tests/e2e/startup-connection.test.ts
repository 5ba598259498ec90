import * as http from "node:http";
import * as net from "node:net";
import { describe, expect, test } from "vitest";
import { connection, type Ended, SECRET, start, TOKEN_ID } from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import {
  type Behaviour,
  type CertificateName,
  type HttpsPve,
  REFUSED_TOKEN,
  startPve,
  tlsFile,
} from "../support/https-pve.ts";

const open = closers();

async function pve(certificate: CertificateName = "self-signed", behave?: Behaviour): Promise<HttpsPve> {
  const server = await startPve(behave, certificate);
  open.push(server.close);
  return server;
}

/** A port with something on it that is no HTTPS server. */
async function port(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => void server.close());
  return (server.address() as net.AddressInfo).port;
}

/** Starts against `url`, which must fail; returns what it said. */
async function refusal(url: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const ended = await start([], { ...connection(url), ...env }).ended();
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).not.toContain(SECRET);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  return ended.stderr;
}

/** Starts against `url`, which must work, and ends it by closing its input. */
async function success(url: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const server = start([], { ...connection(url), ...env });
  await Promise.race([server.says("Connected to PVE 9.2.11"), server.ended()]);
  server.child.stdin.end();
  const ended = await server.ended();
  expect(ended.stderr).toContain("Connected to PVE 9.2.11");
  expect(ended.stderr).not.toContain(SECRET);
  expect(ended).toMatchObject({ code: 0, stdout: "" });
  return ended;
}

const OFF = { PVE_VERIFY_SSL: "false" };
const pinned = ({ fingerprint }: HttpsPve) => ({ PVE_FINGERPRINT: fingerprint });

describe.concurrent("trust", () => {
  test("a self-signed certificate: the fingerprint and the exact line to add, and that line works", async () => {
    const server = await pve();
    const said = await refusal(server.url);
    expect(said).toContain(`The certificate of ${server.url} is not trusted`);
    const line = /^PVE_FINGERPRINT=([0-9A-F:]{95})$/m.exec(said);
    expect(line?.[1]).toBe(server.fingerprint);
    expect(said).toContain("pvenode cert info");
    expect(server.seen).toEqual([]);
    await success(server.url, { PVE_FINGERPRINT: line?.[1] ?? "" });
  });

  test("Node's own switch against verification does not reach this connection", async () => {
    const server = await pve();
    const said = await refusal(server.url, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(said).toContain(`The certificate of ${server.url} is not trusted`);
    expect(server.seen).toEqual([]);
  });

  test("a fingerprint without colons and in lower case works", async () => {
    const server = await pve("leaf");
    const sha256 = server.fingerprint.replaceAll(":", "").toLowerCase();
    await success(server.url, { PVE_FINGERPRINT: sha256 });
  });

  test("another fingerprint than the pinned one: both are shown, nothing is sent", async () => {
    const server = await pve();
    const said = await refusal(server.url, { PVE_FINGERPRINT: "AB".repeat(32) });
    expect(said).toContain("is not the pinned one");
    expect(said).toContain(`expected ${Array(32).fill("AB").join(":")}`);
    expect(said).toContain(`\nPVE_FINGERPRINT=${server.fingerprint}\n`);
    expect(server.seen).toEqual([]);
  });

  test("a pinned certificate may be expired and made out to another name", async () => {
    const expired = await pve("expired");
    await success(expired.url, pinned(expired));
    const elsewhere = await pve("other-name");
    await success(elsewhere.url, pinned(elsewhere));
  });

  test("a certificate for another name: which names it has", async () => {
    const server = await pve("other-name");
    const said = await refusal(server.url, { PVE_CA_FILE: tlsFile("ca.pem") });
    expect(said).toContain("(ERR_TLS_CERT_ALTNAME_INVALID)");
    expect(said).toContain("It is made out to: DNS:elsewhere.test.");
    expect(said).toContain(`\nPVE_FINGERPRINT=${server.fingerprint}\n`);
    expect(server.seen).toEqual([]);
  });

  test("an expired certificate", async () => {
    const server = await pve("expired");
    const said = await refusal(server.url, { PVE_CA_FILE: tlsFile("ca.pem") });
    expect(said).toContain("It has expired: renew it on the node (pvecm updatecerts --force");
    expect(said).toContain("2019");
  });

  test("a CA file that signed it works, by address and by name", async () => {
    const server = await pve("leaf");
    await success(server.url, { PVE_CA_FILE: tlsFile("ca.pem") });
    await success(`https://localhost:${server.port}`, { PVE_CA_FILE: tlsFile("ca.pem") });
  });

  test("a CA file of another CA", async () => {
    const server = await pve("leaf");
    const said = await refusal(server.url, { PVE_CA_FILE: tlsFile("other-ca.pem") });
    expect(said).toContain("PVE_CA_FILE does not vouch for it");
    expect(said).toContain(`\nPVE_FINGERPRINT=${server.fingerprint}\n`);
    expect(server.seen).toEqual([]);
  });

  test("a CA that the system trusts needs no setting", async () => {
    const server = await pve("leaf");
    await success(server.url, { NODE_EXTRA_CA_CERTS: tlsFile("ca.pem") });
  });

  test("PVE_VERIFY_SSL=false accepts anything", async () => {
    await success((await pve()).url, OFF);
    await success((await pve("expired")).url, OFF);
  });
});

describe.concurrent("no PVE there", () => {
  test("a refused token", async () => {
    const server = await pve("self-signed", () => REFUSED_TOKEN);
    const said = await refusal(server.url, OFF);
    expect(said).toContain(`refused the token ${TOKEN_ID} (Authentication failed!)`);
    expect(said).toContain("pveum user token add mcp@pve helper --privsep 1");
  });

  test.each([
    ["a refusal", () => ({ status: 401, reason: `bad PVEAPIToken=${TOKEN_ID}=${SECRET}`, text: "" })],
    ["an error", () => ({ status: 500, json: { data: null, message: `token ${SECRET} is odd` } })],
    [
      "a redirect",
      () => ({ status: 302, headers: { location: `https://elsewhere/?t=${SECRET}` }, text: "" }),
    ],
    ["a version", () => ({ json: { data: { release: `9.2 ${SECRET}` } } })],
  ] as const)("a server that sends the secret back, in %s: it is not printed", async (_, behave) => {
    // `refusal` asserts that the secret is nowhere in the output.
    const server = await pve("self-signed", behave);
    expect(await refusal(server.url, OFF)).not.toBe("");
  });

  test("a version with control characters and the secret in it is cleaned for the log", async () => {
    const odd = `9.2.11\u001b[31m\n${SECRET}`;
    const server = await pve("self-signed", ({ path }) =>
      path.endsWith("/version") ? { json: { data: { version: odd } } } : undefined,
    );
    const { stderr } = await success(server.url, OFF);
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toContain("\u001b");
  });

  test("connection refused", async () => {
    const gone = await startPve();
    await gone.close();
    const said = await refusal(gone.url);
    expect(said).toContain(`Nothing listens at ${gone.url} (ECONNREFUSED)`);
    expect(said).toContain("PVE listens on port 8006");
  });

  test("a host that cannot be resolved", async () => {
    const said = await refusal("https://no-such-host.invalid:8006");
    expect(said).toMatch(/host name no-such-host\.invalid cannot be resolved \((ENOTFOUND|EAI_AGAIN)\)/);
    expect(said).not.toContain("listens on port 8006");
  });

  test("another service on that port: text where a handshake should be", async () => {
    const ssh = await port(
      net.createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.9\r\n")),
    );
    const said = await refusal(`https://127.0.0.1:${ssh}`);
    expect(said).toContain("does not speak TLS (wrong port, or plain HTTP)");
    expect(said).toContain("PVE listens on port 8006");
  });

  test("plain HTTP on that port", async () => {
    const web = await port(http.createServer((_, outgoing) => outgoing.end("hello")));
    const said = await refusal(`https://127.0.0.1:${web}`);
    expect(said).toContain("does not speak TLS");
  });

  test("HTTPS where http was set", async () => {
    const server = await pve();
    const said = await refusal(server.url.replace("https", "http"));
    expect(said).toMatch(/failed|does not|answers/);
    expect(said).toContain("https");
  });

  test("a service that hangs up", async () => {
    const mute = await port(net.createServer((socket) => socket.destroy()));
    const said = await refusal(`https://127.0.0.1:${mute}`);
    expect(said).toContain(`The connection to https://127.0.0.1:${mute} failed`);
    expect(said).toContain("ECONNRESET");
  });

  test("an HTML answer, with whatever status", async () => {
    for (const status of [200, 403, 404]) {
      const server = await pve("self-signed", () => ({
        status,
        text: "<!doctype html><title>Router</title>",
        headers: { "content-type": "text/html" },
      }));
      const said = await refusal(server.url, OFF);
      expect(said).toContain("answers, but not as Proxmox VE");
      expect(said).toContain("PVE_BASE_URL must name a PVE node");
    }
  });

  test("JSON that is not PVE's", async () => {
    const server = await pve("self-signed", () => ({ json: { data: { name: "something" } } }));
    expect(await refusal(server.url, OFF)).toContain("The answer names no PVE version");
  });

  test("a redirect", async () => {
    const location = "https://login.example.com/sso";
    const server = await pve("self-signed", () => ({ status: 302, text: "", headers: { location } }));
    const said = await refusal(server.url, OFF);
    expect(said).toContain("answers, but not as Proxmox VE");
    expect(said).toContain(`redirects to ${location}`);
  });

  test("an error of PVE's own", async () => {
    const server = await pve("self-signed", () => ({ status: 595, reason: "No route to host", text: "" }));
    expect(await refusal(server.url, OFF)).toContain("answered GET /version with 595: No route to host");
  });

  test("no answer in time", async () => {
    const server = await pve("self-signed", () => ({ instead: "hang" }));
    const begun = Date.now();
    const said = await refusal(server.url, { ...OFF, PVE_TIMEOUT: "1" });
    expect(said).toContain(`${server.url} did not answer: No answer within 1 s.`);
    expect(Date.now() - begun).toBeLessThan(4_000);
  });

  test("a handshake that never ends", async () => {
    const silent = await port(net.createServer((socket) => void socket.on("error", () => {})));
    const said = await refusal(`https://127.0.0.1:${silent}`, { PVE_TIMEOUT: "1" });
    expect(said).toContain("did not answer: No answer within 1 s.");
  });
});
