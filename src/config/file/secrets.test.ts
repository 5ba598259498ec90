import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLUSTER, depsOf, faults, load, PATH, refused, UUID } from "../../../tests/support/config-file.ts";
import { tlsFile } from "../../../tests/support/https-pve.ts";
import { ConfigError } from "../config-error.ts";
import { FILE_KEYS } from "./keys.ts";
import { loadConfigFile } from "./load-file.ts";

const LOGIN = { user: "root@pam", password: "opensesame" };
const fileWith = (cluster: Readonly<Record<string, unknown>>) => ({
  clusters: { prod: { ...CLUSTER, ...cluster } },
});

describe("where a secret is", () => {
  test.each([
    [
      "token_secret",
      "file:run/prod",
      'must name an absolute path behind "file:", as in file:/run/secrets/prod',
    ],
    ["token_secret", "file:", 'must name an absolute path behind "file:", as in file:/run/secrets/prod'],
    ["token_secret", "file:/nowhere", ': cannot read "/nowhere": there is no such file (ENOENT)'],
    ["token_secret", "file:/run/empty", "names a file that is empty"],
    ["token_secret", "env:PROD", "names the environment variable PROD, which is not set"],
    ["token_secret", "env:EMPTY", "names the environment variable EMPTY, which is not set"],
    ["token_secret", "env:toString", "names the environment variable toString, which is not set"],
    ["token_secret", "env:", 'must name a variable behind "env:", as in env:PROD_SECRET'],
    ["token_secret", "env:A B", 'must name a variable behind "env:", as in env:PROD_SECRET'],
    [
      "token_secret",
      `env:_${UUID.replaceAll("-", "")}`,
      "names the environment variable (33 characters, not shown: it may be a secret), which is not set",
    ],
    ["proxy", "file:/run/empty", "names a file that is empty"],
    ["proxy", "env:PROD", "names the environment variable PROD, which is not set"],
    ["password", 12345678, "must be a text: put it in quotes"],
    ["password", { file: "/run/prod" }, "must be a text"],
  ])("%s: %j is refused", async (key, value, problem) => {
    const [first] = await faults(
      { [key]: value, ...(key === "password" ? { user: "root@pam" } : {}) },
      { EMPTY: "" },
    );
    expect(first).toBe(`clusters.prod.${key}${problem.startsWith(":") ? "" : " "}${problem}`);
  });

  const CERTIFICATE = { client_cert_file: tlsFile("leaf.pem") };
  test.each([
    [{ token_secret: "" }, "token_secret is empty: give a value, or leave the key out"],
    [
      { token_secret: "two words" },
      "token_secret contains blanks, line breaks or control characters: give the secret alone",
    ],
    [{ ...LOGIN, password: "\n" }, "password is empty"],
    [{ ...LOGIN, password: "a\nb" }, "password has more than one line: give the password alone"],
    [{ ...LOGIN, totp_secret: "123" }, "totp_secret has no secret in base32 or an otpauth://totp/ address"],
    [
      { client_key: "opensesame", ...CERTIFICATE },
      "client_key has no PEM private key that can be used without a passphrase",
    ],
    [
      { client_key: readFileSync(tlsFile("expired.key"), "utf8"), ...CERTIFICATE },
      "client_key is not the key of the certificate in clusters.prod.client_cert_file",
    ],
    [
      { proxy: "http://u:opensesame@h:1/x" },
      "proxy must end behind host and port, as in http://proxy.example.com:3128",
    ],
  ])("%j is refused for what it is, not for its file", async (cluster, problem) => {
    const readFile = (path: string) =>
      path === CERTIFICATE.client_cert_file
        ? readFileSync(path, "utf8")
        : depsOf(JSON.stringify(fileWith(cluster))).readFile(path);
    const { problems } = await refused(fileWith(cluster), {}, { readFile });
    expect(problems).toEqual([`clusters.prod.${problem}`]);
  });

  test("the record's key, in the file and too short", async () => {
    const record = { file: "/var/log/changes.jsonl", key: "short" };
    const { problems } = await refused({ ...fileWith({}), record });
    expect(problems).toEqual(["record.key has less than 16 bytes: openssl rand -hex 32 makes a key"]);
  });

  test("a secret of each cluster is its own", async () => {
    const clusters = Object.fromEntries(
      ["a", "b"].map((name) => [name, { ...CLUSTER, user: "u@pve", password: `password-${name}` }]),
    );
    const config = await load({ clusters });
    const passwords = config.clusters.map(({ connection }) => connection.login?.password.reveal());
    expect(passwords).toEqual(["password-a", "password-b"]);
  });
});

