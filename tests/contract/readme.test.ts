import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CATEGORIES } from "../../src/config/categories.ts";
import { TIERS } from "../../src/config/settings.ts";
import { VERSION } from "../../src/config/version.ts";
import { includes } from "../../src/policy/tier.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";

const root = new URL("../../", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, root), "utf8");

it("counts the tools in the README as they are", () => {
  const readme = text("README.md");
  expect(readme).toContain(`**${CATALOGUE.length} tools in ${CATEGORIES.length} categories**`);
  for (const tier of TIERS) {
    const count = CATALOGUE.filter((tool) => includes(tier, tool.tier)).length;
    expect(readme).toMatch(new RegExp(`^\\| \`${tier}\`[^|]*\\| ${count} \\|`, "m"));
  }
});

it("names only files that exist", () => {
  for (const page of ["README.md", "AGENTS.md"]) {
    for (const [, target = ""] of text(page).matchAll(/\]\(((?!https?:)[^)#]+)/g)) {
      expect(() => text(target), `${page} -> ${target}`).not.toThrow();
    }
  }
});

it("knows its own version", () => {
  expect((JSON.parse(text("package.json")) as { version: string }).version).toBe(VERSION);
});
