import { findEndpoint } from "../../schema/endpoint-table.ts";
import { flag, index, list, need, settings, splitList, text } from "../args.ts";
import { objects } from "../config-objects.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { localNode } from "../local-node.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall, SimError } from "../route.ts";
import type { Json, JsonObject } from "../world.ts";
import { customCertificate } from "./certificates.ts";
import { nodeOfCall } from "./nodes.ts";

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

const DIRECTORIES: readonly JsonObject[] = [
  { name: "Let's Encrypt V2", url: LETS_ENCRYPT },
  { name: "Let's Encrypt V2 Staging", url: "https://acme-staging-v02.api.letsencrypt.org/directory" },
];

/** No directory is within reach: a simulated node has no Internet. */
function unreachable(url: string): string {
  const why = "Temporary failure in name resolution";
  const { hostname, port, protocol } = new URL(url);
  const at = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
  return (
    `Error: GET to ${url}\nCan't connect to ${at} (${why})\n\n` +
    `${why} at /usr/share/perl5/LWP/Protocol/http.pm line 49.\n\n`
  );
}

const ask = (call: SimCall): never => die(unreachable(text(call, "directory") ?? LETS_ENCRYPT));

const accounts = (call: SimCall) => objects(call.world, "acme-accounts");
const accountName = (call: SimCall): string => text(call, "name") ?? "default";
const noAccount = (name: string): string => `ACME account config file '${name}' does not exist.`;

function accountOf(call: SimCall): JsonObject {
  const name = accountName(call);
  return accounts(call).get(name) ?? badParams({ name: noAccount(name) });
}

/** A task that asks the authority and gets no answer. */
function accountTask(call: SimCall, type: string): Json {
  const { directory = LETS_ENCRYPT } = accountOf(call);
  const exitstatus = flat(unreachable(String(directory)));
  return call.task({ node: localName(call), type, id: "", seconds: 1, exitstatus });
}

/** Seconds before its end from which on a certificate is renewed. */
const RENEWED = 30 * 86400;

const flat = (message: string): string => message.trim().replace(/\s*\n\s*/g, " ");

/** Where a cluster-wide task runs. */
const localName = (call: SimCall): string => localNode(call.world)?.name ?? "";

function register(call: SimCall): Json {
  const name = accountName(call);
  if (accounts(call).has(name)) badParams({ name: `ACME account config file '${name}' already exists.` });
  return call.task({
    node: localName(call),
    type: "acmeregister",
    id: "",
    seconds: 2,
    log: ["Generating ACME account key..", "Registering ACME account.."],
    exitstatus: `Registration failed: ${flat(unreachable(text(call, "directory") ?? LETS_ENCRYPT))}`,
  });
}

const PLUGINS = "acme";
const BOTH = ["nodes", "disable"];
/** Settings of each type of challenge: those it must have, and all (PVE::ACME::DNSChallenge, ::StandAlone). */
const TYPES: Readonly<Record<string, { readonly must: readonly string[]; readonly may: readonly string[] }>> =
  {
    dns: { must: ["api"], may: ["api", "data", "validation-delay", ...BOTH] },
    standalone: { must: [], may: BOTH },
  };

/** Plugins by id; the one that needs no settings is always there. */
function plugins(call: SimCall): Map<string, JsonObject> {
  return new Map([["standalone", { type: "standalone" }], ...objects(call.world, PLUGINS)]);
}

const pluginsDigest = (call: SimCall): string => digestOf(objects(call.world, PLUGINS));

function shownPlugin(call: SimCall, plugin: string): JsonObject {
  const config = plugins(call).get(plugin) ?? die(`ACME plugin '${plugin}' not defined`);
  return { ...config, plugin, digest: pluginsDigest(call) };
}

function checkPlugin(type: string, config: JsonObject): void {
  const facts = TYPES[type] ?? die(`unknown section type '${type}'`);
  for (const key of Object.keys(config)) if (!facts.may.includes(key)) die(`unexpected property '${key}'`);
}

/** What arrives base64 encoded is kept as it reads. */
function decoded(config: JsonObject): JsonObject {
  return typeof config.data === "string"
    ? { ...config, data: Buffer.from(config.data, "base64").toString("utf8") }
    : config;
}

function addPlugin(call: SimCall): Json {
  const [id, type] = [need(call, "id"), need(call, "type")];
  const config = settings(call, "id", "type");
  if (plugins(call).has(id)) die(`ACME plugin ID '${id}' already exists`);
  checkPlugin(type, config);
  for (const key of TYPES[type]?.must ?? [])
    if (config[key] === undefined) die(`missing value for required option '${key}'`);
  objects(call.world, PLUGINS).set(id, { ...decoded(config), type });
  return null;
}

