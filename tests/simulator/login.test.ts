import { describe, expect, it } from "vitest";
import { parseTotp, totpCode } from "../../src/schema/totp.ts";
import { setPassword } from "../../src/simulator/tickets.ts";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

const SECRET = "otpauth://totp/demo:olga?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const codeAt = (time: number) => {
  const totp = parseTotp(SECRET);
  return totp ? totpCode(totp, time) : "";
};

it("makes RFC 6238's codes", () => {
  expect(codeAt(59)).toBe("287082");
  expect(codeAt(1_111_111_109)).toBe("081804");
});

describe("passwords", () => {
  it("opens a login once one is set, and refuses a token", async () => {
    const sim = simulated();
    const { world, call } = sim;
    const asked = { username: "operator@pve", password: "first-secret" };
    expect((await call("POST /access/ticket", asked)).status).toBe(401);
    const byToken = await call("PUT /access/password", { userid: "operator@pve", password: "first-secret" });
    expect(byToken.status).toBe(403);
    expect(byToken.message).toContain(
      "URI '/access/password' not available with API token, need proper ticket.",
    );
    const root = loggedIn(sim);
    const change = { userid: "operator@pve", password: "first-secret" };
    expect((await root("PUT /access/password", change)).status).toBe(200);
    const login = await call("POST /access/ticket", asked);
    expect(login.data).toMatchObject({ username: "operator@pve", clustername: "demo" });
    setPassword(world, "root@pam", "x");
    const own = loggedIn(sim, "operator@pve");
    expect((await own("PUT /access/password", change)).errors).toEqual({
      "confirmation-password": "password is required to modify user",
    });
    const confirmed = { ...change, password: "second-secret", "confirmation-password": "first-secret" };
    expect((await own("PUT /access/password", confirmed)).status).toBe(200);
    expect((await call("POST /access/ticket", asked)).status).toBe(401);
    expect((await root("PUT /access/password", { ...change, userid: "bob@corp" })).message).toBe(
      "unable to set password on auth type 'ldap'\n",
    );
    expect((await own("PUT /access/password", { ...confirmed, userid: "root@pam" })).status).toBe(403);
  });

  it("takes no change with a ticket but without the token against forged requests", async () => {
    const { world, clock, handle } = simulated();
    const login = { world, clock, handle };
    const bare: typeof handle = ({ headers, ...request }) =>
      handle({ ...request, headers: { cookie: headers.cookie ?? "" } });
    expect((await loggedIn({ ...login, handle: bare })("POST /pools", { poolid: "p" })).status).toBe(401);
    expect((await loggedIn({ ...login, handle: bare })("GET /pools")).status).toBe(200);
    expect((await loggedIn(login, "former@pve")("GET /pools")).status).toBe(401);
  });
});

describe("second factors", () => {
  it("are added, asked for at a login, changed and removed", async () => {
    const sim = simulated();
    const { world, clock, call } = sim;
    setPassword(world, "operator@pve", "secret");
    const base = "/access/tfa/operator@pve";
    const own = loggedIn(sim, "operator@pve");
    expect((await call(`POST ${base}`, { type: "recovery" })).status).toBe(403);
    expect((await own(`POST ${base}`, { type: "recovery" })).errors).toHaveProperty("password");
    const totp = { type: "totp", description: "phone", totp: SECRET, password: "secret" };
    expect((await own(`POST ${base}`, { ...totp, value: "000000" })).message).toBe(
      "failed to verify TOTP challenge\n",
    );
    expect((await own(`POST ${base}`, totp)).message).toBe(
      "'totp' type requires both 'totp' and 'value' parameters\n",
    );
    const { data: added } = await own(`POST ${base}`, { ...totp, value: codeAt(clock.now()) });
    const { data: keys } = await own(`POST ${base}`, { type: "recovery", password: "secret" });
    expect(keys.recovery).toHaveLength(10);
    expect((await own(`POST ${base}`, { type: "recovery", password: "secret" })).message).toBe(
      "user already has recovery keys\n",
    );
    expect((await own(`POST ${base}`, { type: "webauthn", password: "secret" })).message).toBe(
      "no webauthn configuration available\n",
    );
    const { data: all } = await call("GET /access/tfa");
    expect(all).toMatchObject([{ userid: "operator@pve", entries: [{ type: "totp" }, { id: "recovery" }] }]);
    expect(JSON.stringify(all)).not.toContain("GEZDG");

    const asked = { username: "operator@pve", password: "secret" };
    const { data: half } = await call("POST /access/ticket", asked);
    expect(half).toMatchObject({ NeedTFA: 1 });
    const answer = { username: "operator@pve", "tfa-challenge": half.ticket };
    const code = `totp:${codeAt(clock.now())}`;
    expect((await call("POST /access/ticket", { ...answer, password: "totp:000000" })).status).toBe(401);
    expect((await call("POST /access/ticket", { ...answer, password: code })).data.NeedTFA).toBeUndefined();
    const key = { ...answer, password: `recovery:${keys.recovery[0]}` };
    expect((await call("POST /access/ticket", key)).status).toBe(200);
    expect((await call("POST /access/ticket", key)).status).toBe(401);

    await own(`PUT ${base}/${added.id}`, { enable: 0, password: "secret" });
    expect((await call(`GET ${base}/${added.id}`)).data).toMatchObject({
      enable: false,
      description: "phone",
    });
    expect((await own(`DELETE ${base}/none`, { password: "secret" })).message).toBe("no such entry\n");
    await own(`DELETE ${base}/${added.id}`, { password: "secret" });
    expect((await call(`GET ${base}/${added.id}`)).status).toBe(404);
    await own(`DELETE ${base}/recovery`, { password: "secret" });
    expect((await call("GET /access/users/operator@pve")).data.keys).toBeUndefined();
    expect((await call("POST /access/ticket", asked)).data.NeedTFA).toBeUndefined();
  });
});
