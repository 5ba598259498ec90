import { expect, test } from "vitest";
import { keyOf } from "./file/keys.ts";
import { configurationMarkdown } from "./markdown.ts";
import { settingFacts } from "./settings.ts";

test("every variable has a row of five cells with its key, meaning and default", () => {
  const text = configurationMarkdown();
  for (const { name, meaning, default: fallback } of settingFacts()) {
    const rows = text.split("\n").filter((line) => line.startsWith(`| \`${name}\` |`));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(meaning);
    expect(rows[0]?.split(" | ")[1]).toBe(keyOf(name) === undefined ? "" : `\`${keyOf(name)}\``);
    expect(rows[0]?.split(" | ")).toHaveLength(5);
    if (fallback !== undefined) expect(rows[0]).toContain(`| ${fallback} |`);
  }
});

test("the refusals shown are the program's own", () => {
  expect(configurationMarkdown()).toContain("- Not set: PVE_BASE_URL, PVE_TOKEN_ID, PVE_TOKEN_SECRET");
});
