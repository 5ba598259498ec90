/** The parts of a task's id, `UPID:node:pid:pstart:starttime:type:id:user:` with hexadecimal numbers. */
export interface Upid {
  readonly node: string;
  readonly pid: number;
  readonly starttime: number;
  readonly type: string;
  readonly id: string;
  readonly user: string;
}

const PATTERN =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/;

/** Takes a UPID apart; undefined when it is none (format: PVE::Tools upid_decode). */
export function parseUpid(text: string): Upid | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, node = "", pid = "", , start = "", type = "", id = "", user = ""] = match;
  return { node, pid: Number.parseInt(pid, 16), starttime: Number.parseInt(start, 16), type, id, user };
}

/** True for the answer of a call that started a task. */
export const isUpid = (data: unknown): data is string =>
  typeof data === "string" && parseUpid(data) !== undefined;
