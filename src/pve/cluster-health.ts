import { PveError } from "./errors.ts";
import { explainStartup, probeVersion, type StartupCall } from "./startup.ts";

/** How a cluster stood when it was last asked. */
export type Health =
  | { readonly up: true; readonly version: string }
  /** `text`: the cause and what to do, for the operator. */
  | { readonly up: false; readonly text: string; readonly refusedToken: boolean };

/** Watches whether a cluster can be used; what is lost is asked again in the background until it is back. */
export interface ClusterHealth {
  /** Asks it now, at most once in a moment, however many ask. Never throws. */
  check(): Promise<Health>;
  /** Why it cannot be used, where it could not the last time and cannot now either; undefined otherwise. */
  trouble(): Promise<string | undefined>;
  /** Ends the asking in the background. */
  stop(): void;
}

interface HealthParts {
  readonly startup: StartupCall;
  readonly baseUrl: string;
  readonly tokenId: string;
  /** Says the cause as the operator has the settings; absent: by their variables. */
  readonly worded?: (text: string) => string;
  /** Told when it is lost and when it is back. */
  readonly changed: (health: Health) => void;
  /** Milliseconds that only grow; absent: the machine's. */
  readonly now?: () => number;
}

/** Waits between two questions in the background, in milliseconds; the last one for good. */
const RETRY_MS = [2_000, 5_000, 10_000, 30_000] as const;
const LAST_RETRY_MS = 60_000;
/** What was found is good for so long. */
const MOMENT_MS = 3_000;
/** A caller that waits is not kept for the whole time limit of a call. */
const QUICK_MS = 3_000;

/** The watch of one cluster (GET /version). */
export function watchHealth({
  startup,
  baseUrl,
  tokenId,
  worded = (text) => text,
  changed,
  now = () => performance.now(),
}: HealthParts): ClusterHealth {
  let last: { readonly health: Health; readonly at: number } | undefined;
  let asking: Promise<Health> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let attempt = 0;
  let stopped = false;

  const ask = async (): Promise<Health> => {
    // Known to be lost, it gets little time to prove otherwise.
    const timeoutMs = last?.health.up === false ? Math.min(QUICK_MS, startup.timeoutMs) : startup.timeoutMs;
    try {
      return { up: true, version: await probeVersion({ ...startup, timeoutMs }) };
    } catch (error) {
      const refusedToken = error instanceof PveError && error.kind === "authentication";
      return { up: false, text: worded(explainStartup(error, { baseUrl, tokenId })), refusedToken };
    }
  };
  const noted = (health: Health): Health => {
    const before = last?.health;
    last = { health, at: now() };
    if (before === undefined || before.up !== health.up) changed(health);
    if (health.up) attempt = 0;
    else later();
    return health;
  };
  const check = (): Promise<Health> => {
    if (last && now() - last.at < MOMENT_MS) return Promise.resolve(last.health);
    return anew();
  };
  const anew = (): Promise<Health> => {
    asking ??= ask()
      .then(noted)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const later = () => {
    if (timer !== undefined || stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      void anew();
    }, RETRY_MS[attempt] ?? LAST_RETRY_MS);
    timer.unref();
    attempt += 1;
  };
  return {
    check,
    trouble: async () => {
      if (last?.health.up !== false) return undefined;
      const health = await check();
      return health.up ? undefined : health.text;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
