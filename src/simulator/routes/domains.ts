import { index, list, need, settings } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { syncRealm } from "../realm-sync.ts";
import { die, type Handlers, SimError } from "../route.ts";
import type { World } from "../world.ts";

function domainsDigest(world: World): string {
  return digestOf(world.access.domains);
}

/** Authentication realms (PVE::API2::Domains). */
export const domainRoutes: Handlers = {
  "GET /access/domains": (call) =>
    [...call.world.access.domains].map(([realm, { type, comment, default: first, tfa }]) => ({
      realm,
      type: type ?? null,
      ...(comment ? { comment } : {}),
      ...(first ? { default: 1 } : {}),
      ...(typeof tfa === "string" ? { tfa: /type=([^,]+)/.exec(tfa)?.[1] ?? tfa } : {}),
    })),
  "GET /access/domains/{realm}": (call) => {
    const realm = need(call, "realm");
    const config = call.world.access.domains.get(realm) ?? die(`domain '${realm}' does not exist`);
    return { ...config, digest: domainsDigest(call.world) };
  },
  "POST /access/domains": (call) => {
    const realm = need(call, "realm");
    const type = need(call, "type");
    const { domains } = call.world.access;
    locked("add auth server failed", () => {
      if (domains.has(realm)) die(`domain '${realm}' already exists`);
      if (["pam", "pve"].includes(realm)) die(`unable to use reserved name '${realm}'`);
      if (["pam", "pve"].includes(type)) die(`unable to create builtin type '${type}'`);
      domains.set(realm, settings(call, "realm", "password", "check-connection"));
    });
    return null;
  },
  "PUT /access/domains/{realm}": (call) => {
    const realm = need(call, "realm");
    const { domains } = call.world.access;
    locked("update auth server failed", () => {
      assertDigest(call, domainsDigest(call.world));
      const config = domains.get(realm) ?? die(`domain '${realm}' does not exist`);
      const changes = settings(call, "realm", "password", "check-connection");
      const dropped = list(call, "delete");
      if (Object.keys(changes).length === 0 && dropped.length === 0) die("no options specified");
      const kept = Object.entries({ ...config, ...changes }).filter(([key]) => !dropped.includes(key));
      domains.set(realm, Object.fromEntries(kept));
    });
    return null;
  },
  "DELETE /access/domains/{realm}": (call) => {
    const realm = need(call, "realm");
    locked("delete auth server failed", () => {
      const config =
        call.world.access.domains.get(realm) ?? die(`authentication domain '${realm}' does not exist`);
      if (config.type === "pam" || config.type === "pve")
        die(`unable to delete builtin realm type '${config.type}'`);
    });
    call.world.access.domains.delete(realm);
    return null;
  },
  "POST /access/domains/{realm}/sync": (call) => syncRealm(call, need(call, "realm")),
  "GET /access/openid": () => index("subdir", "auth-url login"),
  "POST /access/openid/auth-url": (call) => {
    const realm = need(call, "realm");
    const config =
      call.world.access.domains.get(realm) ?? die(`authentication domain '${realm}' does not exist`);
    if (config.type !== "openid") die(`wrong realm type (${String(config.type)} != openid)`);
    return die(`OpenID Connect discovery of '${String(config["issuer-url"])}' failed: request failed`);
  },
  // No login has been begun that could be ended here.
  "POST /access/openid/login": () => {
    throw new SimError(401, "authentication failure");
  },
};
