import * as z from "zod/mini";
import { parseBounds } from "./bounds.ts";
import { CATEGORIES, GROUPS } from "./categories.ts";
import { CONNECTION_SETTINGS } from "./connection-settings.ts";
import { HTTP_SETTINGS } from "./http/http-settings.ts";
import type { Parsed } from "./parsed.ts";
import { factsOf, type KnownFacts, optional, withDefault } from "./setting.ts";
import { TIERS, type Tier } from "./tiers.ts";
import {
  parseAbsolutePath,
  parseBoolean,
  parseChoice,
  parseChoices,
  parseList,
  parseWholeNumber,
} from "./values.ts";

export { TIERS, type Tier };

/** Which calls need a confirmation, each including the one before it. */
export const CONFIRMATIONS = ["off", "loss", "write", "all"] as const;
/** One of CONFIRMATIONS. */
export type Confirmation = (typeof CONFIRMATIONS)[number];

/** Who may confirm: a person alone, or whoever repeats the call with the code of its plan. */
export const CONFIRMERS = ["any", "person"] as const;
/** One of CONFIRMERS. */
export type Confirmer = (typeof CONFIRMERS)[number];

const asWritten = (text: string): Parsed<string> => ({ value: text });

/** The only definition of every variable: its name, how its text becomes a value, and what it is for. */
export const SETTINGS = z.object({
  ...CONNECTION_SETTINGS,
  PVE_CONFIG: optional(
    {
      group: "clusters",
      type: "absolute path",
      meaning:
        "A YAML or JSON file that describes several clusters, in place of every other variable that begins with `PVE_`.",
    },
    parseAbsolutePath,
  ),
  PVE_ACCESS_TIER: withDefault(
    "full",
    {
      group: "surface",
      type: TIERS.map((tier) => `\`${tier}\``).join(", "),
      meaning:
        "The upper bound of what tools may do: look; also start, stop, migrate and back up; also create, change and delete.",
    },
    parseChoice("tier", TIERS),
  ),
  PVE_CATEGORIES: withDefault(
    "default",
    {
      group: "surface",
      type: "list",
      default: "default",
      meaning: `Only the tools of these categories or groups. Categories: ${CATEGORIES.map((name) => `\`${name}\``).join(", ")}. Groups: \`core\`, a lean set for the commonest jobs; \`default\`, every category; \`all\`, everything there is. With categories alone, the API tools reach those categories only; with \`api\` alone or a group, the whole API.`,
    },
    parseChoices("category", [...CATEGORIES, ...GROUPS]),
  ),
  PVE_TOOLS: optional(
    {
      group: "surface",
      type: "list of tool names",
      default: "all",
      meaning: "Only these tools, as far as tier and categories admit them.",
    },
    parseList,
  ),
  PVE_EXCLUDE_TOOLS: optional(
    { group: "surface", type: "list of tool names", meaning: "Leave these tools out." },
    parseList,
  ),
  PVE_TOOL_BLACKLIST: optional(
    {
      group: "surface",
      type: "list of tool names",
      meaning: "Another name of `PVE_EXCLUDE_TOOLS`; given both, the tools of both are left out.",
    },
    parseList,
  ),
  PVE_TOOL_WHITELIST: optional(
    {
      group: "surface",
      type: "refused",
      meaning: "Not supported, because it lifted tools past the tier. Use `PVE_TOOLS`.",
    },
    (): Parsed<undefined> => ({
      problem:
        "is not supported, because it lifted tools past the tier: use PVE_TOOLS, which names the only tools to offer, and raise PVE_ACCESS_TIER if they need it",
    }),
  ),
  PVE_CONFIRM: withDefault(
    "loss",
    {
      group: "safety",
      type: CONFIRMATIONS.map((name) => `\`${name}\``).join(", "),
      meaning:
        "Which calls need a confirmation before they run: what can lose data, access or connectivity; also every change; everything but reads; nothing.",
    },
    parseChoice("kind of confirmation", CONFIRMATIONS),
  ),
  PVE_CONFIRM_BY: withDefault(
    "any",
    {
      group: "safety",
      type: CONFIRMERS.map((name) => `\`${name}\``).join(", "),
      meaning:
        "`any`: a client that can ask its user does, another one is given a code to repeat the call with. `person`: only the former; a client that cannot ask is refused.",
    },
    parseChoice("way to confirm", CONFIRMERS),
  ),
  PVE_PROTECTED: optional(
    {
      group: "safety",
      type: "list of VMIDs, ranges, `tag:`, `pool:`, `node:`, `storage:`",
      meaning:
        "Nothing but reads, new snapshots and backups that remove nothing reaches these. E.g. `100,200-299,tag:prod`.",
    },
    parseBounds,
  ),
  PVE_ALLOWED: optional(
    {
      group: "safety",
      type: "list, as above",
      default: "everything",
      meaning: "Nothing outside of these is reached or shown.",
    },
    parseBounds,
  ),
  PVE_FREEZE_FILE: optional(
    {
      group: "safety",
      type: "absolute path",
      meaning: "While this file exists, everything but reads is refused; no restart is needed.",
    },
    parseAbsolutePath,
  ),
  PVE_WAIT: withDefault(
    "25",
    {
      group: "safety",
      type: "seconds",
      meaning: "How long a call waits for the job it started, 0 to 3600; the argument `wait` says otherwise.",
    },
    parseWholeNumber(0, 3600),
  ),
  PVE_AUDIT_LOG: optional(
    {
      group: "safety",
      type: "absolute path",
      meaning:
        "Record every call but reads here, a line of JSON before and one after, chained by hashes. What cannot be recorded is refused.",
    },
    parseAbsolutePath,
  ),
  PVE_AUDIT_KEY_FILE: optional(
    {
      group: "safety",
      type: "path",
      meaning:
        "A file with a secret of at least 16 bytes: the chain of `PVE_AUDIT_LOG` is then an HMAC that nobody can make without it.",
    },
    asWritten,
  ),
  PVE_AUDIT_MAX_MB: withDefault(
    "64",
    {
      group: "safety",
      type: "MiB",
      meaning:
        "At this size `PVE_AUDIT_LOG` goes on in a new file; the old one is kept as `FILE.1`, `FILE.2`, …",
    },
    parseWholeNumber(1, 4096),
  ),
  PVE_OUTPUT: withDefault(
    "text",
    {
      group: "answers",
      type: "`text`, `json`",
      meaning: "Answers as text for a model, or the same fields as JSON.",
    },
    parseChoice("output format", ["text", "json"] as const),
  ),
  PVE_STRUCTURED: withDefault(
    "false",
    {
      group: "answers",
      type: "boolean",
      meaning: "Add `structuredContent` to every answer and `outputSchema` to every tool, for programs.",
    },
    parseBoolean,
  ),
  DEBUG: optional(
    { group: "answers", type: "any value", verbatim: true, meaning: "Log debugging detail to stderr." },
    (): Parsed<true> => ({ value: true }),
  ),
  ...HTTP_SETTINGS,
});

/** A variable of the table, e.g. `PVE_BASE_URL`. */
export type SettingName = keyof typeof SETTINGS.shape;
/** The parsed value of each variable; an optional one that is not set is absent. */
export type SettingValues = z.output<typeof SETTINGS>;

/** What is known of each variable, in the order of the table. */
export function settingFacts(): readonly (KnownFacts & { readonly name: SettingName })[] {
  return (Object.keys(SETTINGS.shape) as SettingName[]).map((name) => {
    return { name, ...factsOf(SETTINGS.shape[name]) };
  });
}
