import type { Login } from "../../config/config.ts";
import { cleanLine } from "../../render/clean.ts";
import { parseTotp, totpCode } from "../../schema/totp.ts";
import { record, str } from "../data.ts";
import { PveError } from "../errors.ts";
import { API } from "../path.ts";
import { type Reply, readReply } from "../reply.ts";
import { connectionError } from "./network-errors.ts";
import { type Transport, type WireRequest, type WireResponse, withSending } from "./transport.ts";

/** PVE takes a ticket for two hours (PVE::AccessControl, `$ticket_lifetime`); it is exchanged well before. */
const RENEW_MS = 90 * 60_000;
const LASTS_MS = 120 * 60_000;
/** Refused logins are counted, and too many lock the user out: the next try waits. */
const AGAIN_MS = 60_000;
/** For a login, its second factor included. */
const LOGIN_MS = 20_000;
const ROUTE = "POST /access/ticket";

interface Ticket {
  readonly ticket: string;
  readonly csrf: string;
  readonly since: number;
}

/** How a login is used. */
export interface LoginParts {
  readonly login: Login;
  /** For every request: there is no token. */
  readonly always: boolean;
  /** Milliseconds, going forward only. */
  readonly now?: () => number;
}

/**
 * Sends what PVE takes from no token, or everything, with a user's ticket, and writes with the token against forged
 * requests. Logs in at the first need, renews the ticket before it ends, and once more where PVE refuses it. Throws a
 * PveError when the login fails; nothing of the request has left then.
 */
export function withLogin(
  inner: Transport,
  { login, always, now = () => performance.now() }: LoginParts,
): Transport {
  let current: Ticket | undefined;
  let pending: Promise<Ticket> | undefined;
  let refused: { readonly error: PveError; readonly until: number } | undefined;

  const next = async (): Promise<Omit<Ticket, "since">> => {
    const living = current && now() - current.since < LASTS_MS ? current : undefined;
    if (!living) return logIn(inner, login);
    // A valid ticket is taken in place of the password, and asks for no second factor.
    return logIn(inner, login, living.ticket).catch(() => logIn(inner, login));
  };
  const renewed = (): Promise<Ticket> => {
    if (refused && now() < refused.until) return Promise.reject(refused.error);
    pending ??= next()
      .then(
        (made) => {
          refused = undefined;
          current = { ...made, since: now() };
          return current;
        },
        (error: unknown) => {
          if (error instanceof PveError && error.kind === "authentication")
            refused = { error, until: now() + AGAIN_MS };
          throw error;
        },
      )
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const ticket = async (signal: AbortSignal | undefined): Promise<Ticket> =>
    current && now() - current.since < RENEW_MS ? current : unlessStopped(renewed(), signal);

  return {
    ...inner,
    close: () => inner.close(),
    send: async (request) => {
      if (!always && request.login !== true) return inner.send(request);
      const used = await ticket(request.signal);
      const response = await inner.send(asUser(request, used));
      if (response.status !== 401) return response;
      // PVE refuses a ticket before it does anything, so the request may be sent again.
      if (current === used) current = undefined;
      return inner.send(asUser(request, await ticket(request.signal)));
    },
  };
}

function asUser(request: WireRequest, { ticket, csrf }: Ticket): WireRequest {
  const { authorization: _, ...headers } = request.headers;
  return {
    ...request,
    headers: {
      ...headers,
      cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`,
      ...(request.method === "GET" ? {} : { csrfpreventiontoken: csrf }),
    },
  };
}

/** A new ticket (POST /access/ticket), by the second factor too where one is asked for. */
async function logIn(
  inner: Transport,
  { user, password, totp }: Login,
  proof = password.reveal(),
): Promise<Omit<Ticket, "since">> {
  const signal = AbortSignal.timeout(LOGIN_MS);
  const ask = (fields: Readonly<Record<string, string>>) => asked(inner, user, fields, signal);
  let { data, date } = await ask({ username: user, password: proof });
  if (record(data).NeedTFA !== undefined) {
    const factor = totp && parseTotp(totp.reveal());
    if (!factor)
      throw failed(user, "PVE asks for a second factor; PVE_TOTP_SECRET_FILE can answer a one-time password");
    // By the clock of the node, which is the one that judges.
    const code = totpCode(factor, date ?? Date.now() / 1_000);
    const challenge = str(record(data), "ticket") ?? "";
    ({ data } = await ask({ username: user, password: `totp:${code}`, "tfa-challenge": challenge }));
  }
  const answer = record(data);
  const [ticket, csrf] = [str(answer, "ticket"), str(answer, "CSRFPreventionToken")];
  if (ticket === undefined || csrf === undefined || answer.NeedTFA !== undefined)
    throw failed(user, "PVE gave no ticket");
  return { ticket, csrf };
}

async function asked(
  inner: Transport,
  user: string,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const body = new URLSearchParams(fields).toString();
  let response: WireResponse;
  try {
    response = await inner.send({
      method: "POST",
      path: `${API}/access/ticket`,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(Buffer.byteLength(body)),
      },
      body,
      signal,
    });
    return readReply(ROUTE, response);
  } catch (error) {
    if (error instanceof PveError) {
      if (error.kind === "authentication") throw failed(user, error.message);
      throw new PveError(error.kind, error.message, { ...error.detail, mayHaveRun: false });
    }
    if (signal.aborted) throw new PveError("timeout", `No answer to the login within ${LOGIN_MS / 1000} s.`);
    const { kind, message, detail } = connectionError(error, ROUTE, true);
    throw new PveError(kind, message, detail);
  }
}

const failed = (user: string, why: string): PveError =>
  new PveError("authentication", `the login of ${user} failed: ${cleanLine(why)}`, { status: 401 });

/** Waits for what others wait for too, until the signal says stop; nothing has been sent then. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () =>
      reject(withSending(new DOMException("The request ended before the login did", "AbortError"), true));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal?.removeEventListener("abort", stop));
  });
}
