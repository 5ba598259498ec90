import type { Json } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { type Guest, guestsIn } from "../pve/guests.ts";
import type { Reply } from "../pve/reply.ts";
import type { RouteParams } from "../schema/routes.gen.ts";
import type { Hidden, Look, ReadRoute } from "./topic.ts";

type Params = Readonly<Record<string, unknown>>;

/** What a look is made of. */
interface LookParts {
  /** Sends a read; the answer has no secrets. */
  readonly send: (route: ReadRoute, params: Params) => Promise<Reply>;
  /** The guests; absent: they are read like everything else. */
  readonly guests?: () => Promise<readonly Guest[]>;
  readonly tokenId: string;
  readonly login?: string;
  readonly ownAddress?: string;
}

/** What a read gave, undefined where PVE refused or did not answer. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/**
 * Parameters of a read whose route is known only at run time, out of a table: the compiler cannot tell which they are,
 * and the client checks them by the endpoint table.
 */
export const paramsFor = <R extends ReadRoute>(_route: R, params: Params): RouteParams[R] =>
  params as RouteParams[R];

/** A look at what is there now, for one plan: whoever asks the same again gets the same answer. */
export function createLook({ send, guests, tokenId, login, ownAddress }: LookParts): Look {
  const seen = new Map<string, Promise<Reply>>();
  const hidden: Hidden[] = [];
  const ask = (route: ReadRoute, params: Params): Promise<Reply> => {
    const key = `${route} ${JSON.stringify(Object.entries(params).sort())}`;
    const known = seen.get(key);
    if (known) return known;
    const reply = send(route, params).then((answer) => {
      if (answer.hidden) hidden.push({ route, params, count: answer.hidden });
      return answer;
    });
    seen.set(key, reply);
    return reply;
  };
  const read = (route: ReadRoute, params: Params): Promise<Json> =>
    ask(route, params).then(({ data }) => data);
  const listed = async () => guestsIn(await read("GET /cluster/resources", { type: "vm" }));
  let inventory: Promise<readonly Guest[]> | undefined;
  return {
    read,
    tryRead: (route, params) => unlessRefused(read(route, params)),
    guests: () => {
      inventory ??= (guests ?? listed)();
      return inventory;
    },
    tokenId,
    ...(login === undefined ? {} : { login }),
    hidden: () => hidden,
    ...(ownAddress === undefined ? {} : { ownAddress }),
    pendingNetwork: async (node) => {
      const reply = await unlessRefused(ask("GET /nodes/{node}/network", { node }));
      return reply && (reply.changes ?? "");
    },
  };
}
