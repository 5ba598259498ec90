import { isAbsolute } from "node:path";
import { fromFile, type ReadFile } from "../from-file.ts";
import type { Env } from "../load.ts";
import type { SettingName } from "../settings.ts";
import { showName } from "../show.ts";
import type { SecretSettings } from "./keys.ts";

/** Serves secrets that have no file of their own, and knows all that must not be repeated. */
export interface SecretSource {
  /** Reads a file; a path that `take` made up gives the value it stands for. */
  readonly readFile: ReadFile;
  /** Every secret that was read or given. */
  readonly known: ReadonlySet<string>;
  /** True when the file itself holds a secret. */
  readonly inline: () => boolean;
  /**
   * What to set for a secret as it is written in the file: itself, `file:PATH` or `env:NAME`. Undefined with
   * the reason, which begins with `key`, added to `problems`.
   */
  readonly take: (
    key: string,
    settings: SecretSettings,
    written: string,
    problems: string[],
  ) => Taken | undefined;
  /** Names of the variables that `env:NAME` refers to. */
  readonly variables: ReadonlySet<string>;
}

/** A setting and its text; `inMemory` where the text is a path that was made up. */
export interface Taken {
  readonly setting: SettingName;
  readonly text: string;
  readonly inMemory: boolean;
}

/** No path of a real file has this character. */
const MADE_UP = "\0";

/** A source of secrets for one file. */
export function createSecretSource(env: Env, readFile: ReadFile): SecretSource {
  const memory = new Map<string, string>();
  const known = new Set<string>();
  const variables = new Set<string>();
  const secretFiles = new Set<string>();
  let inline = false;

  const read: ReadFile = (path) => {
    const kept = memory.get(path);
    if (kept !== undefined) return kept;
    const content = readFile(path);
    if (secretFiles.has(path)) known.add(content.trim());
    return content;
  };

  /** The value of the variable that `env:NAME` names. */
  const ofVariable = (key: string, name: string, problems: string[]): string | undefined => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      problems.push(`${key} must name a variable behind "env:", as in env:PROD_SECRET`);
      return undefined;
    }
    variables.add(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined || value === "") {
      problems.push(`${key} names the environment variable ${showName(name)}, which is not set`);
      return undefined;
    }
    return value;
  };

  /** The text of a file, for a setting that takes no path. */
  const ofFile = (key: string, path: string, problems: string[]): string | undefined =>
    fromFile(key, path, read, problems, (content) => {
      const bare = content.replace(/^\uFEFF/, "").trim();
      return bare === "" ? { problem: "names a file that is empty" } : { value: bare };
    });

  const take: SecretSource["take"] = (key, { text, file }, written, problems) => {
    const [, kind, rest = ""] = /^(file|env):(.*)$/s.exec(written) ?? [];
    if (kind === "file") {
      if (!isAbsolute(rest)) {
        problems.push(`${key} must name an absolute path behind "file:", as in file:/run/secrets/prod`);
        return undefined;
      }
      secretFiles.add(rest);
      if (file !== undefined) return { setting: file, text: rest, inMemory: false };
    }
    const value =
      kind === "file"
        ? ofFile(key, rest, problems)
        : kind === "env"
          ? ofVariable(key, rest, problems)
          : written;
    if (value === undefined) return undefined;
    // A proxy's address is a secret only where it holds a password.
    if (text !== "HTTPS_PROXY" || value.includes("@")) {
      known.add(value);
      inline ||= kind === undefined;
    }
    if (text !== undefined) return { setting: text, text: value, inMemory: false };
    if (file === undefined) throw new Error("A secret of the file is for no setting");
    const madeUp = `${MADE_UP}${key}`;
    memory.set(madeUp, value);
    return { setting: file, text: madeUp, inMemory: true };
  };

  return { readFile: read, known, inline: () => inline, take, variables };
}
