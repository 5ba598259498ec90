import { expect, it } from "vitest";
import { PveError } from "./errors.ts";
import { retentionOf } from "./retention.ts";

const RUN = "POST /nodes/{node}/vzdump";

/** What a backup with these parameters does where vzdump's defaults are so. */
const retention = (
  params: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
) => retentionOf(async () => ({ data: defaults as never }), RUN, { node: "pve1", storage: "nas", ...params });

it.each([
  [{ "prune-backups": "keep-last=3" }, {}, { removes: true, rule: "keep-last=3" }],
  [
    { "prune-backups": { "keep-last": 3, "keep-daily": 7 } },
    {},
    { removes: true, rule: "keep-last=3,keep-daily=7" },
  ],
  [{}, { "prune-backups": "keep-weekly=2" }, { removes: true, rule: "keep-weekly=2" }],
  [{ "prune-backups": "keep-all=1" }, {}, { removes: false }],
  [{ "prune-backups": "keep-all=0,keep-last=1" }, {}, { removes: true, rule: "keep-all=0,keep-last=1" }],
  // Not for certain: PVE refuses to mix them.
  [{ "prune-backups": "keep-all=1,keep-last=1" }, {}, { removes: true, rule: "keep-all=1,keep-last=1" }],
  [{}, {}, { removes: false }],
  [{}, { "prune-backups": "" }, { removes: false }],
  [{ remove: false, "prune-backups": "keep-last=3" }, {}, { removes: false }],
] as const)("%j with %j: %j", async (params, defaults, expected) => {
  const { says: _, ...found } = await retention(params, defaults);
  expect(found).toEqual(expected);
});

it("has no rule where it could not be read", async () => {
  const read = async () => {
    throw new PveError("server", "no");
  };
  expect(await retentionOf(read, RUN, { node: "pve1" })).toMatchObject({ removes: true, unread: true });
  expect(await retentionOf(read, RUN, { node: "pve1" })).not.toHaveProperty("rule");
});

it("says whose rule it is", async () => {
  const rule = { "prune-backups": "keep-last=3" };
  expect((await retention(rule)).says).toBe("retention of the call is keep-last=3");
  expect((await retention({}, { storage: "nas", ...rule })).says).toBe(
    "retention of storage nas is keep-last=3",
  );
  const job = await retentionOf(async () => ({ data: null }), "POST /cluster/backup", rule);
  expect(job.says).toBe("retention of the job is keep-last=3");
});
