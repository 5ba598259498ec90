import { readdirSync, readFileSync } from "node:fs";
import { type Document, parseAllDocuments, parseDocument } from "yaml";

const root = new URL("../../", import.meta.url);
/** The text of a file of the repository. */
export const text = (name: string) => readFileSync(new URL(name, root), "utf8");
/** The text of a file of `deploy/`. */
export const deployed = (name: string) => text(`deploy/${name}`);

/** The names of the files of `deploy/`. */
export const FILES = readdirSync(new URL("deploy/", root), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => name);
/** The Compose file. */
export const COMPOSE = parseDocument(deployed("compose.yaml"));
/** The Kubernetes manifest; Kubernetes reads YAML 1.1, where 0440 is octal. */
export const KUBERNETES = parseAllDocuments(deployed("kubernetes.yaml"), { version: "1.1" });
/** The text of the Dockerfile. */
export const IMAGE = deployed("Dockerfile");
/** The text of the systemd unit. */
export const UNIT = deployed("mcp-pve.service");

/** A value within a document as plain data; undefined where there is none. */
export function at(document: Document | undefined, ...path: readonly (string | number)[]): unknown {
  let value: unknown = document?.toJS();
  for (const key of path)
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([name]) => name === String(key))?.[1]
        : undefined;
  return value;
}

/** The document of a kind in the Kubernetes manifest; undefined where there is none. */
export const kind = (name: string) => KUBERNETES.find((document) => document.get("kind") === name);
/** A value within the specification of the server's pod. */
export const pod = (...path: readonly (string | number)[]) =>
  at(kind("StatefulSet"), "spec", "template", "spec", ...path);
/** A value within Compose's service of the server. */
export const server = (...path: readonly (string | number)[]) => at(COMPOSE, "services", "mcp-pve", ...path);

/** The lines of a systemd unit or an environment file that set something. */
export const assignments = (source: string): readonly (readonly [string, string])[] =>
  source.split("\n").flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });

const asEnv = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, one]) => [name, String(one)]));

/** What the image sets itself. */
const OF_IMAGE = Object.fromEntries(
  [...IMAGE.matchAll(/^(?:ENV| {3}) (\w+)=(\S+)/gm)].map(([, name = "", value = ""]) => [name, value]),
);
const OPERATOR: Readonly<Record<string, string>> = {
  MCP_DOMAIN: "mcp.example.com",
  PVE_BASE_URL: "https://pve1.example.com:8006",
  PVE_TOKEN_ID: "mcp@pve!server",
};
/** As Compose does: `${NAME:-default}`, `${NAME:?what is missing}`. */
const substituted = (value: unknown): string =>
  String(value).replace(
    /\$\{(\w+):([-?])([^}]*)\}/g,
    (_, name: string, without: string, rest: string) => OPERATOR[name] ?? (without === "-" ? rest : ""),
  );

/** Each deployment's environment, and the files and folders that it gives the server. */
export const DEPLOYMENTS = {
  "mcp-pve.env.example": {
    env: Object.fromEntries(assignments(deployed("mcp-pve.env.example"))),
    given: [
      ...[...UNIT.matchAll(/^LoadCredential=([\w-]+):/gm)].map(
        ([, name]) => `/run/credentials/mcp-pve.service/${name}`,
      ),
      "/etc/mcp-pve",
    ],
  },
  "compose.yaml": {
    env: {
      ...OF_IMAGE,
      ...Object.fromEntries(
        Object.entries(asEnv(server("environment"))).map(([name, value]) => [name, substituted(value)]),
      ),
    },
    given: [
      ...Object.values(asEnv(server("secrets"))).map((name) => `/run/secrets/${name}`),
      ...Object.keys(asEnv(server("volumes"))).map((index) => String(server("volumes", index, "target"))),
    ],
  },
  "kubernetes.yaml": {
    env: { ...OF_IMAGE, ...asEnv(at(kind("ConfigMap"), "data")) },
    given: Object.keys(asEnv(pod("containers", 0, "volumeMounts"))).map((index) =>
      String(pod("containers", 0, "volumeMounts", index, "mountPath")),
    ),
  },
};
