import { expect, it } from "vitest";
import { createLook } from "../look.ts";
import { retentionFinding } from "./backup-retention.ts";

/** The rules by which PVE's preview is asked what a retention removes. */
async function asked(rule: string): Promise<readonly unknown[]> {
  const rules: unknown[] = [];
  const look = createLook({
    send: async (_route, params) => {
      rules.push(params["prune-backups"]);
      return { data: [] };
    },
    guests: async () => [],
    tokenId: "root@pam!mcp",
  });
  const retention = { removes: true, says: `retention of the call is ${rule}`, rule };
  await retentionFinding(look, retention, { node: "pve1", storage: "nas" }, []);
  return rules;
}

it.each([
  ["keep-last=3", "keep-last=2"],
  ["keep-last=1,keep-weekly=2", "keep-weekly=2"],
  ["keep-daily=7,keep-last=2", "keep-daily=7,keep-last=1"],
  ["keep-daily=7", "keep-daily=7"],
  // Nothing but the new one stays: whatever is there goes.
  ["keep-last=1", "keep-last=1"],
])("before the new backup, %s counts as %s", async (rule, before) => {
  expect(await asked(rule)).toEqual([before]);
});
