import type { ErrorCode, YAMLError } from "yaml";

/** What is wrong with a text, by the parser's code. Its own messages repeat the text, which may hold secrets. */
const FAULTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "an alias is not written rightly",
  BAD_DIRECTIVE: "a directive is not understood",
  BAD_DQ_ESCAPE: "an escape in double quotes is none",
  BAD_INDENT: "the indentation does not fit, or a bracket is not closed",
  BAD_SCALAR_START: "a text begins with a character that needs quotes",
  BLOCK_AS_IMPLICIT_KEY: "a key or value is not where one can be; a text with a colon needs quotes",
  DUPLICATE_KEY: "a key is there twice",
  MISSING_CHAR: "a character is missing: a quote, a comma, a colon or a bracket",
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines",
  MULTIPLE_DOCS: "a second document begins: the file is one",
  NON_STRING_KEY: "a key is no text",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
  TAB_AS_INDENT: "tabs cannot indent",
  TAG_RESOLVE_FAILED: "a tag is not known",
  UNEXPECTED_TOKEN: "something is not where it can be",
};

/** Further faults mostly follow from the first ones. */
const SHOWN = 5;
/** Enough to share settings between clusters, too few to fill the memory. */
const MOST_ALIASES = 100;

/** What a document says, or what is wrong with its text. */
export type Document = { readonly content: unknown } | { readonly problems: readonly string[] };

/**
 * Parses YAML 1.2, of which JSON is a part. A problem names line and column, and never repeats the text.
 */
export async function parseDocument(text: string): Promise<Document> {
  // Only for those who have such a file: others start without it.
  const yaml = await import("yaml");
  const counter = new yaml.LineCounter();
  const fault = ({ code, pos }: YAMLError): string => {
    const { line, col } = counter.linePos(pos[0]);
    return `line ${line}, column ${col}: ${FAULTS[code] ?? `not YAML (${code})`}`;
  };
  const document = yaml.parseDocument(text, {
    lineCounter: counter,
    // Silent, it would take the first of several documents.
    logLevel: "error",
    prettyErrors: false,
    schema: "core",
    stringKeys: true,
  });
  const problems = [...document.errors, ...document.warnings].map(fault);
  if (problems.length > 0) return { problems: [...new Set(problems)].slice(0, SHOWN) };
  try {
    return { content: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    // Only of aliases; the message of the error names them, and a secret that begins with an asterisk is one.
    if (error instanceof ReferenceError) {
      return {
        problems: ["an alias (*name) has no anchor (&name) before it, or there are too many of them"],
      };
    }
    throw error;
  }
}
