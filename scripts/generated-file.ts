import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Writes a generated file of the repository; with `--check` on the command line, fails when it is stale. */
export function emit(path: string, text: string): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const current = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (current === text) return;
  if (process.argv.includes("--check")) {
    console.error(`${path} is stale: run npm run gen`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(file, text);
  console.log(`wrote ${path}`);
}

/** Writes what stands between `<!-- name:start -->` and `<!-- name:end -->` in a page; else as `emit`. */
export function emitSection(path: string, name: string, text: string): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const page = readFileSync(file, "utf8");
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no ${start} with ${end} after it.`);
  emit(path, `${page.slice(0, from)}${start}\n${text}\n${page.slice(to)}`);
}
