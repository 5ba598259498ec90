import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it, test } from "vitest";
import { type Document, parseAllDocuments } from "yaml";
import { servingArguments } from "../src/cli/serving-arguments.ts";
import { loadConfig } from "../src/config/load.ts";
import { settingFacts } from "../src/config/settings.ts";
import { VERSION } from "../src/config/version.ts";

const root = new URL("../", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, root), "utf8");
const deployed = (name: string) => text(`deploy/${name}`);

const FILES = readdirSync(new URL("deploy/", root), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => name);
const [COMPOSE] = parseAllDocuments(deployed("compose.yaml"));
// Kubernetes reads YAML 1.1, where 0440 is octal.
const KUBERNETES = parseAllDocuments(deployed("kubernetes.yaml"), { version: "1.1" });
const IMAGE = deployed("Dockerfile");
const UNIT = deployed("mcp-pve.service");

/** A value within a document as plain data; undefined where there is none. */
function at(document: Document | undefined, ...path: readonly (string | number)[]): unknown {
  let value: unknown = document?.toJS();
  for (const key of path)
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([name]) => name === String(key))?.[1]
        : undefined;
  return value;
}

const kind = (name: string) => KUBERNETES.find((document) => document.get("kind") === name);
const pod = (...path: readonly (string | number)[]) =>
  at(kind("StatefulSet"), "spec", "template", "spec", ...path);
const server = (...path: readonly (string | number)[]) => at(COMPOSE, "services", "mcp-pve", ...path);

/** The lines of a systemd unit or an environment file that set something. */
const assignments = (source: string): readonly (readonly [string, string])[] =>
  source.split("\n").flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });

const asEnv = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, one]) => [name, String(one)]));

/** Each deployment's environment, and the files and folders that it gives the server. */
const DEPLOYMENTS = {
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
    env: asEnv(server("environment")),
    given: [
      ...Object.values(asEnv(server("secrets"))).map((name) => `/run/secrets/${name}`),
      ...Object.keys(asEnv(server("volumes"))).map((index) => String(server("volumes", index, "target"))),
    ],
  },
  "kubernetes.yaml": {
    env: asEnv(at(kind("ConfigMap"), "data")),
    given: Object.keys(asEnv(pod("containers", 0, "volumeMounts"))).map((index) =>
      String(pod("containers", 0, "volumeMounts", index, "mountPath")),
    ),
  },
};

describe("what deploys the server", () => {
  test.each([
    ["compose.yaml", parseAllDocuments(deployed("compose.yaml")), 1],
    ["kubernetes.yaml", KUBERNETES, 8],
  ] as const)("%s parses", (_, documents, count) => {
    expect(documents).toHaveLength(count);
    for (const { errors, warnings } of documents) expect([...errors, ...warnings]).toEqual([]);
  });

  test.each([...FILES.map((name) => `deploy/${name}`), "docs/http.md"])(
    "%s names only settings of ours",
    (name) => {
      const ours = new Set<string>(settingFacts().map((fact) => fact.name));
      const named = text(name).match(/\b(?:MCP|PVE)_[A-Z0-9_]+\b/g) ?? [];
      expect(named.filter((one) => !ours.has(one))).toEqual([]);
    },
  );

  test.each(FILES)("%s holds no secret", (name) => {
    const content = deployed(name);
    const secret = settingFacts().flatMap((fact) => (fact.secret ? [fact.name] : []));
    expect(secret).toContain("PVE_TOKEN_SECRET");
    for (const one of secret) expect(content).not.toMatch(new RegExp(`\\b${one}\\b`));
    // A UUID, a hash or key, a token of ours, a PEM block.
    expect(content).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}|mcp_[\w-]{20}|-----BEGIN/i);
  });

  test.each(Object.entries(DEPLOYMENTS))("a server starts with the settings of %s", (_, { env, given }) => {
    const read = new Set<string>();
    const readFile = (path: string) => {
      read.add(path);
      return path.endsWith("token-secret") ? "00000000-0000-0000-0000-000000000000" : "k".repeat(64);
    };
    const config = loadConfig(
      { ...env, ...servingArguments(["--http"]) },
      { readFile, checkFolder: () => {}, tools: [] },
    );
    expect(config.warnings).toEqual([]);
    expect(config.http).toMatchObject({
      auth: { kind: "bearer" },
      behindProxy: true,
      allowedHosts: expect.arrayContaining(["mcp.example.com"]),
    });
    expect(config.http?.stateKey).toBeDefined();
    expect(config.safety.record).toBeDefined();
    expect(config.surface.tier).toBe("read-only");
    // It is given every file that it reads.
    expect(read.size).toBe(4);
    expect([...read].filter((path) => !given.includes(path) && !given.includes(dirname(path)))).toEqual([]);
  });

  test("images have the package's version, and none is whichever is newest", () => {
    const label = /image\.version="([^"]*)"/.exec(IMAGE)?.[1];
    const ours = [server("image"), pod("containers", 0, "image")].map((name) =>
      String(name).split(":").at(-1),
    );
    expect([label, ...ours]).toEqual([VERSION, VERSION, VERSION]);
    const foreign = [...IMAGE.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name);
    expect(foreign).toHaveLength(2);
    for (const name of [...foreign, at(COMPOSE, "services", "caddy", "image")])
      expect(name).toMatch(/:(?!latest)[\w.${}-]+$/);
  });
});

