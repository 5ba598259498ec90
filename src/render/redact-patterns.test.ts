import { describe, expect, it } from "vitest";
import { isSecretName, redactPatterns } from "./redact-patterns.ts";

const R = "[redacted]";
const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----";

describe("redactPatterns", () => {
  it.each([
    [`key:\n${PEM}\nend`, `key:\n${R}\nend`],
    ["-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nNext: go", `${R}\nNext: go`],
    [
      `<<<tag\n-----BEGIN PRIVATE KEY-----\ntag>>>\n-----END PRIVATE KEY-----`,
      `<<<tag\n${R}\ntag>>>\n-----END PRIVATE KEY-----`,
    ],
    [JSON.stringify(PEM), `"${R}"`],
    ["Authorization: PVEAPIToken=root@pam!mcp=1234-5678", `Authorization: PVEAPIToken=root@pam!mcp=${R}`],
    ["PVEAPIToken%3Droot%40pam%21mcp%3D1234", `PVEAPIToken%3Droot%40pam%21mcp%3D${R}`],
    ["PVEAuthCookie=abc; x", `PVEAuthCookie=${R}; x`],
    ["got PVE:root@pam:6B02A0C0::k/axteJ33qRakc9zRINzG4CY== ok", `got ${R} ok`],
    ["PVEVNC:6B02A0C6::Zs28MiMaKtzcVFbKjY47a9ESvkseyQLtjnoSys=", R],
    ["csrf 6B02A0C0:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", `csrf ${R}`],
    ["root:$y$j9T$abcdefgh$ijklmnop:19000", `root:${R}:19000`],
    ["pw $6$saltsalt$hash./hash", `pw ${R}`],
    ["-object secret,id=s0,data=topsecret,format=raw", `-object secret,id=s0,data=${R},format=raw`],
    ["DB_PASSWORD=hunter22 API_TOKEN=abcdef", `DB_PASSWORD=${R} API_TOKEN=${R}`],
    ["db password: S3cretPassw0rd, ok", `db password: ${R}, ok`],
    ['{"secret":"S3cretPassw0rd"}', `{"secret":"${R}"}`],
    ['{\\"api-token\\": \\"S3cretPassw0rd\\"}', `{\\"api-token\\": \\"${R}\\"}`],
    ["https://bob:hunter2@example.com/x", `https://bob:${R}@example.com/x`],
    ["key = AQBSdFhcAAAAABAAn1234567890abcdefghijkl==", "key = AQBSdFhcAAAAABAAn1234567890abcdefghijkl=="],
    ["key = AQBSdFhcAAAAABAAn1234567890abcdefghijk==", `key = ${R}`],
    ["Authorization: Bearer eyJhbGciOi", `Authorization: Bearer ${R}`],
  ])("%j", (text, expected) => {
    expect(redactPatterns(text)).toBe(expected);
  });

  it("leaves JSON text valid", () => {
    const value = {
      a: 'password=ab\\cd"ef',
      b: 'https://x:y\\@z "quoted"',
      c: `${PEM}"`,
      d: "-----BEGIN PRIVATE KEY-----",
    };
    expect(JSON.parse(redactPatterns(JSON.stringify(value)))).toEqual({
      a: `password=${R}"ef`,
      b: `https://x:${R}@z "quoted"`,
      c: `${R}"`,
      d: R,
    });
  });

  it.each([
    "UPID:pve:00000147:000B1533:6B02A0C0:vncproxy:920:root@pam!mcp:",
    "password: value must be at least 5 characters long",
    "generate-password=1",
    "password: minimum-length applies",
    "The secret: nobody knows.",
    "https://pve.example.com:8006/api2/json",
    "local:iso/debian-12.iso,media=cdrom",
    "-----BEGIN CERTIFICATE-----\nMIIF\n-----END CERTIFICATE-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@host",
    "virtio=BC:24:11:65:3D:BB,bridge=vmbr0",
    "b746ddbbc0216b84420642e6dc11b6fde2d98b32",
  ])("leaves %j", (text) => {
    expect(redactPatterns(text)).toBe(text);
  });

  it("takes long hostile input in reasonable time", () => {
    const started = performance.now();
    for (const unit of [
      "-----BEGIN PRIVATE KEY-----",
      "PVE:",
      "a://b:",
      "$6$",
      "secret,data",
      "PVEAPIToken=",
      "password=",
    ]) {
      redactPatterns(unit.repeat(5_000));
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("isSecretName", () => {
  it("tells secrets from what only sounds like one", () => {
    const yes = [
      "password",
      "cipassword",
      "client-key",
      "privkey",
      "preshared_key",
      "psk",
      "encryption-key",
      "CSRFPreventionToken",
      "vncticket",
      "token",
      "secret",
      "corosync_authkey",
      "eab-hmac-key",
      "privatekey",
      "confirmation-password",
    ];
    const no = [
      "tokenid",
      "full-tokenid",
      "tokens",
      "lock-token",
      "sshkeys",
      "keyboard",
      "hotplug",
      "key",
      "public_key",
      "certkey",
      "totp-locked",
      "master-pubkey",
      "hookscript",
    ];
    expect(yes.filter((name) => !isSecretName(name))).toEqual([]);
    expect(no.filter(isSecretName)).toEqual([]);
  });
});
