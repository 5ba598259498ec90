import { adviceInKeys } from "../config/file/wording.ts";
import type { Answer, Block } from "../render/answer.ts";
import type { Invoked } from "./change.ts";
import type { HostParts } from "./parts.ts";

/** Names settings as the operator of a cluster sets them: by variables, or by keys of the file. */
export interface SettingNames {
  readonly text: (text: string) => string;
  /** What it says of its own; tables, facts and foreign text stay as they are. */
  readonly answer: (answer: Answer) => Answer;
  readonly invoked: (invoked: Invoked) => Invoked;
}

/** How the settings of a cluster are named. */
export function settingNames({ fromFile }: Pick<HostParts, "fromFile">, cluster: string): SettingNames {
  const text = (said: string) => (fromFile ? adviceInKeys(said, cluster) : said);
  const block = (one: Block): Block => (one.kind === "note" ? { ...one, text: text(one.text) } : one);
  const answer = (one: Answer): Answer => ({
    ...one,
    headline: text(one.headline),
    ...(one.blocks ? { blocks: one.blocks.map(block) } : {}),
    ...(one.next ? { next: one.next.map(text) } : {}),
  });
  return {
    text,
    answer,
    invoked: (one) =>
      one.kind === "ask"
        ? { ...one, form: { ...one.form, message: text(one.form.message) } }
        : { ...one, answer: answer(one.answer) },
  };
}
