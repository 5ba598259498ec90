import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { cause } from "../config/from-file.ts";
import { showPath } from "../config/show.ts";
import { hasCode, ifThere } from "../record/files.ts";
import { parseTokenList, withEntry } from "../transports/http/auth/token-list.ts";

/** A tokens file that an entry could not be added to; it is as it was. `message` says why, without its contents. */
export class TokensFileError extends Error {
  override readonly name = "TokensFileError";
}

const OWNER_ONLY = 0o600;
const PERMISSIONS = 0o777;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Adds an entry to the file at `path`, or to a new one that its owner alone reads. Whoever reads it meanwhile sees the
 * old file or the new one, never a part. Throws a TokensFileError.
 */
export function addToTokensFile(path: string, entry: { readonly name: string }): void {
  try {
    // What a link points to is replaced, not the link.
    const place = ifThere(() => realpathSync(path)) ?? path;
    replace(place, path, entry);
  } catch (error) {
    if (error instanceof TokensFileError) throw error;
    throw new TokensFileError(`${showPath(path)} cannot be written: ${cause(error)}.`, { cause: error });
  }
}

function replace(place: string, shown: string, entry: { readonly name: string }): void {
  // At once the new file and a lock: nobody else makes it while it is there, so that no entry is lost.
  const next = `${place}.new`;
  const file = create(next, shown);
  try {
    try {
      const old = ifThere(() => ({ text: readFileSync(place, "utf8"), stats: statSync(place) }));
      writeFileSync(file, textWith(old?.text, entry, shown));
      if (old !== undefined) keepOwner(file, old.stats);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, place);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

function create(next: string, shown: string): number {
  try {
    return openSync(next, "wx", OWNER_ONLY);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    throw new TokensFileError(
      `${showPath(`${shown}.new`)} is there: somebody else adds an entry, or was interrupted. Remove it if nobody does.`,
      { cause: error },
    );
  }
}

function textWith(text: string | undefined, entry: { readonly name: string }, shown: string): string {
  const before = text === undefined ? { value: [] } : parseTokenList(text);
  if ("problem" in before) throw new TokensFileError(`${showPath(shown)} ${before.problem}.`);
  if (before.value.some(({ name }) => name === entry.name))
    throw new TokensFileError(
      `${showPath(shown)} has an entry of that name already: remove that, or take another name.`,
    );
  const after = withEntry(text, { ...entry });
  if ("problem" in after) throw new TokensFileError(`${showPath(shown)} ${after.problem}.`);
  return after.value;
}

/** The server that reads the old file must be able to read the new one. */
function keepOwner(file: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(file);
  if (own.uid !== uid || own.gid !== gid) fchownSync(file, uid, gid);
  fchmodSync(file, mode & PERMISSIONS & ~WRITABLE_BY_OTHERS);
}
