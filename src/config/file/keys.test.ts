import { expect, test } from "vitest";
import { settingFacts } from "../settings.ts";
import { BLOCKS, FILE_KEYS, factsOfKey, keyOf, reasonLeftOut, settingsOf } from "./keys.ts";

test("every setting has a key, or a reason to have none, and not both", () => {
  for (const { name } of settingFacts()) {
    const found = [keyOf(name), reasonLeftOut(name)].filter((one) => one !== undefined);
    expect(found, name).toHaveLength(1);
  }
});

test("no setting has two keys, and every key is for one at least", () => {
  const rows = BLOCKS.flatMap((block) => Object.values(FILE_KEYS[block]));
  const names = rows.flatMap(settingsOf);
  expect(new Set(names).size).toBe(names.length);
  for (const row of rows) expect(settingsOf(row)).toContain(factsOfKey(row).name);
});

test("what is never shown is given as a secret", () => {
  for (const block of BLOCKS) {
    for (const [key, row] of Object.entries(FILE_KEYS[block])) {
      const { secret } = factsOfKey(row);
      if (secret) expect("secret" in row, key).toBe(true);
    }
  }
});

test("a key is the setting's name in lower case, unless it has a better one", () => {
  const others = settingFacts().filter(({ name }) => {
    const key = keyOf(name);
    return key !== undefined && key !== name.toLowerCase().replace(/^pve_/, "");
  });
  expect(Object.fromEntries(others.map(({ name }) => [name, keyOf(name)]))).toEqual({
    PVE_BASE_URL: "url",
    PVE_TOKEN_SECRET_FILE: "token_secret",
    PVE_PASSWORD_FILE: "password",
    PVE_TOTP_SECRET_FILE: "totp_secret",
    PVE_CLIENT_KEY_FILE: "client_key",
    HTTPS_PROXY: "proxy",
    PVE_ACCESS_TIER: "tier",
    PVE_AUDIT_LOG: "record.file",
    PVE_AUDIT_KEY_FILE: "record.key",
    PVE_AUDIT_MAX_MB: "record.max_mb",
  });
});
