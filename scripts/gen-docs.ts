/** Writes docs/configuration.md, docs/tools.md and the table in docs/safety.md. `--check` fails when one is stale. */
import { configurationMarkdown } from "../src/config/markdown.ts";
import { CATEGORIES, TIERS } from "../src/config/settings.ts";
import { includes } from "../src/policy/tier.ts";
import { CATALOGUE } from "../src/tools/catalogue.ts";
import { canLose, inputsOf, listing } from "../src/tools/input-schema.ts";
import type { Tool } from "../src/tools/tool.ts";
import { emit, emitSection } from "./generated-file.ts";
import { operationsMarkdown } from "./operations-markdown.ts";

const input = (tool: Tool): string =>
  inputsOf(tool)
    .map(({ name, required }) => (required ? `\`${name}\`` : `${name}`))
    .join(", ");

/** Routes that one cell of a table takes. */
const ROUTES_SHOWN = 12;

function routesText({ route, also = [] }: Tool): string {
  if (also.length >= ROUTES_SHOWN) return `\`${route}\`<br>and ${also.length} more`;
  return [route, ...also].map((one) => `\`${one}\``).join("<br>");
}

const count = (tier: (typeof TIERS)[number], tools: readonly Tool[]) =>
  tools.filter((tool) => includes(tier, tool.tier)).length;

function toolsMarkdown(): string {
  const lines = [
    "# Tools",
    "",
    "Generated from the catalogue by `npm run gen`. Required arguments are in `code`. *Effect* decides the tier a call",
    "needs; *loss* marks calls that can lose data, access or connectivity (`destructiveHint`).",
    "",
    "| category | read-only | read-execute | full |",
    "|---|---|---|---|",
    ...CATEGORIES.map((category) => {
      const tools = CATALOGUE.filter((tool) => tool.category === category);
      return `| \`${category}\` | ${TIERS.map((tier) => count(tier, tools)).join(" | ")} |`;
    }),
    `| all | ${TIERS.map((tier) => count(tier, CATALOGUE)).join(" | ")} |`,
    "",
  ];
  for (const category of CATEGORIES) {
    const tools = CATALOGUE.filter((tool) => tool.category === category);
    lines.push(
      `## ${category}`,
      "",
      "| tool | tier | what it does | arguments | route | effect |",
      "|---|---|---|---|---|---|",
    );
    for (const tool of tools) {
      const { description } = listing(tool);
      const effect = canLose(tool) ? `${tool.effect}, loss` : tool.effect;
      lines.push(
        `| \`${tool.name}\` | ${tool.tier} | ${description.replaceAll("|", "\\|")} | ${input(tool)} | ${routesText(tool)} | ${effect} |`,
      );
    }
    lines.push("");
  }
  return lines.join("\n");
}

emit("docs/configuration.md", configurationMarkdown());
emit("docs/tools.md", toolsMarkdown());
emitSection("docs/safety.md", "operations", operationsMarkdown());
