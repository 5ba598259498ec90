import type { ClusterConfig, RecordSettings } from "../config.ts";
import { readConnection } from "../connection.ts";
import type { LoadDeps } from "../load.ts";
import { unknownNames } from "../names.ts";
import { type Present, type Reading, readSettings } from "../read-settings.ts";
import { readSafety } from "../safety.ts";
import type { SettingName } from "../settings.ts";
import { showName } from "../show.ts";
import { type Findings, readSurface } from "../surface.ts";
import { type BlockSettings, checkKeys, isMapping, own, readBlock } from "./block.ts";
import { FILE_KEYS } from "./keys.ts";
import type { SecretSource } from "./secret-source.ts";
import { problemInKeys } from "./wording.ts";

/** Settings that clusters have which say nothing else. */
export type Fallback = ReadonlyMap<SettingName, string>;

/** What the clusters of a file have in common. */
export interface Common {
  readonly secrets: SecretSource;
  readonly deps: LoadDeps;
  /** What the environment sets for clusters that say nothing themselves. */
  readonly fallback: Fallback;
  /** Where changes are recorded, as the file says it; absent: nowhere. */
  readonly recordPath?: string;
  readonly record?: RecordSettings;
}

/** A cluster's name, as calls give it. */
export const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The clusters of the file that have no fault; what is wrong with the others is added to `findings`. */
export function readClusters(given: unknown, common: Common, findings: Findings): readonly ClusterConfig[] {
  const { problems } = findings;
  if (given === undefined) {
    problems.push("clusters is not set: it holds a block of keys for each cluster, by the cluster's name");
    return [];
  }
  if (!isMapping(given)) {
    problems.push("clusters must hold a block of keys for each cluster, by the cluster's name");
    return [];
  }
  const entries = Object.entries(given);
  if (entries.length === 0) problems.push("clusters names no cluster: name at least one");
  return entries.flatMap(([name, block]) => {
    if (!CLUSTER_NAME.test(name)) {
      problems.push(
        `clusters has a name that is none: ${showName(name)}; a name is 1 to 63 letters, digits and . _ -, a letter or digit first`,
      );
      return [];
    }
    return readCluster(name, block, common, findings) ?? [];
  });
}

function readCluster(
  name: string,
  block: unknown,
  common: Common,
  findings: Findings,
): ClusterConfig | undefined {
  const where = `clusters.${name}`;
  if (!isMapping(block)) {
    findings.problems.push(`${where} must hold the cluster's keys, url among them`);
    return undefined;
  }
  checkKeys(where, block, "cluster", findings);
  const given = readBlock(`${where}.`, block, FILE_KEYS.cluster, common.secrets, findings.problems);
  const found: Findings = { problems: [], warnings: [], notes: findings.notes };
  const cluster = readParts(name, given, common, found);
  const said = (text: string): string => {
    const inFile = problemInKeys(text, given.inMemory, `${where}.`);
    return inFile.includes(`${where}.`) ? inFile : `${where}: ${inFile}`;
  };
  findings.problems.push(...found.problems.map(said));
  findings.warnings.push(...found.warnings.map(said));
  return cluster;
}

/** The parts of a cluster's configuration; problems and warnings are those of variables. */
function readParts(
  name: string,
  given: BlockSettings,
  common: Common,
  findings: Findings,
): ClusterConfig | undefined {
  const { deps, secrets, fallback, recordPath, record } = common;
  const { tools } = deps;
  const { problems } = findings;
  const unsaid = [...fallback].filter(([setting]) => !given.faulty.has(setting));
  const set: Present = new Map([...unsaid, ...given.set]);
  const reading = readSettings(set, { demo: false });
  problems.push(...reading.problems);
  const readFile = secrets.readFile;
  const surface = readSurface(
    { ...reading.values, ...(recordPath === undefined ? {} : { PVE_AUDIT_LOG: recordPath }) },
    typeof tools === "function" ? tools : () => tools,
    findings,
  );
  const safety = readSafety(reading.values, { ...deps, readFile }, problems);
  // What is there but faulty has its problem; it is not missing as well.
  const seen: Present = new Map([...[...given.faulty].map((one): [string, string] => [one, ""]), ...set]);
  const known: Reading = { ...reading, missing: reading.missing.filter((one) => !given.faulty.has(one)) };
  const connection = readConnection(seen, known, readFile, problems);
  if (connection === undefined || surface === undefined || safety === undefined) return undefined;
  return { name, connection, surface, safety: { ...safety, ...(record === undefined ? {} : { record }) } };
}

/** The cluster of calls that name none, or undefined: none is named, or it is unknown, which is a problem. */
export function readDefault(file: Readonly<Record<string, unknown>>, problems: string[]): string | undefined {
  if (!Object.hasOwn(file, "default")) return undefined;
  const name = own(file, "default");
  const clusters = own(file, "clusters");
  const names = isMapping(clusters) ? Object.keys(clusters).filter((one) => CLUSTER_NAME.test(one)) : [];
  if (typeof name !== "string" || name === "") {
    problems.push("default must be the name of a cluster");
    return undefined;
  }
  const unknown = unknownNames("cluster", [name], names);
  if (unknown === undefined) return name;
  problems.push(`default ${unknown}${names.length === 0 ? "" : `; valid: ${names.join(", ")}`}`);
  return undefined;
}
