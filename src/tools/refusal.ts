import type { Block } from "../render/answer.ts";

/** A call that we do not send: the message says what is wrong and what would be right. */
export class Refusal extends Error {
  /** What the caller needs to see, such as the current rule. */
  readonly blocks: readonly Block[];
  readonly next: readonly string[];
  constructor(message: string, more: { blocks?: readonly Block[]; next?: readonly string[] } = {}) {
    super(message);
    this.name = "Refusal";
    this.blocks = more.blocks ?? [];
    this.next = more.next ?? [];
  }
}
