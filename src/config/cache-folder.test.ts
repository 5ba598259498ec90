import { expect, it } from "vitest";
import { cacheFolder } from "./cache-folder.ts";

it.each([
  [{ XDG_CACHE_HOME: "/var/cache/me", HOME: "/home/me" }, "/var/cache/me/mcp-pve"],
  [{ XDG_CACHE_HOME: "relative", HOME: "/home/me" }, "/home/me/.cache/mcp-pve"],
  [{ HOME: "/home/me" }, "/home/me/.cache/mcp-pve"],
  [{ HOME: "" }, undefined],
  [{}, undefined],
])("%j", (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});
