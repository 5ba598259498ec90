import { PassThrough } from "node:stream";
import { Client, type ElicitResult } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { loadConfig } from "../../src/config/load.ts";
import { createHost } from "../../src/mcp/host.ts";
import type { ClusterParts } from "../../src/mcp/parts.ts";
import type { Transport, WireRequest } from "../../src/pve/line/transport.ts";
import type { Pace } from "../../src/pve/pace.ts";
import type { World } from "../../src/simulator/world.ts";
import { serveStreams } from "../../src/transports/stdio.ts";
import { virtualPace } from "./pace.ts";
import { listedTools } from "./session.ts";
import { simulatorTransport } from "./simulator-transport.ts";

/** The two protocol eras a client may speak. */
export const ERAS = ["2025", "2026-07-28"] as const;
export type Era = (typeof ERAS)[number];

export interface Connection {
  readonly client: Client;
  /** Every request that left for PVE. */
  readonly requests: WireRequest[];
  /** Calls a tool: the text a model reads, and whether it is an error. */
  readonly call: (
    name: string,
    args?: Record<string, unknown>,
  ) => Promise<{ text: string; isError: boolean }>;
  /** The same, and where a plan is to be confirmed, by the code that it came with. */
  readonly act: Connection["call"];
  readonly close: () => Promise<void>;
}

/** A form as the client's user sees it. */
export interface AskedForm {
  readonly message: string;
  readonly requestedSchema: { readonly properties: Readonly<Record<string, unknown>> };
}

/** What becomes of a form. */
export type FormAnswer = ElicitResult | Promise<ElicitResult>;

export interface ConnectOptions {
  readonly era?: Era;
  readonly env?: Readonly<Record<string, string>>;
  /** The client's user, where the client can ask one. */
  readonly person?: (form: AskedForm) => FormAnswer;
  readonly answerWithinMs?: number;
  /** For a whole call; absent: 30 s. */
  readonly timeoutMs?: number;
  /** Absent: waiting takes no time. */
  readonly pace?: Pace;
  /** What stands between the server and the simulated PVE. */
  readonly through?: (transport: Transport) => Transport;
  /** Why the first cluster cannot be used. */
  readonly trouble?: () => string | undefined;
  readonly others?: readonly OtherCluster[];
  readonly defaultCluster?: string;
  /** The settings are those of a file. */
  readonly fromFile?: boolean;
  readonly stateKey?: Buffer;
}

/** Another simulated cluster beside the first, which is then called `test`. */
export interface OtherCluster {
  readonly name: string;
  readonly world: World;
  /** Its own settings; what is absent is as with the first. */
  readonly env?: Readonly<Record<string, string>>;
  /** Why it cannot be used. */
  readonly trouble?: () => string | undefined;
}

/** The code of a plan. */
export const codeIn = (text: string): string => /with confirm: "([^"]+)"/.exec(text)?.[1] ?? "";

/** The real server's core on simulated worlds; `requests` are those of all clusters. */
export function simulatedHost(
  world: World,
  token: { readonly id: string; readonly secret: string },
  {
    env = {},
    answerWithinMs = 5_000,
    timeoutMs = 30_000,
    pace = virtualPace(world),
    through,
    trouble: firstTrouble,
    others = [],
    defaultCluster,
    fromFile = false,
    stateKey,
    log,
  }: ConnectOptions & { readonly log: (line: string) => void },
) {
  const tools = listedTools();
  const configOf = (own: Readonly<Record<string, string>>) =>
    loadConfig(own, {
      demo: true,
      tools,
      readFile: () => {
        throw new Error("no files here");
      },
    });
  const requests: WireRequest[] = [];
  const clusterOf = (name: string, its: World, own: Readonly<Record<string, string>>): ClusterParts => {
    const { transport } = simulatorTransport(its, requests);
    return {
      ...configOf(own),
      name,
      transport: through?.(transport) ?? transport,
      authorization: `PVEAPIToken=${token.id}=${token.secret}`,
      tokenId: token.id,
      timeoutMs,
      emptyReason: () => undefined,
    };
  };
  const host = createHost({
    ...configOf(env),
    clusters: [
      { ...clusterOf("test", world, env), ...(firstTrouble ? { trouble: async () => firstTrouble() } : {}) },
      ...others.map(({ name, world: its, env: own = env, trouble }) => ({
        ...clusterOf(name, its, own),
        ...(trouble ? { trouble: async () => trouble() } : {}),
      })),
    ],
    defaultCluster,
    fromFile,
    stateKey,
    pace,
    answerWithinMs,
    tools,
    secrets: [token.secret],
    log,
  });
  return { host, requests };
}

/** The real server on a simulated world, behind a pair of streams. */
export function serve(
  world: World,
  token: { readonly id: string; readonly secret: string },
  options: ConnectOptions = {},
) {
  const errors: Error[] = [];
  const { host, requests } = simulatedHost(world, token, {
    ...options,
    log: (line) => errors.push(new Error(line)),
  });
  const app = host.appFor();
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  serveStreams(
    app,
    { stdin: toServer, stdout: toClient },
    { ended: () => {}, error: (error) => errors.push(error) },
  );
  return { toServer, toClient, errors, requests };
}

/** A real client of an era, not yet connected. */
export function contractClient(era: Era, person: ConnectOptions["person"]): Client {
  const client = new Client(
    { name: "contract", version: "1" },
    {
      versionNegotiation: { mode: era === "2025" ? "legacy" : { pin: era } },
      capabilities: {
        ...(person ? { elicitation: { form: {} } } : {}),
      },
    },
  );
  if (person) {
    client.setRequestHandler("elicitation/create", async ({ params }) =>
      person(params as unknown as AskedForm),
    );
  }
  return client;
}

/** How tests call tools through a client. */
export function callsOf(client: Client): Pick<Connection, "call" | "act"> {
  const call: Connection["call"] = async (name, args = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    return {
      text: content.map((part) => (part.type === "text" ? part.text : "")).join("\n"),
      isError: isError === true,
    };
  };
  return {
    call,
    act: async (name, args = {}) => {
      const first = await call(name, args);
      if (!first.text.startsWith("NOT DONE: ")) return first;
      return call(name, { ...args, confirm: codeIn(first.text) });
    },
  };
}

/** A real client, speaking MCP over a pair of streams to the real server on a simulated world. */
export async function connect(
  world: World,
  token: { readonly id: string; readonly secret: string },
  options: ConnectOptions = {},
): Promise<Connection> {
  const { era = "2025", person } = options;
  const { toServer, toClient, errors, requests } = serve(world, token, options);
  const client = contractClient(era, person);
  await client.connect(new StdioServerTransport(toClient, toServer));
  return {
    client,
    requests,
    ...callsOf(client),
    close: async () => {
      await client.close();
      toServer.end();
      if (errors.length > 0) throw errors[0];
    },
  };
}
