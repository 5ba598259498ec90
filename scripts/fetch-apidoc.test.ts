import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type HttpsPve, type Reaction, startPve, tlsFile } from "../tests/support/https-pve.ts";
import { fetchApidoc, fetchRelease } from "./fetch-apidoc.ts";

let pve: HttpsPve | undefined;
afterEach(async () => {
  await pve?.close();
  pve = undefined;
});

async function serving(reaction: Reaction): Promise<HttpsPve> {
  pve = await startPve(() => reaction, "leaf");
  return pve;
}

const insecure = { insecure: true } as const;
const ca = { ca: readFileSync(tlsFile("ca.pem"), "utf8") };

test("a node's description is read without login, its certificate checked as asked", async () => {
  const { url, seen } = await serving({ text: "const apiSchema = [];" });
  expect(await fetchApidoc(url, insecure)).toBe("const apiSchema = [];");
  expect(await fetchApidoc(url, ca)).toBe("const apiSchema = [];");
  expect(seen[0]).toMatchObject({ method: "GET", path: "/pve-docs/api-viewer/apidoc.js" });
  expect(seen[0]?.headers.authorization).toBeUndefined();
  await expect(fetchApidoc(url, {})).rejects.toThrow(/certificate/);
});

test("its release is that of its own script, not of a library's", async () => {
  const page =
    '<script src="/pve2/ext6/ext-all.js?ver=7.0.0"></script><script src="/pve2/js/pvemanagerlib.js?ver=9.2.11">';
  expect(await fetchRelease((await serving({ text: page })).url, insecure)).toBe("9.2");
});

test("a page without a version has no release", async () => {
  expect(await fetchRelease((await serving({ text: "<html>" })).url, insecure)).toBeUndefined();
});

test("anything but 200, and too much, is an error", async () => {
  const { url } = await serving({ status: 500, text: "no such file" });
  await expect(fetchApidoc(url, insecure)).rejects.toThrow("HTTP 500");
  await pve?.close();
  const large = await serving({ text: " ".repeat(16 * 1024 * 1024 + 1) });
  await expect(fetchApidoc(large.url, insecure)).rejects.toThrow("more than 16 MiB");
});
