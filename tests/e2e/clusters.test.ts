import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { initialize, type Running, start } from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { startSimulatedHttps } from "../support/simulated-https.ts";

const open = closers();
const { id, secret } = DEMO_TOKENS.admin;
const WRONG = "5c1e7d0a-93b4-4f6e-8a21-b7d40f9c6e35";

const pve = (port?: number) =>
  startSimulatedHttps(clusterWorld(new VirtualClock(1_795_330_000)), port === undefined ? {} : { port });

/** A cluster as the file has it. */
const block = (
  { url, fingerprint }: { readonly url: string; readonly fingerprint: string },
  token: string = secret,
) => ({
  url,
  fingerprint: [fingerprint],
  token_id: id,
  token_secret: token,
  tier: "read-only",
});

function configFile(content: unknown, mode = 0o600): string {
  const path = join(mkdtempSync(join(tmpdir(), "mcp-pve-config-")), "config.json");
  writeFileSync(path, JSON.stringify(content), { mode });
  return path;
}

async function call(
  server: Running,
  n: number,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<string> {
  server.send({ id: n, method: "tools/call", params: { name, arguments: args } });
  return JSON.stringify(await server.answer(n));
}

test("two clusters out of a file, one of which is down at first", async () => {
  const [up, down] = await Promise.all([pve(), pve()]);
  open.push(up.close);
  await down.close();
  const PVE_CONFIG = configFile({ clusters: { prod: block(up), lab: block(down) } });
  const server = start([], { PVE_CONFIG });
  await server.says("tools for 2 clusters: prod (tier read-only), lab (tier read-only).");
  expect(server.stderr()).toContain("Cluster prod: PVE 9.2.11 answers at");
  expect(server.stderr()).toContain(`Cluster lab: Nothing listens at ${down.url} (ECONNREFUSED)`);
  await initialize(server);
  const overview = await call(server, 1, "pve_list_nodes", { cluster: "*" });
  expect(overview).toContain("prod: 3 nodes. FAILED: lab.");
  expect(await call(server, 2, "pve_list_nodes", { cluster: "lab" })).toContain(
    "Cluster lab cannot be used now.",
  );

  expect(await call(server, 4, "pve_start_qemu_vm", { cluster: "prod", vmid: 103 })).toContain(
    "pve_start_qemu_vm needs clusters.prod.tier: read-execute; the tier is read-only.",
  );

  const back = await pve(down.port);
  open.push(back.close);
  await server.says("Cluster lab: PVE 9.2.11 answers at");
  expect(await call(server, 3, "pve_list_nodes", { cluster: "lab" })).toContain("3 nodes.");
  server.child.stdin.end();
  const ended = await server.ended();
  expect(ended.code).toBe(0);
  expect(ended.stderr).not.toContain(secret);
});

test("a refused token ends the start only where no cluster can be used", async () => {
  const [one, other] = await Promise.all([pve(), pve()]);
  open.push(one.close, other.close);
  const server = start([], {
    PVE_CONFIG: configFile({ clusters: { a: block(one), b: block(other, WRONG) } }),
  });
  await server.says("tools for 2 clusters");
  expect(server.stderr()).toContain(`Cluster b: ${other.url} refused the token`);
  server.child.stdin.end();
  expect((await server.ended()).code).toBe(0);

  const neither = { clusters: { a: block(one, WRONG), b: block(other, WRONG) } };
  const ended = await start([], { PVE_CONFIG: configFile(neither) }).ended();
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toContain("No cluster can be used, and a token was refused: see above.");
  for (const name of ["a", "b"])
    expect(ended.stderr).toContain(`Check clusters.${name}.token_id and clusters.${name}.token_secret;`);
  expect(ended.stderr).not.toContain(WRONG);
});

test("one cluster in a file is served like one in variables", async () => {
  const one = await pve();
  open.push(one.close);
  const server = start([], { PVE_CONFIG: configFile({ clusters: { home: block(one) } }) });
  await server.says(`Connected to PVE 9.2.11 at ${one.url}`);
  server.child.stdin.end();
  expect((await server.ended()).code).toBe(0);

  const refused = await start([], {
    PVE_CONFIG: configFile({ clusters: { home: block(one, WRONG) } }),
  }).ended();
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("Check clusters.home.token_id and clusters.home.token_secret;");
  expect(refused.stderr).not.toContain(WRONG);
});

test("a certificate that is not trusted: the key to set, by which the cluster then is", async () => {
  const [one, other] = await Promise.all([pve(), pve()]);
  open.push(one.close, other.close);
  const { fingerprint: _, ...unpinned } = block(other);
  const server = start([], { PVE_CONFIG: configFile({ clusters: { a: block(one), b: unpinned } }) });
  await server.says("tools for 2 clusters");
  expect(server.stderr()).toContain(`set this key in the file of PVE_CONFIG:\nclusters.b.fingerprint: `);
  expect(server.stderr()).not.toContain("PVE_FINGERPRINT");
  const pin = /^clusters\.b\.fingerprint: ([0-9A-F:]{95})$/m.exec(server.stderr())?.[1];
  expect(pin).toBe(other.fingerprint);
  server.child.stdin.end();
  expect((await server.ended()).code).toBe(0);

  const b = { ...unpinned, fingerprint: pin };
  const again = start([], { PVE_CONFIG: configFile({ clusters: { a: block(one), b } }) });
  await again.says("Cluster b: PVE 9.2.11 answers at");
  again.child.stdin.end();
  expect((await again.ended()).code).toBe(0);
});

test.each<[string, unknown, number, Readonly<Record<string, string>>, string]>([
  [
    "an unknown key",
    { clusters: { a: { url: "https://x:8006", tokn_id: "a@pam!b", token_secret: "file:/x" } } },
    0o600,
    {},
    "token_id",
  ],
  [
    "secrets that others can read",
    { clusters: { a: block({ url: "https://x:8006", fingerprint: "A".repeat(64) }) } },
    0o644,
    {},
    "chmod 600",
  ],
  [
    "variables beside it",
    { clusters: { a: block({ url: "https://x:8006", fingerprint: "A".repeat(64) }) } },
    0o600,
    { PVE_BASE_URL: "https://y:8006" },
    "PVE_CONFIG and PVE_BASE_URL are set",
  ],
])("%s is refused", async (_, content, mode, env, says) => {
  const ended = await start([], { PVE_CONFIG: configFile(content, mode), ...env }).ended();
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).not.toContain(secret);
});