function updatePlugin(call: SimCall): Json {
  assertDigest(call, pluginsDigest(call));
  const id = need(call, "id");
  const old = plugins(call).get(id) ?? die(`ACME plugin ID '${id}' does not exist`);
  const type = String(old.type);
  const facts = TYPES[type];
  const dropped = list(call, "delete");
  for (const key of dropped) {
    if (!facts?.may.includes(key)) die(`no such option '${key}'`);
    if (facts?.must.includes(key)) die(`unable to delete required option '${key}'`);
  }
  const changes = settings(call, "id");
  checkPlugin(type, changes);
  const kept = Object.entries(old).filter(([key]) => !dropped.includes(key));
  objects(call.world, PLUGINS).set(id, { ...Object.fromEntries(kept), ...decoded(changes) });
  return null;
}

/** The node's ACME settings: its account, or PVE's refusal when no domain is named (PVE::NodeConfig get_acme_conf). */
function acmeAccount(call: SimCall): string {
  const config = nodeOfCall(call).config ?? {};
  const acme = parseProperties(String(config.acme ?? ""));
  const named =
    splitList(acme.get("domains") ?? "").length > 0 ||
    Object.keys(config).some((key) => /^acmedomain\d+$/.test(key));
  if (!named) throw new SimError(400, "ACME domain list in node configuration is missing!");
  return acme.get("account") ?? "default";
}

/** A task about the node's certificate: without an account it ends at once, with one at the authority's door. */
function certificateTask(call: SimCall, type: string): Json {
  const name = acmeAccount(call);
  const account = accounts(call).get(name);
  return call.task({
    node: need(call, "node"),
    type,
    id: "",
    seconds: 1,
    log: account ? ["Loading ACME account details"] : [],
    exitstatus: account ? flat(unreachable(String(account.directory ?? LETS_ENCRYPT))) : noAccount(name),
  });
}

/** The fields of a few DNS services; of the others nothing is told here. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  acmedns: ["ACMEDNS_UPDATE_URL", "ACMEDNS_SUBDOMAIN", "ACMEDNS_USERNAME", "ACMEDNS_PASSWORD"],
  cf: ["CF_Account_ID", "CF_Email", "CF_Key", "CF_Token", "CF_Zone_ID"],
  hetzner: ["HETZNER_Token"],
};

/** The DNS services a plugin may be for. */
function challenges(): Json {
  const ids = findEndpoint("POST /cluster/acme/plugins")?.params.api?.enum ?? [];
  return ids.map((id) => {
    const fields = FIELDS[id]?.map((name) => [name, { type: "string", description: name }]);
    const schema = fields ? { name: id, description: id, fields: Object.fromEntries(fields) } : {};
    return { id, name: id, type: "dns", schema };
  });
}

/** Certificates from an authority (PVE::API2::ACMEAccount, ::ACMEPlugin, ::ACME); none can be reached. */
export const acmeRoutes: Handlers = {
  "GET /cluster/acme": () => index("name", "account tos meta directories plugins challenge-schema"),
  "GET /cluster/acme/directories": () => DIRECTORIES,
  "GET /cluster/acme/meta": ask,
  "GET /cluster/acme/tos": ask,
  "GET /cluster/acme/challenge-schema": challenges,
  "GET /cluster/acme/account": (call) => [...accounts(call).keys()].map((name) => ({ name })),
  "GET /cluster/acme/account/{name}": (call) => accountOf(call),
  "POST /cluster/acme/account": register,
  "PUT /cluster/acme/account/{name}": (call) =>
    accountTask(call, text(call, "contact") === undefined ? "acmerefresh" : "acmeupdate"),
  "DELETE /cluster/acme/account/{name}": (call) => accountTask(call, "acmedeactivate"),
  "GET /cluster/acme/plugins": (call) => {
    const type = text(call, "type");
    return [...plugins(call)]
      .filter(([, config]) => (type ?? config.type) === config.type)
      .map(([id]) => shownPlugin(call, id));
  },
  "GET /cluster/acme/plugins/{id}": (call) => shownPlugin(call, need(call, "id")),
  "POST /cluster/acme/plugins": addPlugin,
  "PUT /cluster/acme/plugins/{id}": updatePlugin,
  "DELETE /cluster/acme/plugins/{id}": (call) => {
    objects(call.world, PLUGINS).delete(need(call, "id"));
    return null;
  },
  "GET /nodes/{node}/certificates/acme": () => index("name", "certificate"),
  "POST /nodes/{node}/certificates/acme/certificate": (call) => {
    if (!flag(call, "force") && customCertificate(call))
      badParams({ force: "Custom certificate exists but 'force' is not set." });
    return certificateTask(call, "acmenewcert");
  },
  "PUT /nodes/{node}/certificates/acme/certificate": (call) => {
    const old =
      customCertificate(call) ??
      die("No current (custom) certificate found, please order a new certificate!");
    if (Number(old.notafter) > call.now + RENEWED && !flag(call, "force"))
      badParams({
        force: "Certificate does not expire within the next 30 days, and 'force' is not set.",
      });
    return certificateTask(call, "acmerenew");
  },
  "DELETE /nodes/{node}/certificates/acme/certificate": (call) => certificateTask(call, "acmerevoke"),
};
