import { readFileSync } from "node:fs";
import type { Safety } from "../../src/config/config.ts";
import type { Tier } from "../../src/config/settings.ts";
import { invoke } from "../../src/mcp/invoke.ts";
import { createSession } from "../../src/mcp/session.ts";
import { createPveClient } from "../../src/pve/client.ts";
import { liveDescription } from "../../src/pve/description/live-description.ts";
import type { WireRequest } from "../../src/pve/line/transport.ts";
import type { Answer } from "../../src/render/answer.ts";
import { toText } from "../../src/render/text.ts";
import type { World } from "../../src/simulator/world.ts";
import { CATALOGUE } from "../../src/tools/catalogue.ts";
import { type ListedTool, listing } from "../../src/tools/input-schema.ts";
import { virtualPace } from "./pace.ts";
import { plainSide } from "./side.ts";
import { simulatorTransport } from "./simulator-transport.ts";

/** A fault of the program is one of the test. */
const fault = (error: unknown): never => {
  throw error;
};

/** Nothing is confirmed, bounded or recorded: for tests of what tools do. */
export const OPEN_SAFETY: Safety = { confirm: "off", confirmBy: "any", wait: 25, protected: [] };

export interface TestSession {
  /** Calls a tool as a client would and returns the text it reads. */
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<string>;
  readonly answer: (name: string, args?: Record<string, unknown>) => Promise<Answer>;
  /** Every request that left, as `GET /api2/json/...`. */
  readonly requests: WireRequest[];
  readonly world: World;
}

/** A session on a simulated world, without MCP around it. */
export function testSession(
  world: World,
  token: { id: string; secret: string },
  tier: Tier = "full",
  safety: Safety = OPEN_SAFETY,
): TestSession {
  const { transport, requests } = simulatorTransport(world);
  const pve = createPveClient({
    transport,
    authorization: `PVEAPIToken=${token.id}=${token.secret}`,
    timeoutMs: 30_000,
    tier,
  });
  const session = createSession({
    client: pve,
    tier,
    tokenId: token.id,
    cluster: "test",
    safety,
    pace: virtualPace(world),
    hidden: () => undefined,
    closed: () => undefined,
    description: liveDescription({ transport, pve, cluster: "test", now: () => 0 }),
    emptyReason: () => undefined,
    report: fault,
  });
  const answer = async (name: string, args: Record<string, unknown> = {}) => {
    const tool = CATALOGUE.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    const invoked = await invoke(session, listing(tool), args, plainSide());
    if (invoked.kind === "ask") throw new Error("a question nobody can answer");
    return invoked.answer;
  };
  return { answer, call: async (name, args) => toText(await answer(name, args)), requests, world };
}

/** The generated list, as the server serves it. */
export const listedTools = (): readonly ListedTool[] =>
  JSON.parse(readFileSync(new URL("../../src/tools/list.gen.json", import.meta.url), "utf8")) as ListedTool[];
