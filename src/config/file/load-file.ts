import type { ClusterConfig, FleetConfig, RecordSettings } from "../config.ts";
import type { HttpConfig } from "../http/http-config.ts";
import { readHttp } from "../http/read-http.ts";
import { type Env, type LoadDeps, refusal } from "../load.ts";
import { type Present, present, readSettings } from "../read-settings.ts";
import { readSafety } from "../safety.ts";
import { type SettingName, settingFacts } from "../settings.ts";
import type { Findings } from "../surface.ts";
import { idleVariables, unknownVariables } from "../unused.ts";
import { checkKeys, isMapping, own, readBlock } from "./block.ts";
import { type Fallback, readClusters, readDefault } from "./cluster.ts";
import { checkMode, type LoadFileDeps, readContent } from "./content.ts";
import { FILE_KEYS } from "./keys.ts";
import { createSecretSource, type SecretSource } from "./secret-source.ts";
import { problemInKeys } from "./wording.ts";

/** Variables that count beside the file, with those of HTTP: for clusters that say nothing else, and for the process. */
const BESIDE = ["HTTPS_PROXY", "NO_PROXY", "DEBUG"] as const;

/**
 * Turns the file that `PVE_CONFIG` names into the configuration of its clusters. Of the environment only the
 * proxy, `DEBUG` and what the file refers to count.
 * @param path the file's absolute path
 * Throws one `ConfigError` for all problems together; no message and no warning contains a secret.
 */
export async function loadConfigFile(path: string, env: Env, deps: LoadFileDeps): Promise<FleetConfig> {
  const findings: Findings = { problems: [], warnings: [], notes: [] };
  const { problems } = findings;
  const secrets = createSecretSource(env, deps.readFile);
  const set = present(env);
  const beside = readBeside(path, set, deps, findings);
  const file = beside.path === undefined ? undefined : await readContent(beside.path, deps, problems);
  const parts =
    file === undefined ? undefined : readParts(file, beside.fallback, { secrets, deps }, findings);
  if (beside.path !== undefined && secrets.inline()) checkMode(beside.path, deps, problems);
  const foreign = [...set.keys()].filter((name) => !secrets.variables.has(name));
  findings.warnings.unshift(...unknownVariables(foreign));
  const [first, ...others] = parts?.clusters ?? [];
  const { output, structured } = parts ?? {};
  if (
    problems.length > 0 ||
    !beside.served ||
    !parts ||
    !first ||
    output === undefined ||
    structured === undefined
  ) {
    throw refusal([...secrets.known, ...secretsBeside(set)], findings);
  }
  return {
    clusters: [first, ...others],
    ...(parts.defaultCluster === undefined ? {} : { defaultCluster: parts.defaultCluster }),
    ...(parts.record === undefined ? {} : { record: parts.record }),
    output,
    structured,
    debug: beside.debug,
    ...(beside.http === undefined ? {} : { http: beside.http }),
    warnings: findings.warnings,
  };
}

interface Beside {
  /** Undefined when it is no absolute path. */
  readonly path: string | undefined;
  /** What clusters have that say nothing else. */
  readonly fallback: Fallback;
  readonly debug: boolean;
  /** Absent over stdio, and where `served` is false. */
  readonly http?: HttpConfig | undefined;
  /** How MCP is served is said without fault. */
  readonly served: boolean;
}

/** What the environment says where there is a file, and what it must not say. */
function readBeside(path: string, set: Present, deps: LoadDeps, { problems, warnings }: Findings): Beside {
  const others = settingFacts().filter(
    ({ name }) => name.startsWith("PVE_") && name !== "PVE_CONFIG" && set.has(name),
  );
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(", ");
    problems.push(
      `PVE_CONFIG and ${names} are set: the file says everything, so unset ${others.length === 1 ? "the other one" : "the others"}, or unset PVE_CONFIG`,
    );
  }
  const beside = [
    ...BESIDE,
    ...settingFacts().flatMap(({ name, group }) => (group === "http" ? [name] : [])),
  ];
  const counting = beside.flatMap((name): [SettingName, string][] => {
    const text = set.get(name);
    return text === undefined ? [] : [[name, text]];
  });
  const { values, problems: faults } = readSettings(new Map([...counting, ["PVE_CONFIG", path]]), {
    demo: false,
  });
  problems.push(...faults);
  const fallback = new Map(
    counting.filter(([name]) => name.endsWith("PROXY") && Object.hasOwn(values, name)),
  );
  warnings.push(...idleVariables(set, values));
  const http = readHttp(values, set, deps, problems);
  const served = values.MCP_TRANSPORT === "stdio" || http !== undefined;
  return { path: values.PVE_CONFIG, fallback, debug: values.DEBUG === true, http, served };
}

/** The tokens and passwords that variables hold. */
function secretsBeside(set: Present): readonly string[] {
  const proxy = set.get("HTTPS_PROXY") ?? "";
  return [set.get("PVE_TOKEN_SECRET") ?? "", proxy.includes("@") ? proxy : ""];
}

interface Parts {
  readonly clusters: readonly ClusterConfig[];
  readonly defaultCluster: string | undefined;
  readonly record: RecordSettings | undefined;
  readonly output: FleetConfig["output"] | undefined;
  readonly structured: boolean | undefined;
}

/** The parts of the configuration, as far as they are without fault. */
function readParts(
  file: Readonly<Record<string, unknown>>,
  fallback: Fallback,
  { secrets, deps }: { readonly secrets: SecretSource; readonly deps: LoadDeps },
  findings: Findings,
): Parts {
  const { problems } = findings;
  checkKeys("the file", file, "top", findings);
  const defaultCluster = readDefault(file, problems);
  const top = readBlock("", file, FILE_KEYS.top, secrets, problems);
  const block = readRecordBlock(file, secrets, findings);
  const reading = readSettings(new Map([...top.set, ...(block?.set ?? [])]), { demo: true });
  const { values } = reading;
  const faults = [...reading.problems];
  const inMemory = block?.inMemory ?? new Set();
  const recordPath = values.PVE_AUDIT_LOG;
  const record = readSafety(values, { ...deps, readFile: secrets.readFile }, faults)?.record;
  problems.push(...faults.map((fault) => problemInKeys(fault, inMemory)));
  const clusters = readClusters(
    own(file, "clusters"),
    {
      secrets,
      deps,
      fallback,
      ...(recordPath === undefined ? {} : { recordPath }),
      ...(record === undefined ? {} : { record }),
    },
    findings,
  );
  return { clusters, defaultCluster, record, output: values.PVE_OUTPUT, structured: values.PVE_STRUCTURED };
}

function readRecordBlock(file: Readonly<Record<string, unknown>>, secrets: SecretSource, findings: Findings) {
  if (!Object.hasOwn(file, "record")) return undefined;
  const block = own(file, "record");
  if (!isMapping(block)) {
    findings.problems.push("record must hold keys, file among them");
    return undefined;
  }
  checkKeys("record", block, "record", findings);
  const given = readBlock("record.", block, FILE_KEYS.record, secrets, findings.problems);
  // Who writes the block believes that something is recorded; a key without the file is a problem anyway.
  if (!Object.hasOwn(block, "file") && !Object.hasOwn(block, "key"))
    findings.problems.push("Not set: record.file, which names the file");
  return given;
}
