import { csrfToken, loginTicket } from "../../src/simulator/tickets.ts";
import { type Answer, answerOf, type simulated } from "./simulated.ts";

type Params = Readonly<Record<string, string | number | readonly string[]>>;

/** Calls as a user who has logged in: what PVE takes from nobody's token. */
export function loggedIn(
  { world, clock, handle }: Pick<ReturnType<typeof simulated>, "world" | "clock" | "handle">,
  userid = "root@pam",
) {
  return async (request: string, params: Params = {}): Promise<Answer> => {
    const [method = "GET", path = ""] = request.split(" ");
    const form = new URLSearchParams(
      Object.entries(params).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const inBody = method === "POST" || method === "PUT";
    const response = await handle({
      method,
      path: `/api2/json${path}${!inBody && form.size > 0 ? `?${form}` : ""}`,
      headers: {
        cookie: `PVEAuthCookie=${encodeURIComponent(loginTicket(world, userid, clock.now()))}`,
        csrfpreventiontoken: csrfToken(world, userid, clock.now()),
        ...(inBody ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(inBody ? { body: form.toString() } : {}),
    });
    return answerOf(response);
  };
}
