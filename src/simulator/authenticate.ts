import { splitToken } from "./permissions.ts";
import { RawError, uriUnescape } from "./request.ts";
import type { Caller } from "./route.ts";
import type { World } from "./world.ts";

/** Reads `Authorization: PVEAPIToken=user@realm!name=SECRET`; throws pveproxy's 401, which has no body. */
export function authenticate(world: World, authorization: string | undefined, now: number): Caller {
  const found = /^PVEAPIToken[= ]([^;]+)/.exec(authorization ?? "");
  if (!found?.[1]) throw new RawError(401, "No ticket");
  const value = uriUnescape(found[1]);
  const cut = value.lastIndexOf("=");
  const id = value.slice(0, cut);
  const secret = value.slice(cut + 1);
  const { user: userid, token: name } = splitToken(id);
  const user = world.access.users.get(userid);
  const token = user?.tokens.get(name ?? "");
  const expired = (expire: number) => expire !== 0 && expire <= now;
  const valid =
    cut > 0 && user?.enable && !expired(user.expire) && token?.secret === secret && !expired(token.expire);
  if (!valid) throw new RawError(401, "Authentication failed!");
  return { id, user: userid };
}
