import { type SettingName, settingFacts } from "../settings.ts";

/** How a key of the file gives a setting. */
export type FileKey =
  /** As a value. */
  | { readonly setting: SettingName }
  /** As a secret: itself, `file:PATH` or `env:NAME`, for the setting that takes the text or a path of a file. */
  | { readonly secret: SecretSettings };

/** The settings that one secret of the file is for; at least one of the two. */
export interface SecretSettings {
  readonly text?: SettingName;
  readonly file?: SettingName;
}

/** The parts of the file that hold settings. */
export const BLOCKS = ["cluster", "record", "top"] as const;
/** One of BLOCKS. */
export type Block = (typeof BLOCKS)[number];

const CLUSTER = {
  url: { setting: "PVE_BASE_URL" },
  token_id: { setting: "PVE_TOKEN_ID" },
  token_secret: { secret: { text: "PVE_TOKEN_SECRET", file: "PVE_TOKEN_SECRET_FILE" } },
  user: { setting: "PVE_USER" },
  password: { secret: { file: "PVE_PASSWORD_FILE" } },
  totp_secret: { secret: { file: "PVE_TOTP_SECRET_FILE" } },
  verify_ssl: { setting: "PVE_VERIFY_SSL" },
  ca_file: { setting: "PVE_CA_FILE" },
  fingerprint: { setting: "PVE_FINGERPRINT" },
  client_cert_file: { setting: "PVE_CLIENT_CERT_FILE" },
  client_key: { secret: { file: "PVE_CLIENT_KEY_FILE" } },
  discover_nodes: { setting: "PVE_DISCOVER_NODES" },
  proxy: { secret: { text: "HTTPS_PROXY" } },
  no_proxy: { setting: "NO_PROXY" },
  timeout: { setting: "PVE_TIMEOUT" },
  max_requests: { setting: "PVE_MAX_REQUESTS" },
  tier: { setting: "PVE_ACCESS_TIER" },
  categories: { setting: "PVE_CATEGORIES" },
  tools: { setting: "PVE_TOOLS" },
  exclude_tools: { setting: "PVE_EXCLUDE_TOOLS" },
  confirm: { setting: "PVE_CONFIRM" },
  confirm_by: { setting: "PVE_CONFIRM_BY" },
  protected: { setting: "PVE_PROTECTED" },
  allowed: { setting: "PVE_ALLOWED" },
  freeze_file: { setting: "PVE_FREEZE_FILE" },
  wait: { setting: "PVE_WAIT" },
} as const satisfies Readonly<Record<string, FileKey>>;

/** The only definition of each key of the file that stands for a setting, by the part it is in. */
export const FILE_KEYS: Readonly<Record<Block, Readonly<Record<string, FileKey>>>> = {
  cluster: CLUSTER,
  record: {
    file: { setting: "PVE_AUDIT_LOG" },
    max_mb: { setting: "PVE_AUDIT_MAX_MB" },
    key: { secret: { file: "PVE_AUDIT_KEY_FILE" } },
  },
  top: { output: { setting: "PVE_OUTPUT" }, structured: { setting: "PVE_STRUCTURED" } },
};

/** Keys of the file itself that stand for no setting. */
export const OWN_KEYS = ["default", "clusters", "record"] as const;

const LEFT_OUT: Readonly<Partial<Record<SettingName, string>>> = {
  PVE_CONFIG: "it names the file",
  PVE_TOOL_BLACKLIST: "it is another name of PVE_EXCLUDE_TOOLS",
  PVE_TOOL_WHITELIST: "it is refused everywhere",
  DEBUG: "it is of the process, and taken from the environment",
};

/** Why a setting has no key in the file; undefined for one that has. */
export function reasonLeftOut(name: SettingName): string | undefined {
  if (name.startsWith("MCP_")) return "how callers are served is the environment's to say";
  return LEFT_OUT[name];
}

/** The settings that a key is for. */
export function settingsOf(key: FileKey): readonly SettingName[] {
  if ("setting" in key) return [key.setting];
  return [key.secret.text, key.secret.file].filter((name) => name !== undefined);
}

const PLACES = new Map(
  BLOCKS.flatMap((block) =>
    Object.entries(FILE_KEYS[block]).flatMap(([key, row]) =>
      settingsOf(row).map((name) => [name, { block, key }] as const),
    ),
  ),
);

/** The key of a setting, written behind `cluster` (such as `clusters.prod.`) where it is a cluster's. */
export function keyOf(name: SettingName, cluster = ""): string | undefined {
  const place = PLACES.get(name);
  if (place === undefined) return undefined;
  const before: Readonly<Record<Block, string>> = { cluster, record: "record.", top: "" };
  return `${before[place.block]}${place.key}`;
}

/** What is known of the setting that a key is for; of a secret, the one that takes its text comes first. */
export function factsOfKey(key: FileKey) {
  const [name] = settingsOf(key);
  const facts = settingFacts().find((setting) => setting.name === name);
  if (facts === undefined) throw new Error("A key of the file stands for no setting");
  return facts;
}
