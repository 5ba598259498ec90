import { dirname } from "node:path";
import { describe, expect, it, test } from "vitest";
import { servingArguments } from "../src/cli/serving-arguments.ts";
import { loadConfig } from "../src/config/load.ts";
import { settingFacts } from "../src/config/settings.ts";
import { VERSION } from "../src/config/version.ts";
import {
  assignments,
  at,
  COMPOSE,
  DEPLOYMENTS,
  deployed,
  FILES,
  IMAGE,
  KUBERNETES,
  kind,
  pod,
  server,
  text,
  UNIT,
} from "./support/deployed.ts";

describe("what deploys the server", () => {
  test.each([
    ["compose.yaml", [COMPOSE], 1],
    ["kubernetes.yaml", KUBERNETES, 7],
  ] as const)("%s parses", (_, documents, count) => {
    expect(documents).toHaveLength(count);
    for (const document of documents) expect([document.errors, document.warnings]).toEqual([[], []]);
  });

  test.each([...FILES.map((name) => `deploy/${name}`), "docs/http.md"])(
    "%s names only settings of ours",
    (name) => {
      // Of Compose alone: the host that its proxy serves.
      const ours = new Set<string>(["MCP_DOMAIN", ...settingFacts().map((fact) => fact.name)]);
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
      return /pve-token(?:-secret)?$/.test(path) ? "00000000-0000-0000-0000-000000000000" : "k".repeat(64);
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
    expect([
      label,
      String(pod("containers", 0, "image"))
        .split(":")
        .at(-1),
    ]).toEqual([VERSION, VERSION]);
    const foreign = [...IMAGE.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name);
    expect(foreign).toHaveLength(2);
    const services = ["mcp-pve", "proxy", "record-owner"].map((name) =>
      at(COMPOSE, "services", name, "image"),
    );
    for (const name of [...foreign, ...services]) expect(name).toMatch(/:(?!latest)[\w.${}-]+$/);
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
    const copied = [...IMAGE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    expect(copied.length).toBeGreaterThan(3);
    for (const name of copied) expect(others, name).toContain(`!${name}`);
  });
});

describe("Compose", () => {
  test.each(["mcp-pve", "proxy", "record-owner"])("keeps %s from what it does not need", (name) => {
    expect(at(COMPOSE, "services", name)).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  });

  it("has the server reached through the proxy alone", () => {
    expect(server("security_opt")).toEqual(["no-new-privileges:true"]);
    expect(server("ports")).toBeUndefined();
    expect(at(COMPOSE, "networks", "inside")).toEqual({ internal: true });
  });

  it("mounts the folder of the tokens, so that a change shows", () => {
    expect(server("volumes", 0)).toMatchObject({ target: "/etc/mcp-pve", read_only: true });
    const ignored = text(".gitignore").split("\n");
    for (const folder of ["secrets", "tokens"]) expect(ignored).toContain(`deploy/${folder}/`);
  });

  it("keeps the names of the record's entries when the container is made anew", () => {
    expect(server("hostname")).toBe("mcp-pve");
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
    expect(DEPLOYMENTS["kubernetes.yaml"].given).toContain("/var/lib/mcp-pve");
    expect(at(kind("PodDisruptionBudget"), "spec", "minAvailable")).toBe(1);
  });

  it("mounts secrets and tokens that nobody can write, whole, and has none itself", () => {
    expect(pod("volumes", 0)).toMatchObject({ secret: { defaultMode: 0o440 } });
    expect(pod("volumes", 1)).toMatchObject({ configMap: { defaultMode: 0o444 } });
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
