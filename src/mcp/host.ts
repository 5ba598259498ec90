import type { CallerBounds } from "../config/http/http-config.ts";
import { type App, createApp } from "./app.ts";
import type { ClusterCore } from "./cluster-core.ts";
import type { ClusterParts, HostParts } from "./parts.ts";

/** The server's state for its lifetime: the clusters, and the app of each kind of caller. */
export interface Host {
  /** The app as a caller with these bounds sees it; absent: whoever started the process. */
  readonly appFor: (bounds?: CallerBounds) => App;
  /** For the end of the process: completes what is open in the record. */
  readonly close: () => void;
}

/** Callers whose apps are kept; one that is made anew costs a few milliseconds. */
const APPS = 64;

/** Builds the host. What a call needs (client, catalogue, endpoint table, rendering) is loaded at the first call. */
export function createHost(parts: HostParts): Host {
  const apps = new Map<string, App>();
  let closers: readonly ClusterCore[] = [];
  const loadCores = once(async () => {
    const cores = await (await import("./cluster-core.ts")).createCores(parts);
    closers = [...cores.values()];
    return cores;
  });
  return {
    appFor: (bounds) => {
      const key = JSON.stringify(bounds ?? null);
      const app =
        apps.get(key) ?? createApp({ ...parts, clusters: within(parts, bounds), bounds, loadCores });
      // The one asked for last is kept longest.
      apps.delete(key);
      apps.set(key, app);
      const [oldest] = apps.keys();
      if (apps.size > APPS && oldest !== undefined) apps.delete(oldest);
      return app;
    },
    close: () => {
      for (const core of closers) core.record?.interrupt();
    },
  };
}

/** The clusters that a caller reaches. */
function within({ clusters }: HostParts, bounds: CallerBounds | undefined): readonly ClusterParts[] {
  const named = bounds?.clusters;
  return named === undefined ? clusters : clusters.filter(({ name }) => named.includes(name));
}

/** A function whose work is done once, for whoever asks first. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
