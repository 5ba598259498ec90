import { createPrivateKey, X509Certificate } from "node:crypto";
import { flag, index, need, text } from "../args.ts";
import { objects } from "../config-objects.ts";
import { digestOf } from "../digest.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { Json, JsonObject } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";

const DAY = 86400;
const CUSTOM = "pveproxy-ssl.pem";

function certificate(call: SimCall, filename: string): Json {
  const node = nodeOfCall(call);
  const root = filename === "pve-root-ca.pem";
  const issuer = `/CN=Proxmox Virtual Environment/OU=${digestOf("ca").slice(0, 8)}/O=PVE Cluster Manager CA`;
  const name = `${node.name}.${node.dns.search ?? "local"}`;
  const start = Math.trunc(node.booted);
  return {
    filename,
    issuer,
    subject: root ? issuer : `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=${name}`,
    san: root ? [] : ["127.0.0.1", "localhost", node.ip, node.name, name],
    fingerprint: root
      ? (digestOf("ca").repeat(2).slice(0, 64).toUpperCase().match(/../g) ?? []).join(":")
      : node.fingerprint,
    "public-key-type": "rsaEncryption",
    "public-key-bits": root ? 4096 : 2048,
    notbefore: start,
    notafter: start + (root ? 3650 : 730) * DAY,
    pem: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  };
}

/** The files that replace PVE's own certificate on a node: `pem`, and `key` where one was sent. */
const customOf = (call: SimCall) => objects(call.world, `certificates/${need(call, "node")}`);

const HEADER = /^.*?(?=-----BEGIN [^-]+-----)/s;

/** OpenSSL's one-line form of a name: `/CN=a/O=b`. */
const oneLine = (name: string): string => `/${name.split("\n").join("/")}`;

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** PVE::Certificate get_certificate_info of a file on the node. */
function details(certificate: X509Certificate, pem: string): JsonObject {
  const { publicKey, subject, issuer, fingerprint256, validFrom, validTo, subjectAltName } = certificate;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const names = (subjectAltName ?? "").split(", ").filter((name) => /^(DNS|IP Address):/.test(name));
  return {
    filename: CUSTOM,
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    san: names.map((name) => name.slice(name.indexOf(":") + 1)),
    fingerprint: fingerprint256,
    "public-key-type": publicKey.asymmetricKeyType === "rsa" ? "rsaEncryption" : "id-ecPublicKey",
    "public-key-bits": modulusLength ?? Number(/\d+/.exec(namedCurve ?? "")?.[0] ?? 256),
    notbefore: Date.parse(validFrom) / 1000,
    notafter: Date.parse(validTo) / 1000,
    pem,
  };
}

/** OpenSSL's check that both belong together (PVE::CertHelpers set_cert_files). */
function isPair(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function upload(call: SimCall): Json {
  const custom = customOf(call);
  const pem = need(call, "certificates").replace(HEADER, "");
  const old = custom.get(CUSTOM)?.key;
  const sent = text(call, "key")?.replace(HEADER, "");
  const key =
    sent ??
    (typeof old === "string"
      ? old
      : badParams({ key: "Attempted to upload custom certificate without (existing) key." }));
  if (!flag(call, "force") && custom.has(CUSTOM))
    die("Custom certificate file exists but force flag is not set.");
  const path = `/etc/pve/nodes/${need(call, "node")}/${CUSTOM}`;
  const certificate = read(pem);
  if (!certificate)
    return die(`Setting certificate files failed - unable to read certificate from '${path}'\n\n`);
  if (!isPair(certificate, key))
    die("Setting certificate files failed - key does not match the certificate (chain) ()\n\n");
  custom.set(CUSTOM, { pem, key });
  return details(certificate, pem);
}

/** The custom certificate as the list shows it; undefined when PVE's own is used. */
export function customCertificate(call: SimCall): JsonObject | undefined {
  const pem = customOf(call).get(CUSTOM)?.pem;
  const certificate = typeof pem === "string" ? read(pem) : undefined;
  return certificate && typeof pem === "string" ? details(certificate, pem) : undefined;
}

/** Certificates of a node (PVE::API2::Certificates). */
export const certificateRoutes: Handlers = {
  "GET /nodes/{node}/certificates": () => index("name", "acme custom info"),
  "GET /nodes/{node}/certificates/info": (call) => [
    certificate(call, "pve-root-ca.pem"),
    certificate(call, "pve-ssl.pem"),
    ...[customCertificate(call)].filter((custom) => custom !== undefined),
  ],
  "POST /nodes/{node}/certificates/custom": upload,
  "DELETE /nodes/{node}/certificates/custom": (call) => {
    customOf(call).delete(CUSTOM);
    return null;
  },
};
