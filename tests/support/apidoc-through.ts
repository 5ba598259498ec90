import type { Transport } from "../../src/pve/line/transport.ts";

const PATH = "/pve-docs/api-viewer/apidoc.js";

/** One operation of a made-up description. */
export interface Described {
  readonly route: string;
  readonly description?: string;
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A description as a node serves it, of these operations. */
export const apidocOf = (operations: readonly Described[]): string => {
  const nodes = operations.map(({ route, description = "", params = {} }) => {
    const [method = "", path = ""] = route.split(" ");
    const properties = Object.fromEntries(
      Object.entries(params).map(([name, fact]) => [name, { optional: 1, ...fact }]),
    );
    return {
      path,
      info: {
        [method]: {
          name: "described",
          description,
          parameters: { additionalProperties: 0, properties },
          permissions: { user: "all" },
        },
      },
    };
  });
  return `const apiSchema = ${JSON.stringify(nodes)};\n`;
};

/** The node's description replaced by a text; undefined: the node has none (404). */
export const serving =
  (text: string | undefined): ((transport: Transport) => Transport) =>
  (transport) => ({
    close: () => transport.close(),
    send: async (request) =>
      request.path === PATH
        ? { status: text === undefined ? 404 : 200, reason: "", headers: {}, body: text ?? "" }
        : transport.send(request),
  });
