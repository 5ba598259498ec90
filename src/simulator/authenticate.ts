import { splitToken } from "./permissions.ts";
import { header, RawError, type SimRequest, uriUnescape } from "./request.ts";
import type { Caller } from "./route.ts";
import { isCsrfToken, ticketUser } from "./tickets.ts";
import type { World } from "./world.ts";

/** Who asks, by the cookie of a login or by an API token; throws pveproxy's 401, which has no body. */
export function authenticate(world: World, request: SimRequest, now: number): Caller {
  const cookie = /(?:^|[;\s])PVEAuthCookie=([^;]+)/.exec(header(request, "cookie") ?? "")?.[1];
  return cookie === undefined
    ? byToken(world, header(request, "authorization"), now)
    : byTicket(world, request, uriUnescape(cookie), now);
}

/** A login's ticket; what changes something needs the token against forged requests too. */
function byTicket(world: World, request: SimRequest, ticket: string, now: number): Caller {
  const user = ticketUser(world, ticket, now);
  if (user === undefined) throw new RawError(401, "Authentication failed!");
  const token = header(request, "csrfpreventiontoken") ?? "";
  if (request.method !== "GET" && !isCsrfToken(world, user, token, now))
    throw new RawError(401, "Permission denied - invalid csrf token");
  return { id: user, user };
}

/** `Authorization: PVEAPIToken=user@realm!name=SECRET`. */
function byToken(world: World, authorization: string | undefined, now: number): Caller {
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
