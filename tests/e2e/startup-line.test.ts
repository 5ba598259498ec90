import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { setPassword } from "../../src/simulator/tickets.ts";
import { callTool, connection, initialize, SECRET, start, textOf } from "../support/bundle.ts";
import { closers } from "../support/closers.ts";
import { startPve } from "../support/https-pve.ts";
import { startSimulatedHttps } from "../support/simulated-https.ts";
import { ROOT_TOKEN, smallWorld } from "../support/small-world.ts";

const open = closers();
const folder = mkdtempSync(join(tmpdir(), "mcp-pve-line-"));
const PASSWORD = "hunter2-hunter2";

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function pve() {
  const server = await startPve();
  open.push(server.close);
  return server;
}

/** A simulated PVE whose root@pam has a password. */
async function simulated() {
  const world = smallWorld();
  setPassword(world, "root@pam", PASSWORD);
  const server = await startSimulatedHttps(world);
  open.push(server.close);
  return server;
}

describe.concurrent("several addresses", () => {
  test("one that is down is no reason not to start; it is said", async () => {
    const [gone, there] = [await startPve(), await pve()];
    await gone.close();
    const server = start([], {
      ...connection(`${gone.url},${there.url}`),
      PVE_FINGERPRINT: `${gone.fingerprint},${"AB".repeat(32)}`,
    });
    await server.says(`Connected to PVE 9.2.11 at ${gone.url}, ${there.url}`);
    await server.says(`${gone.url} is not used for now: connect ECONNREFUSED`);
    await initialize(server);
    callTool(server, 1, "pve_list_nodes");
    expect(textOf(await server.answer(1))).toContain("pve1");
    server.child.stdin.end();
    expect(await server.ended()).toMatchObject({ code: 0 });
  });

  test("all of them down: each is named with what is wrong", async () => {
    const [one, two] = [await startPve(), await startPve()];
    await Promise.all([one.close(), two.close()]);
    const { code, stderr } = await start([], connection(`${one.url},${two.url}`)).ended();
    expect(code).toBe(1);
    expect(stderr).toContain(`Nothing listens at ${one.url} (ECONNREFUSED)`);
    expect(stderr).toMatch(/Altogether none of 2 nodes could be asked\. .*ECONNREFUSED.*; .*ECONNREFUSED/);
  });
});

describe.concurrent("a login", () => {
  const settings = (url: string, fingerprint: string) => ({
    PVE_BASE_URL: url,
    PVE_FINGERPRINT: fingerprint,
    PVE_USER: "root@pam",
    PVE_CONFIRM: "off",
  });

  test("in place of a token: everything works, and the password is nowhere", async () => {
    const target = await simulated();
    const server = start([], {
      ...settings(target.url, target.fingerprint),
      PVE_PASSWORD_FILE: file("password", `${PASSWORD}\n`),
      DEBUG: "1",
    });
    await initialize(server);
    await server.says("Connected to PVE 9.2.11");
    callTool(server, 1, "pve_create_pool", { poolid: "made" });
    expect(textOf(await server.answer(1))).toContain("Pool made created.");
    server.child.stdin.end();
    const { code, stdout, stderr } = await server.ended();
    expect(code).toBe(0);
    for (const said of [stdout, stderr]) {
      expect(said).not.toContain(PASSWORD);
      expect(said).not.toContain("PVE:root@pam");
    }
  });

  test("beside a token: what no token may do", async () => {
    const target = await simulated();
    const server = start([], {
      ...settings(target.url, target.fingerprint),
      PVE_TOKEN_ID: ROOT_TOKEN.id,
      PVE_TOKEN_SECRET: ROOT_TOKEN.secret,
      PVE_PASSWORD_FILE: file("password-2", PASSWORD),
      PVE_CATEGORIES: "all",
    });
    await initialize(server);
    callTool(server, 1, "pve_write_api", {
      route: "PUT /access/password",
      params: { userid: "alice@pve", password: "new-password-1", "confirmation-password": PASSWORD },
    });
    const text = textOf(await server.answer(1));
    expect(text).not.toMatch(/API token|Nothing was changed/);
    expect(target.handled.filter((entry) => entry.startsWith("PUT /api2/json/access/password"))).toHaveLength(
      1,
    );
    expect(`${server.stdout()}${server.stderr()}`).not.toContain(PASSWORD);
  });

  test("with a wrong password", async () => {
    const target = await simulated();
    const { code, stderr } = await start([], {
      ...settings(target.url, target.fingerprint),
      PVE_PASSWORD_FILE: file("wrong", "wrong-password"),
    }).ended();
    expect(code).toBe(1);
    expect(stderr).toContain("the login of root@pam failed: authentication failure");
    expect(stderr).toContain("Check PVE_USER, PVE_PASSWORD_FILE");
    expect(stderr).not.toContain("wrong-password");
    expect(stderr).not.toContain(SECRET);
  });
});

test("further nodes on request", async () => {
  const target = await pve();
  const server = start([], {
    ...connection(target.url),
    PVE_FINGERPRINT: target.fingerprint,
    PVE_DISCOVER_NODES: "true",
  });
  // This one has no list of its nodes: that is said, and no reason not to serve.
  await server.says("Warning: the cluster's nodes could not be read");
  server.child.stdin.end();
  expect(await server.ended()).toMatchObject({ code: 0 });
});
