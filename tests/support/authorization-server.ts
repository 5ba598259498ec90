import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** A key that tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** What the server answers at a path; `undefined` never answers. */
export type Served = { readonly status?: number; readonly body: string } | undefined;

/** An authorization server on loopback, as much of it as a resource server sees. */
export interface AuthorizationServer {
  readonly origin: string;
  readonly issuer: string;
  /** Answers by path; a path that is not among them is a 404. */
  readonly documents: Map<string, Served>;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Puts these keys, and no others, where the metadata says. */
  readonly publish: (...keys: readonly (SigningKey | JWK)[]) => void;
  readonly close: () => Promise<void>;
}

export const JWKS_PATH = "/keys";

/** Starts one, its metadata at the place of RFC 8414. @param path of the issuer's identifier */
export async function startAuthorizationServer(path = ""): Promise<AuthorizationServer> {
  const documents = new Map<string, Served>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const at = request.url ?? "";
    asked.push(at);
    if (!documents.has(at)) return void response.writeHead(404).end("{}");
    const served = documents.get(at);
    if (served !== undefined)
      response.writeHead(served.status ?? 200, { connection: "close" }).end(served.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const issuer = `${origin}${path}`;
  documents.set(`/.well-known/oauth-authorization-server${path}`, {
    body: JSON.stringify({ issuer, jwks_uri: `${origin}${JWKS_PATH}` }),
  });
  return {
    origin,
    issuer,
    documents,
    asked,
    publish: (...keys) => {
      const jwks = { keys: keys.map((key) => ("publicJwk" in key ? key.publicJwk : key)) };
      documents.set(JWKS_PATH, { body: JSON.stringify(jwks) });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A new pair of keys. */
export async function signingKey(kid: string, alg = "ES256"): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    privateKey,
    publicKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
  };
}

/** A signed token; claims that are undefined are left out. */
export function signToken(key: SigningKey, claims: JWTPayload, typ?: string): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...(typ === undefined ? {} : { typ }) })
    .sign(key.privateKey);
}
