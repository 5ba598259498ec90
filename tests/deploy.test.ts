import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { settingFacts } from "../src/config/settings.ts";

const FOLDER = new URL("../deploy/", import.meta.url);
const FILES = readdirSync(FOLDER);
const text = (file: string) => readFileSync(new URL(file, FOLDER), "utf8");

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands in a document under a path of keys and places. */
function at(document: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value) && typeof key === "number") return value[key];
    return isFields(value) ? value[key] : undefined;
  }, document);
}

const documents = (file: string): readonly Fields[] =>
  parseAllDocuments(text(file)).map((document) => {
    expect(document.errors, file).toEqual([]);
    const value: unknown = document.toJS();
    if (!isFields(value)) throw new Error(`${file} has a document without keys`);
    return value;
  });

const ofKind = (kind: string): Fields => {
  const found = documents("kubernetes.yaml").find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

it.each(FILES)("%s names no variable that is none of ours", (file) => {
  // Of the Compose file alone: the host that its proxy serves.
  const known = ["MCP_DOMAIN", ...settingFacts().map(({ name }) => name as string)];
  const named = text(file).match(/\b(?:PVE|MCP)_[A-Z_]+\b/g) ?? [];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

it.each(FILES)("%s holds no secret", (file) => {
  expect(text(file)).not.toMatch(
    /mcp_[\w-]{40,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|PVE_TOKEN_SECRET\s*[:=]/i,
  );
});

describe("the image", () => {
  const lines = text("Dockerfile").split("\n");

  it("runs as nobody, with its base images pinned to a major version", () => {
    expect(lines).toContain("USER 65532:65532");
    expect(lines).toContain("ARG NODE_MAJOR=20");
    const bases = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    expect(bases.map((base) => base.replace(/\$\{NODE_MAJOR\}/, "20"))).toEqual([
      "node:20-bookworm-slim",
      "gcr.io/distroless/nodejs20-debian12:nonroot",
    ]);
  });

  it("is started and checked without a shell", () => {
    for (const name of ["ENTRYPOINT", "CMD", "  CMD"])
      expect(lines.find((line) => line.startsWith(`${name} `))).toMatch(/^\s*\w+ \[".*"\]$/);
  });

  it("is built from files that its context has", () => {
    const kept = readFileSync(new URL("../.dockerignore", import.meta.url), "utf8").split("\n");
    const copied = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);
    expect(copied.length).toBeGreaterThan(3);
    for (const name of copied) expect(kept, name).toContain(`!${name}`);
  });
});

describe("Kubernetes", () => {
  const template = at(ofKind("StatefulSet"), "spec", "template", "spec");
  const container = at(template, "containers", 0);

  it("runs two replicas that share the key of codes", () => {
    expect(at(ofKind("StatefulSet"), "spec", "replicas")).toBe(2);
    const settings = at(ofKind("ConfigMap"), "data");
    expect(at(settings, "MCP_STATE_KEY_FILE")).toBe("/run/secrets/mcp-pve/state-key");
    expect(at(settings, "PVE_AUDIT_LOG")).toBe(
      `${String(at(container, "volumeMounts", 2, "mountPath"))}/changes.jsonl`,
    );
  });

  it("keeps its containers from everything they do not need", () => {
    expect(at(template, "securityContext")).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(at(template, "automountServiceAccountToken")).toBe(false);
    expect(at(container, "securityContext")).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(String(at(container, "image"))).toMatch(/:\d+\.\d+\.\d+$/);
  });
});

it("keeps what Compose starts from everything it does not need", () => {
  const [compose] = documents("compose.yaml");
  const services = at(compose, "services");
  for (const name of ["mcp-pve", "proxy", "record-owner"])
    expect(at(services, name)).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  expect(at(services, "mcp-pve", "ports")).toBeUndefined();
});

it("keeps the unit from everything it does not need", () => {
  const unit = text("mcp-pve.service").split("\n");
  for (const line of [
    "User=mcp-pve",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "CapabilityBoundingSet=",
  ])
    expect(unit).toContain(line);
});
