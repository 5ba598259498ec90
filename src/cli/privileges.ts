import { hasNoPrivileges, noPrivilegesText, type StartupCall } from "../pve/startup.ts";

/** What is known of the token's privileges. */
export interface PrivilegeWatch {
  /** Reads the token's permissions; true when there are none. Throws a PveError. */
  check(): Promise<boolean>;
  /** Why a list may be empty; undefined for a token that has privileges, or while nothing is known. */
  emptyReason(): string | undefined;
}

/** Remembers that the token has no privileges at all, and looks again whenever that would explain an empty list. */
export function watchPrivileges(
  startup: StartupCall,
  tokenId: string,
  log: (line: string) => void,
): PrivilegeWatch {
  let none = false;
  const check = async () => {
    none = await hasNoPrivileges(startup);
    return none;
  };
  return {
    check,
    emptyReason: () => {
      if (!none) return undefined;
      // The operator may have granted some since: the next empty list will know.
      check().catch((error: unknown) => log(`The token's permissions could not be read: ${String(error)}`));
      return noPrivilegesText(tokenId);
    },
  };
}
