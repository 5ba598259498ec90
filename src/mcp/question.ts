/** What a person is asked in the client. */
export interface Question {
  readonly message: string;
  /** What they have to type; absent: yes or no. */
  readonly name?: string;
}

/** How a question ended. */
export type Decision = "yes" | "declined" | "cancelled" | "wrong-name" | "unanswered" | "unreadable";

/** A form as MCP's elicitation takes it. */
export interface Form {
  readonly message: string;
  readonly requestedSchema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly required: readonly string[];
  };
}

const NAME = "name";
const DECISION = "decision";

/** The form that asks a question. An answer is always an act: a form without fields could be accepted unseen. */
export function formOf({ message, name }: Question): Form {
  const property =
    name === undefined
      ? { [DECISION]: { type: "string", title: "Do it?", enum: ["no", "yes"] } }
      : { [NAME]: { type: "string", title: `Type ${name} to do it`, maxLength: 200 } };
  return {
    message,
    requestedSchema: { type: "object", properties: property, required: Object.keys(property) },
  };
}

/** Reads what the client sent back: nothing but a plain yes, or the right name, is a yes. */
export function decisionOf({ name }: Question, result: unknown): Decision {
  if (typeof result !== "object" || result === null || !("action" in result)) return "unreadable";
  if (result.action === "decline") return "declined";
  if (result.action === "cancel") return "cancelled";
  if (result.action !== "accept") return "unreadable";
  const content = "content" in result ? result.content : undefined;
  if (typeof content !== "object" || content === null) return "unreadable";
  const fields = content as Readonly<Record<string, unknown>>;
  if (name === undefined) return fields[DECISION] === "yes" ? "yes" : "declined";
  return typeof fields[NAME] === "string" && fields[NAME].trim() === name ? "yes" : "wrong-name";
}
