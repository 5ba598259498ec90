import { SimError } from "./route.ts";

/**
 * Runs a change the way PVE does under a configuration lock: what dies inside is reported with the lock's
 * message in front (`create user failed: user 'x@pve' already exists`). Parameter errors pass unchanged.
 */
export function locked<T>(message: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof SimError && error.status === 500)
      throw new SimError(500, `${message}: ${error.message}`);
    throw error;
  }
}
