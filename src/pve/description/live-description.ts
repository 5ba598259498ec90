import { type Apidoc, ApidocError, parseApidoc } from "../../schema/description/apidoc.ts";
import type { Pve } from "../client.ts";
import { record, str } from "../data.ts";
import { PveError } from "../errors.ts";
import { CallLimit } from "../line/call-limit.ts";
import type { Transport } from "../line/transport.ts";
import { type DescriptionCache, LARGEST } from "./description-cache.ts";

/** The connected node's own description of its API. */
export interface LiveDescription {
  /** Fetched at the first call; undefined when the node serves none that can be read. Throws only a cancellation. */
  read(signal?: AbortSignal): Promise<Apidoc | undefined>;
  /** Why there is none; undefined before the first look and when there is one. */
  missing(): string | undefined;
}

/** Where pveproxy serves it, without a login (package pve-docs). */
export const APIDOC_PATH = "/pve-docs/api-viewer/apidoc.js";
/** Some megabytes over a slow line. */
const FETCH_MS = 30_000;
/** A node that has no description, or could not be asked, is asked again after this. */
const AGAIN_MS = 600_000;
/** A node is updated while a server runs. */
const FRESH_MS = 3_600_000;

/** What a description is read with. */
export interface DescriptionParts {
  readonly transport: Transport;
  /** For the version that the cache goes by. */
  readonly pve: Pve;
  readonly cluster: string;
  readonly cache?: DescriptionCache | undefined;
  /** Milliseconds, going forward only. */
  readonly now: () => number;
}

/** The description of one cluster; one fetch for all who ask at once. */
export function liveDescription(parts: DescriptionParts): LiveDescription {
  let held: { readonly at: number; readonly apidoc: Promise<Apidoc | undefined> } | undefined;
  let why: string | undefined;
  const load = async (): Promise<Apidoc | undefined> => {
    try {
      const apidoc = await described(parts);
      why = undefined;
      return apidoc;
    } catch (error) {
      if (!(error instanceof PveError) && !(error instanceof ApidocError)) throw error;
      why = error.message.slice(0, 200);
      return undefined;
    }
  };
  return {
    read: async (signal) => {
      const { now } = parts;
      const old = held && now() - held.at > (why === undefined ? FRESH_MS : AGAIN_MS);
      if (!held || old) held = { at: now(), apidoc: load() };
      // One caller's giving up does not end the fetch for the others.
      return signal ? untilCancelled(held.apidoc, signal) : held.apidoc;
    },
    missing: () => why,
  };
}

function untilCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const cancelled = () => new PveError("cancelled", "The call was cancelled.");
  if (signal.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled());
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

async function described({ transport, pve, cluster, cache }: DescriptionParts): Promise<Apidoc> {
  const { data } = await pve.call("GET /version", {});
  const about = record(data);
  const version = `${str(about, "version") ?? ""} ${str(about, "repoid") ?? ""}`;
  const kept = await cache?.read(cluster, version);
  if (kept !== undefined) {
    try {
      return parseApidoc(kept);
    } catch (error) {
      // What a former program could read this one cannot: it is fetched anew.
      if (!(error instanceof ApidocError)) throw error;
    }
  }
  const text = await fetched(transport);
  const apidoc = parseApidoc(text);
  await cache?.write(cluster, version, text);
  return apidoc;
}

async function fetched(transport: Transport): Promise<string> {
  const limit = new CallLimit(FETCH_MS, undefined);
  try {
    const { status, body } = await transport.send({
      method: "GET",
      path: APIDOC_PATH,
      headers: { accept: "text/javascript" },
      signal: limit.signal,
      maxBytes: LARGEST,
    });
    if (status === 200) return body;
    throw new PveError("not-found", `the node answers ${status} to ${APIDOC_PATH}`, { status });
  } catch (error) {
    if (error instanceof PveError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new PveError("network", `the node's API description could not be fetched: ${text}`, {
      cause: error,
    });
  } finally {
    limit.release();
  }
}
