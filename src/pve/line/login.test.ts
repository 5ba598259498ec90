import { describe, expect, test } from "vitest";
import { simulatorTransport } from "../../../tests/support/simulator-transport.ts";
import { ROOT_TOKEN, smallWorld } from "../../../tests/support/small-world.ts";
import { Secret } from "../../config/secret.ts";
import { VirtualClock } from "../../simulator/clock.ts";
import { factorsOf } from "../../simulator/second-factors.ts";
import { setPassword } from "../../simulator/tickets.ts";
import { createPveClient } from "../client.ts";
import { withLogin } from "./login.ts";

const TOTP = "otpauth://totp/pve?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const PASSWORD = "correct horse";

interface Options {
  readonly always?: boolean;
  readonly password?: string;
  readonly totp?: string;
}

function loggedIn({ always = true, password = PASSWORD, totp }: Options = {}) {
  const clock = new VirtualClock(1_790_000_000);
  const world = { ...smallWorld(), clock };
  setPassword(world, "root@pam", PASSWORD);
  const { transport: inner, requests } = simulatorTransport(world);
  const time = { now: 0 };
  const transport = withLogin(inner, {
    login: {
      user: "root@pam",
      password: new Secret(password),
      ...(totp === undefined ? {} : { totp: new Secret(totp) }),
    },
    always,
    now: () => time.now,
  });
  const authorization = always ? "" : `PVEAPIToken=${ROOT_TOKEN.id}=${ROOT_TOKEN.secret}`;
  const pve = createPveClient({ transport, authorization, timeoutMs: 5_000, tier: "full" });
  const pass = (minutes: number) => {
    clock.advance(minutes * 60);
    time.now += minutes * 60_000;
  };
  const logins = () => requests.filter(({ path }) => path === "/api2/json/access/ticket");
  return { pve, world, requests, logins, pass, time };
}
const confirmed = { userid: "alice@pve", password: "new password", "confirmation-password": PASSWORD };

describe("a login in place of a token", () => {
  test("reads and writes go by one ticket", async () => {
    const { pve, requests, logins } = loggedIn();
    await Promise.all([pve.call("GET /nodes", {}), pve.call("GET /pools", {})]);
    await pve.call("POST /pools", { poolid: "x" });
    expect(logins()).toHaveLength(1);
    for (const { method, headers } of requests.slice(1)) {
      expect(headers.cookie).toMatch(/^PVEAuthCookie=PVE%3Aroot%40pam%3A/);
      expect(headers).not.toHaveProperty("authorization");
      expect("csrfpreventiontoken" in headers).toBe(method !== "GET");
    }
  });

  test("the ticket is renewed before its two hours are over, by itself and not by the password", async () => {
    const { pve, logins, pass } = loggedIn();
    for (let half = 0; half < 10; half++) {
      await pve.call("POST /pools", { poolid: `p${half}` });
      pass(30);
    }
    expect(logins().length).toBeGreaterThanOrEqual(3);
    expect(logins()[0]?.body).toContain("password=correct+horse");
    for (const { body } of logins().slice(1)) expect(body).toContain("password=PVE%3Aroot%40pam");
  });

  test("after a long pause the password is used again", async () => {
    const { pve, logins, pass } = loggedIn();
    await pve.call("GET /nodes", {});
    pass(300);
    await pve.call("GET /nodes", {});
    expect(logins()[1]?.body).toContain("password=correct+horse");
  });

  test("a ticket that PVE refuses before its time: once more, with a new one", async () => {
    const { pve, logins, pass, time } = loggedIn();
    await pve.call("GET /nodes", {});
    // The machine slept, and its steady clock with it.
    pass(130);
    time.now = 60_000;
    await pve.call("POST /pools", { poolid: "x" });
    expect(logins()).toHaveLength(2);
  });

  test("a wrong password: said, and not tried again at once", async () => {
    const { pve, logins, pass } = loggedIn({ password: "wrong" });
    await expect(pve.call("POST /pools", { poolid: "x" })).rejects.toMatchObject({
      kind: "authentication",
      message: "the login of root@pam failed: authentication failure",
      detail: expect.not.objectContaining({ mayHaveRun: true }),
    });
    await expect(pve.call("GET /nodes", {})).rejects.toMatchObject({ kind: "authentication" });
    expect(logins()).toHaveLength(1);
    pass(2);
    await expect(pve.call("GET /nodes", {})).rejects.toMatchObject({ kind: "authentication" });
    expect(logins()).toHaveLength(2);
  });
});

describe("a second factor", () => {
  const withFactor = (totp?: string) => {
    const made = loggedIn(totp === undefined ? {} : { totp });
    factorsOf(made.world, "root@pam").set("totp1", { type: "totp", uri: TOTP, description: "", created: 0 });
    return made;
  };

  test("is answered by the node's clock", async () => {
    const { pve, logins } = withFactor(TOTP);
    await pve.call("GET /nodes", {});
    expect(logins()[1]?.body).toMatch(/password=totp%3A\d{6}&tfa-challenge=PVE/);
  });

  test("that nobody can answer is said", async () => {
    const { pve } = withFactor();
    await expect(pve.call("GET /nodes", {})).rejects.toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("PVE_TOTP_SECRET_FILE"),
    });
  });
});

describe("a login beside a token", () => {
  test("is for what PVE takes from no token, and is not made before", async () => {
    const { pve, requests, logins } = loggedIn({ always: false });
    await pve.call("POST /pools", { poolid: "x" });
    expect(logins()).toEqual([]);
    await pve.call("PUT /access/password", confirmed);
    expect(logins()).toHaveLength(1);
    expect(requests.at(-1)?.headers).toHaveProperty("cookie");
    await pve.call("GET /pools", {});
    expect(requests.at(-1)?.headers.authorization).toBe(`PVEAPIToken=${ROOT_TOKEN.id}=${ROOT_TOKEN.secret}`);
  });
});
