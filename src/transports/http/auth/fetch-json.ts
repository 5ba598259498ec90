/** What an authorization server serves is a few KiB. */
const MOST_BYTES = 256 * 1024;

/** A document of an authorization server could not be had; `message` says why, and repeats nothing that it sent. */
export class IssuerUnavailable extends Error {
  override readonly name = "IssuerUnavailable";
}

/**
 * The JSON at a URL, following no redirect.
 * Throws an IssuerUnavailable when the server does not answer within `signal`, or not with 200 and at most 256 KiB
 * of JSON.
 */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const { origin, pathname } = new URL(url);
  let text: string;
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal,
      headers: { accept: "application/json" },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new IssuerUnavailable(`${origin}${pathname} answered with status ${response.status}`);
    }
    text = await readBounded(response, origin);
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error;
    throw new IssuerUnavailable(`${origin} ${reasonOf(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IssuerUnavailable(`${origin}${pathname} answered with something else than JSON`, {
      cause: error,
    });
  }
}

async function readBounded(response: Response, origin: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) throw new IssuerUnavailable(`${origin} answered with more than 256 KiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "cannot be reached";
  if (error.name === "TimeoutError") return "did not answer in time";
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? `cannot be reached: ${code}` : "cannot be reached";
}
