import { num, record } from "../../pve/data.ts";
import type { Look } from "../topic.ts";

/** The read that tells a node's time. */
const TIME_READ = "GET /nodes/{node}/time";

/** A node's own time in Unix seconds, for ages in sentences; undefined where it cannot be read. */
export const nodeTime = async (look: Look, node: string): Promise<number | undefined> =>
  num(record(await look.tryRead(TIME_READ, { node })), "time");
