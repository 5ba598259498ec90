/** Writes config.schema.json, docs/configuration.md, docs/tools.md and the table in docs/safety.md. `--check` fails when one is stale. */

import { CATEGORIES } from "../src/config/categories.ts";
import { configFileSchema } from "../src/config/file/schema.ts";
import { configurationMarkdown } from "../src/config/markdown.ts";
import { TIERS } from "../src/config/settings.ts";
import { includes } from "../src/policy/tier.ts";
import { CATALOGUE } from "../src/tools/catalogue.ts";
import { CORE } from "../src/tools/core.ts";
import { canLose, inputsOf, listing } from "../src/tools/input-schema.ts";
import type { Tool } from "../src/tools/tool.ts";
import { emit, emitSection } from "./generated-file.ts";
import { listSizes } from "./measures.ts";
import { operationsMarkdown } from "./operations-markdown.ts";

const input = (tool: Tool): string =>
  inputsOf(tool)
    .map(({ name, required }) => (required ? `\`${name}\`` : `${name}`))
    .join(", ");

/** Routes that one cell of a table takes. */
const ROUTES_SHOWN = 12;

function routesText({ route, also = [], any }: Tool): string {
  if (any) return "the one it is given";
  if (also.length >= ROUTES_SHOWN) return `\`${route}\`<br>and ${also.length} more`;
  return [route, ...also].map((one) => `\`${one}\``).join("<br>");
}

const count = (tier: (typeof TIERS)[number], tools: readonly Tool[]) =>
  tools.filter((tool) => includes(tier, tool.tier)).length;

/** Configurations, and the clients that each suits. */
const SURFACES: readonly (readonly [setting: string, measured: string, suits: string])[] = [
  [
    "`PVE_CATEGORIES=default` (unset)",
    "list: default",
    "Claude, ChatGPT, Cursor, VS Code: clients that search or defer tools, or have room for all of them",
  ],
  ["`PVE_ACCESS_TIER=read-only`", "list: read-only", "any client whose assistant only has to look"],
  [
    "`PVE_CATEGORIES=core`",
    "list: core",
    "local models and clients with a limit of tools: the commonest jobs, and the whole API through four of them",
  ],
  [
    "`PVE_CATEGORIES=api`",
    "list: api",
    "the smallest: agents that write their calls themselves, many servers side by side",
  ],
];

/** Which surface for which client, as measured. */
function surfacesMarkdown(): readonly string[] {
  const sizes = new Map(listSizes().map((size) => [size.name, size]));
  return [
    "## Which surface for which client",
    "",
    "Bytes are those of name, description and schema of all tools listed; a model reads about one token for four.",
    "`PVE_CATEGORIES` takes categories and the groups `core`, `default` and `all`; they add up.",
    "",
    "| setting | tools | bytes | suits |",
    "|---|---|---|---|",
    ...SURFACES.map(([setting, measured, suits]) => {
      const { tools = 0, bytes = 0 } = sizes.get(measured) ?? {};
      return `| ${setting} | ${tools} | ${bytes} | ${suits} |`;
    }),
    "",
    `\`core\`: ${CATALOGUE.filter((tool) => CORE.has(tool.name))
      .map(({ name }) => `\`${name}\``)
      .join(", ")}.`,
    "",
    "With categories alone, the API tools reach the operations of those categories; with `api` alone or a group they",
    "reach all of PVE's API. See [api.md](api.md).",
    "",
  ];
}

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
    ...surfacesMarkdown(),
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

emit("config.schema.json", `${JSON.stringify(configFileSchema(), undefined, 2)}\n`);
emit("docs/configuration.md", configurationMarkdown());
emit("docs/tools.md", toolsMarkdown());
emitSection("docs/safety.md", "operations", operationsMarkdown());
