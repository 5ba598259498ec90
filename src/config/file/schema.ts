import type { Form } from "../form.ts";
import type { KnownFacts } from "../setting.ts";
import { CLUSTER_NAME } from "./cluster.ts";
import { type Block, FILE_KEYS, type FileKey, factsOfKey, type SecretSettings } from "./keys.ts";
import { inKeys } from "./wording.ts";

/** A JSON Schema, as far as we write one. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Text that is not blank, and no two entries. */
const ENTRY: Schema = { type: "string", pattern: "^[^,]*[^,\\s][^,]*$" };
const TEXT: Schema = { type: "string", pattern: "\\S" };
const SECRET: Schema = {
  type: "string",
  pattern: "^(?:file:(?:/|\\\\\\\\|[A-Za-z]:[/\\\\])|env:[A-Za-z_]\\w*$|(?!file:|env:)[\\s\\S])",
};

/** Keys of a cluster that go together, or exclude each other. */
const RELATIONS: Schema = {
  anyOf: [{ required: ["token_id", "token_secret"] }, { required: ["user", "password"] }],
  dependentRequired: {
    token_id: ["token_secret"],
    token_secret: ["token_id"],
    user: ["password"],
    password: ["user"],
    totp_secret: ["user"],
    client_cert_file: ["client_key"],
    client_key: ["client_cert_file"],
  },
  not: { required: ["ca_file", "fingerprint"] },
};

function ofForm(form: Form): Schema {
  switch (form.kind) {
    case "boolean":
      return { type: "boolean" };
    case "number":
      return form.whole
        ? { type: "integer", minimum: form.least, maximum: form.most }
        : { type: "number", exclusiveMinimum: form.least, maximum: form.most };
    case "choice":
      return { type: "string", enum: form.names };
    case "list":
      return ofList(form);
    default:
      return TEXT;
  }
}

/** One entry, or a list of some. */
function ofList({ names, numbers }: Extract<Form, { kind: "list" }>): Schema {
  const text = names === undefined ? ENTRY : { type: "string", enum: names };
  const number = numbers && { type: "integer", minimum: numbers.least, maximum: numbers.most };
  const entry = number === undefined ? text : { anyOf: [number, text] };
  return { anyOf: [entry, { type: "array", items: entry, minItems: 1 }] };
}

/** The default in the type that the file has it in. */
function defaultOf({ written, form }: KnownFacts): Schema {
  if (written === undefined) return {};
  if (form.kind === "boolean") return { default: written === "true" };
  return { default: form.kind === "number" ? Number(written) : written };
}

function ofKey(key: FileKey): Schema {
  const facts = factsOfKey(key);
  const description = inKeys(facts.meaning);
  if ("secret" in key) return { description: secretText(description, key.secret), ...SECRET };
  return { description, ...ofForm(facts.form), ...defaultOf(facts) };
}

/** What a secret is, after how it may be written. */
function secretText(meaning: string, { text }: SecretSettings): string {
  const ways = "The value itself, `env:NAME`, or `file:PATH` with an absolute path";
  if (text !== undefined) return `${meaning} ${ways}.`;
  return `${ways}: ${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`;
}

const ofBlock = (block: Block): Schema =>
  Object.fromEntries(Object.entries(FILE_KEYS[block]).map(([key, row]) => [key, ofKey(row)]));

/** The JSON Schema (draft 2020-12) of the file that `PVE_CONFIG` names, from the table of its keys. */
export function configFileSchema(): Schema {
  const required = Object.entries(FILE_KEYS.cluster).filter(([, row]) => factsOfKey(row).required);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "mcp-pve: a configuration file of several clusters",
    type: "object",
    properties: {
      default: { description: "The cluster that a call without one means.", type: "string", minLength: 1 },
      clusters: {
        description: "A block of keys for each cluster, by the name that calls give it.",
        type: "object",
        minProperties: 1,
        propertyNames: { pattern: CLUSTER_NAME.source },
        additionalProperties: { $ref: "#/$defs/cluster" },
      },
      record: {
        description: "The record of changes, one for all clusters.",
        type: "object",
        properties: ofBlock("record"),
        required: ["file"],
        additionalProperties: false,
      },
      ...ofBlock("top"),
    },
    required: ["clusters"],
    additionalProperties: false,
    $defs: {
      cluster: {
        description: "A PVE cluster: how it is reached, as whom, and what may be done there.",
        type: "object",
        properties: ofBlock("cluster"),
        required: required.map(([key]) => key),
        additionalProperties: false,
        ...RELATIONS,
      },
    },
  };
}
