import { isAbsolute, join } from "node:path";

/** A variable of the environment by its name. */
type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder for what can be fetched again (XDG Base Directory: XDG_CACHE_HOME, else ~/.cache; LOCALAPPDATA on
 * Windows); undefined where no home is known.
 */
export function cacheFolder(env: Env): string | undefined {
  const own = [env.XDG_CACHE_HOME, env.LOCALAPPDATA].find(
    (folder) => folder !== undefined && isAbsolute(folder),
  );
  const home = [env.HOME, env.USERPROFILE].find((folder) => folder !== undefined && isAbsolute(folder));
  if (own !== undefined) return join(own, "mcp-pve");
  return home === undefined ? undefined : join(home, ".cache", "mcp-pve");
}