describe("who may read the file", () => {
  const inline = fileWith({ token_secret: UUID });
  const mode = (bits: number) => ({ stat: () => ({ mode: 0o100000 | bits }) });
  const REFUSAL = `PVE_CONFIG: "${PATH}" holds secrets and others can read it: chmod 600 ${PATH}, or give the secrets as file:PATH or env:NAME`;

  test.each([0o640, 0o604, 0o644, 0o666])("%o is refused with a secret in it", async (bits) => {
    expect((await refused(inline, {}, mode(bits))).problems).toEqual([REFUSAL]);
  });

  test.each([
    ["password", fileWith(LOGIN)],
    ["proxy", fileWith({ proxy: "http://user:opensesame@proxy:3128" })],
    ["record.key", { ...fileWith({}), record: { file: "/var/log/c", key: "0123456789abcdef" } }],
  ])("so with %s", async (_, file) => {
    expect((await refused(file, {}, mode(0o644))).problems).toEqual([REFUSAL]);
    await expect(load(file)).resolves.toBeDefined();
  });

  test("secrets elsewhere, the owner alone, and Windows are no matter", async () => {
    const elsewhere = fileWith({ user: "root@pam", password: "env:PASSWORD", proxy: "http://proxy:3128" });
    await expect(load(elsewhere, { PASSWORD: "opensesame" }, mode(0o644))).resolves.toBeDefined();
    await expect(load(inline, {}, mode(0o600))).resolves.toBeDefined();
    await expect(load(inline, {}, { ...mode(0o644), platform: "win32" })).resolves.toBeDefined();
  });

  test("permissions that cannot be read are a refusal", async () => {
    const stat = () => {
      throw Object.assign(new Error("no"), { code: "EACCES" });
    };
    expect((await refused(inline, {}, { stat })).problems).toEqual([
      `PVE_CONFIG: cannot read the permissions of "${PATH}": permission denied (EACCES)`,
    ]);
  });
});

describe("no message contains a secret", () => {
  test.each([
    ["in the file", { token_secret: "opensesame" }],
    ["in a variable", { token_secret: "env:PROD" }],
    ["in a file of its own", { password: "file:/run/word" }],
    ["with another one in it", { token_secret: "opensesame-and-more", password: "opensesame" }],
  ])("%s, wherever it stands besides", async (_, cluster) => {
    const file = {
      default: "opensesame",
      opensesame: 1,
      clusters: {
        prod: {
          ...CLUSTER,
          user: "u@pve",
          ...cluster,
          tier: "opensesame",
          ca_file: "/opensesame",
          opensesame: 1,
        },
      },
    };
    const { readFile } = depsOf(JSON.stringify(file));
    const error = await refused(
      file,
      { PROD: "opensesame", PVE_opensesame: "1" },
      {
        readFile: (path) => (path === "/run/word" ? "opensesame\n" : readFile(path)),
      },
    );
    expect(error.message).toContain("[secret]");
    expect(error.message).not.toContain("opensesame");
  });

  const SECRET_KEYS = Object.entries(FILE_KEYS.cluster).flatMap(([key, row]) =>
    "secret" in row ? [key] : [],
  );
  const SECRET = fc
    .tuple(
      fc.constantFrom("", "http://u:", "otpauth://totp/x?secret=", "-----BEGIN "),
      fc.uuid(),
      fc.constantFrom("", "@h", " ", "\n", ","),
    )
    .map((parts) => parts.join(""));
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), SECRET);
  const keys = fc.constantFrom(...Object.keys(FILE_KEYS.cluster), "pasword", "<<", "__proto__");

  async function outcome(text: string): Promise<string> {
    try {
      await loadConfigFile(PATH, {}, depsOf(text));
      return "accepted";
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  test("secrets in a file that is otherwise anything", async () => {
    const cluster = fc.dictionary(keys, value, { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SECRET_KEYS),
        SECRET,
        cluster,
        fc.boolean(),
        async (key, secret, block, bare) => {
          const prod = { ...(bare ? {} : CLUSTER), ...block, [key]: secret, tier: secret };
          const message = await outcome(JSON.stringify({ clusters: { prod }, default: secret, [secret]: 1 }));
          expect(message).not.toBe("accepted");
          expect(message.toLowerCase()).not.toContain(secret.trim().toLowerCase());
        },
      ),
      { numRuns: 300 },
    );
  });

  test("any JSON loads or is refused, never anything else", async () => {
    const blocks = fc.dictionary(keys, value, { maxKeys: 5 });
    const files = fc.record(
      {
        clusters: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom("prod", "lab", "*", "__proto__"), blocks),
        ),
        record: fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom("file", "max_mb", "key"), value)),
        default: fc.jsonValue(),
        output: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), files), async (file) => {
        expect(await outcome(JSON.stringify(file))).toMatch(
          /^accepted$|^The configuration has \d+ problems?:\n/,
        );
      }),
      { numRuns: 500 },
    );
  });

  test("any text loads or is refused, never anything else", async () => {
    const token = fc.constantFrom(
      "clusters",
      ": ",
      "\n",
      "  ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "&a ",
      "*a",
      "!!x ",
      "? ",
      "|",
      ">",
      "#",
      "\t",
      "%",
      "@",
      "---\n",
      ",",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(token).map((parts) => parts.join("")),
        ),
        async (text) => {
          expect(typeof (await outcome(text))).toBe("string");
        },
      ),
      { numRuns: 500 },
    );
  });
});