describe("the image", () => {
  it("runs as somebody else than root, told by number", () => {
    expect(IMAGE.match(/^USER .*/gm)?.at(-1)).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
  });

  it("starts and checks the program without a shell", () => {
    for (const [, command = ""] of IMAGE.matchAll(/^ *(?:ENTRYPOINT|CMD) (.*)$/gm))
      expect(JSON.parse(command)).toBeInstanceOf(Array);
    expect(IMAGE).toMatch(/HEALTHCHECK.*\n.*\/healthz/);
  });

  it("is built from what the build needs alone", () => {
    const [first, ...others] = text(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(first).toBe("*");
    expect(others.filter((line) => line.startsWith("!"))).not.toContain("!deploy");
    expect(IMAGE).not.toMatch(/^(?:COPY|ADD) (?:\S+ )?\. /m);
    expect(IMAGE).not.toMatch(/^ENV /m);
  });
});

describe("Compose", () => {
  test.each([
    ["read_only", true],
    ["cap_drop", ["ALL"]],
    ["security_opt", ["no-new-privileges:true"]],
    ["ports", undefined],
    ["networks", ["front", "out"]],
  ])("%s of the server", (key, value) => {
    expect(server(key)).toEqual(value);
  });

  it("mounts the folder of the tokens, so that a change shows", () => {
    expect(at(COMPOSE, "networks", "front")).toEqual({ internal: true });
    expect(server("volumes", 0)).toMatchObject({ target: "/etc/mcp-pve/tokens", read_only: true });
  });
});

describe("Kubernetes", () => {
  test.each<[path: readonly (string | number)[], value: unknown]>([
    [["automountServiceAccountToken"], false],
    [["securityContext", "runAsNonRoot"], true],
    [["securityContext", "runAsUser"], 65532],
    [["securityContext", "seccompProfile"], { type: "RuntimeDefault" }],
    [["containers", 0, "securityContext", "readOnlyRootFilesystem"], true],
    [["containers", 0, "securityContext", "allowPrivilegeEscalation"], false],
    [["containers", 0, "securityContext", "capabilities"], { drop: ["ALL"] }],
    [["containers", 0, "livenessProbe", "httpGet", "path"], "/healthz"],
    [["containers", 0, "readinessProbe", "httpGet", "path"], "/readyz"],
  ])("%j of the pod", (path, value) => {
    expect(pod(...path)).toEqual(value);
  });

  it("runs two replicas, each with a volume where its record is", () => {
    expect(at(kind("StatefulSet"), "spec", "replicas")).toBe(2);
    expect(at(kind("StatefulSet"), "spec", "volumeClaimTemplates", 0, "metadata", "name")).toBe("record");
    expect(pod("containers", 0, "volumeMounts", 0)).toMatchObject({ name: "record" });
    expect(at(kind("PodDisruptionBudget"), "spec", "maxUnavailable")).toBe(1);
  });

  it("mounts secrets that nobody can write, whole, and has none itself", () => {
    const volumes = Object.values(Object(pod("volumes")));
    expect(volumes).toHaveLength(3);
    for (const volume of volumes) expect(volume).toMatchObject({ secret: { defaultMode: 0o440 } });
    expect(deployed("kubernetes.yaml")).not.toMatch(/^\s*(?:- \{ .*)?subPath:/m);
    expect(kind("Secret")).toBeUndefined();
  });

  it("admits the proxy alone and streams through it", () => {
    expect(at(kind("NetworkPolicy"), "spec", "policyTypes")).toEqual(["Ingress", "Egress"]);
    expect(at(kind("NetworkPolicy"), "spec", "ingress")).toHaveLength(1);
    expect(
      at(kind("Ingress"), "metadata", "annotations", "nginx.ingress.kubernetes.io/proxy-buffering"),
    ).toBe("off");
  });
});

describe("systemd", () => {
  test.each([
    ["User", "mcp-pve"],
    ["NoNewPrivileges", "yes"],
    ["CapabilityBoundingSet", ""],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["PrivateTmp", "yes"],
    ["PrivateDevices", "yes"],
    ["LockPersonality", "yes"],
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
    ["SystemCallFilter", "@system-service"],
    ["StateDirectory", "mcp-pve"],
    ["Restart", "on-failure"],
  ])("%s=%s", (name, value) => {
    expect(assignments(UNIT)).toContainEqual([name, value]);
  });

  it("lets V8 compile, and calls end", () => {
    const set = new Map(assignments(UNIT));
    expect(set.has("MemoryDenyWriteExecute")).toBe(false);
    expect(Number(set.get("TimeoutStopSec"))).toBeGreaterThan(10);
  });
});

it("Caddy passes events on at once", () => {
  expect(deployed("Caddyfile")).toMatch(/^\s*flush_interval -1$/m);
});
