import { type Row, record, str } from "../pve/data.ts";
import type { Answer, Facts } from "../render/answer.ts";
import { foreignMark } from "../render/foreign.ts";
import { cell, writeAnswer } from "./answers.ts";
import { flat } from "./flat.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

const storageName = (call: ToolCall): string => str(call.input, "storage") ?? "";

/** Settings of a storage, names and digest apart. */
export function settingFacts(config: Row): Facts {
  const settings = Object.entries(flat(config)).filter(
    ([key]) => !["storage", "type", "digest"].includes(key),
  );
  return {
    kind: "facts",
    facts: [...settings, ["digest", config.digest] as const].map(([key, value]) => ({
      key,
      value: cell(value),
      ...foreignMark(key, cell(value)),
    })),
  };
}

/** Adds a storage; says where a key that PVE made is kept, but never the key. */
export async function createStorage(call: ToolCall): Promise<Answer> {
  const { data } = await call.send();
  const generated = record(record(data).config)["encryption-key"] !== undefined;
  const name = storageName(call);
  return {
    headline: `Storage ${name} (${str(call.input, "type")}) created.`,
    ...(generated
      ? {
          blocks: [
            {
              kind: "note",
              text: `PVE keeps the backup encryption key in /etc/pve/priv/storage/${name}.enc: without a copy elsewhere the backups are lost with the cluster.`,
            },
          ],
        }
      : {}),
    next: ["pve_get_storage_status tells whether a node can use it."],
  };
}

/** Removes a storage from the configuration and shows what it was, so that it can be added again. */
export async function deleteStorage(call: ToolCall): Promise<Answer> {
  const { data } = await call.pve.call("GET /storage/{storage}", { storage: storageName(call) });
  await call.send();
  const { digest: _, ...config } = record(data);
  return {
    headline: `Storage ${storageName(call)} removed from the cluster's configuration; its data is left where it is.`,
    blocks: [{ ...settingFacts(config), title: `It was (type ${str(config, "type")})` }],
  };
}

/** Pulls an image by a full reference, tag included. */
export async function pullImage(call: ToolCall): Promise<Answer> {
  const reference = str(call.input, "reference") ?? "";
  // PVE takes no default tag, and its pattern explains nothing.
  if (!/:[^/:]+$/.test(reference)) {
    throw new Refusal(
      `reference ${JSON.stringify(reference.slice(0, 80))} has no tag: it is registry/name:tag, e.g. ${reference || "alpine"}:latest.`,
    );
  }
  return writeAnswer(await call.send(), call);
}
