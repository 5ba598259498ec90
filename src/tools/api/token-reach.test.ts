import { describe, expect, it } from "vitest";
import type { PermissionCheck } from "../../schema/endpoint.ts";
import { type Held, tokenReach } from "./token-reach.ts";

const AUDITOR: Held = {
  "/": { "Sys.Audit": 1 },
  "/vms/100": { "VM.Audit": 1 },
  "/storage": { "Datastore.Audit": 0 },
};
const may = (check: PermissionCheck, held: Held | undefined = AUDITOR) => tokenReach({ check }, held);

describe("whether a token may call an operation", () => {
  it.each<[PermissionCheck, unknown]>([
    [["perm", "/vms/{vmid}", ["VM.Audit"]], { may: "yes" }],
    [["perm", "/nodes/{node}", ["Sys.Audit"]], { may: "yes" }],
    [["perm", "/vms/{vmid}", ["VM.Audit", "VM.Clone"]], { may: "no", lacks: "VM.Clone on /vms/{vmid}" }],
    [["perm", "/vms/{vmid}", ["VM.Audit", "VM.Clone"], "any", 1], { may: "yes" }],
    [
      ["perm", "/storage/{storage}", ["Datastore.Audit"]],
      { may: "no", lacks: "Datastore.Audit on /storage/{storage}" },
    ],
    [["perm", "/storage", ["Datastore.Audit"]], { may: "yes" }],
    [
      ["and", ["perm", "/", ["Sys.Audit"]], ["perm", "/", ["Sys.Modify"]]],
      { may: "no", lacks: "Sys.Modify on /" },
    ],
    [["or", ["perm", "/", ["Sys.Audit"]], ["perm", "/", ["Sys.Modify"]]], { may: "yes" }],
    [["userid-group", ["User.Modify", "Sys.Audit"]], { may: "yes" }],
    [["userid-param", "self"], { may: "no" }],
    [["something-new", 1], { may: "unknown" }],
  ])("%j", (check, reach) => {
    expect(may(check)).toEqual(reach);
  });

  it("does not know what could not be read, but knows what needs no reading", () => {
    expect(tokenReach({ check: ["perm", "/", ["Sys.Audit"]] }, undefined)).toEqual({ may: "unknown" });
    expect(tokenReach({ user: "all" }, undefined)).toEqual({ may: "yes" });
    expect(tokenReach({}, AUDITOR)).toEqual({ may: "no" });
    expect(tokenReach({ user: "all", noToken: true }, AUDITOR)).toEqual({ may: "no" });
  });
});
