import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
      (name) => statSync(join(folder, name)).mtimeMs,
    ),
  );
}

/** Builds the bundle that the end-to-end tests start, unless it is newer than every source. */
export default function setup(): void {
  const bin = join(root, "dist/main.cjs");
  if (existsSync(bin) && statSync(bin).mtimeMs > newest(join(root, "src"))) return;
  execFileSync(process.execPath, [join(root, "scripts/build.mjs")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
