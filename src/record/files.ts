import * as fs from "node:fs";

/** What is known of an open file. */
export interface FileState {
  readonly size: number;
  /** Device and inode: the same for the same file under whatever name. */
  readonly identity: string;
  readonly regular: boolean;
}

/** The file operations of the record, synchronous; each throws Node's errors. Tests put faults in their place. */
export interface Files {
  /** @param flags of open(2); new files get mode 0600 */
  open(path: string, flags: number): number;
  close(fd: number): void;
  state(fd: number): FileState;
  /** Bytes read, 0 at the end. */
  read(fd: number, into: Uint8Array, position: number): number;
  /** Bytes written, which may be fewer than given. */
  write(fd: number, bytes: Uint8Array): number;
  truncate(fd: number, size: number): void;
  sync(fd: number): void;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  /** Only an empty one. */
  removeFolder(path: string): void;
  names(folder: string): readonly string[];
  /** Time of the last change, in Unix milliseconds by the file system's clock. */
  modified(path: string): number;
}

/** The real ones. */
export const NODE_FILES: Files = {
  open: (path, flags) => fs.openSync(path, flags, 0o600),
  close: (fd) => fs.closeSync(fd),
  state: (fd) => {
    const stat = fs.fstatSync(fd, { bigint: true });
    return { size: Number(stat.size), identity: `${stat.dev}:${stat.ino}`, regular: stat.isFile() };
  },
  read: (fd, into, position) => fs.readSync(fd, into, 0, into.length, position),
  write: (fd, bytes) => fs.writeSync(fd, bytes),
  truncate: (fd, size) => fs.ftruncateSync(fd, size),
  sync: (fd) => fs.fsyncSync(fd),
  syncFolder: (path) => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } catch (error) {
      // Some network file systems do not sync folders: they need no such call.
      if (!hasCode(error, "EINVAL", "ENOTSUP")) throw error;
    } finally {
      fs.closeSync(fd);
    }
  },
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  makeFolder: (path) => void fs.mkdirSync(path, { mode: 0o700 }),
  removeFolder: (path) => fs.rmdirSync(path),
  names: (folder) => fs.readdirSync(folder),
  modified: (path) => fs.statSync(path).mtimeMs,
};

/** Whether an error is the system's, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** What `use` returns; undefined when the system says that there is no such file. */
export function ifThere<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Exactly the bytes from `start` to `end`; fewer when the file ends before. */
export function readRange(files: Files, fd: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const count = files.read(fd, bytes.subarray(filled), start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
