import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coerce } from "./coerce.ts";
import { endpointOf } from "./endpoint-table.ts";
import type { Route } from "./routes.gen.ts";
import { validate } from "./validate.ts";

const CREATE = "POST /nodes/{node}/qemu";

describe("coerce", () => {
  it.each([
    [CREATE, { vmid: "100", cores: " 4 ", name: 12 }, { vmid: 100, cores: 4, name: "12" }],
    [
      CREATE,
      { onboot: "yes", kvm: "Off", acpi: 1, start: "false" },
      { onboot: true, kvm: false, acpi: true, start: false },
    ],
    [CREATE, { onboot: "maybe", cores: "many" }, { onboot: "maybe", cores: "many" }],
    [CREATE, { net0: { model: "virtio", bridge: "vmbr0" } }, { net0: "virtio,bridge=vmbr0" }],
    [
      CREATE,
      { cpu: { cputype: "host", hidden: true }, boot: { order: ["scsi0", "net0"] } },
      { cpu: "host,hidden=1", boot: "order=scsi0;net0" },
    ],
    [CREATE, { memory: 2048, agent: true, hotplug: false }, { memory: "2048", agent: "1", hotplug: "0" }],
    [CREATE, { tags: ["a", "b"], description: true }, { tags: "a,b", description: true }],
    [CREATE, { net0: { model: "virtio", bridge: "a,b" } }, { net0: { model: "virtio", bridge: "a,b" } }],
    [CREATE, { bogus: "1", vmid: null }, { bogus: "1", vmid: null }],
    [
      "POST /nodes/{node}/vzdump",
      { vmid: [100, 101], "prune-backups": { "keep-last": 3 } },
      { vmid: "100,101", "prune-backups": "keep-last=3" },
    ],
    ["POST /nodes/{node}/qemu/{vmid}/agent/exec", { command: "ls" }, { command: ["ls"] }],
    ["POST /cluster/bulk-action/guest/start", { vms: ["100", 101] }, { vms: [100, 101] }],
  ] as [Route, Record<string, unknown>, Record<string, unknown>][])("%s %j", (route, given, expected) => {
    const before = structuredClone(given);
    expect(coerce(endpointOf(route), given)).toEqual(expected);
    expect(given).toEqual(before);
  });

  it("keeps digits that a number would change", () => {
    expect(coerce(endpointOf(CREATE), { vmid: "99999999999999999999" })).toEqual({
      vmid: "99999999999999999999",
    });
  });

  it("never throws, is stable, and never makes a good value bad", () => {
    const endpoint = endpointOf(CREATE);
    const names = fc.oneof(
      fc.constantFrom(...Object.keys(endpoint.params), "net0", "scsi1", "__proto__"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (given) => {
        const once = coerce(endpoint, given);
        expect(coerce(endpoint, once)).toEqual(once);
        const bad = new Set(validate(endpoint, given).map((one) => one.param.replace(/\[.*/, "")));
        for (const one of validate(endpoint, once)) expect(bad).toContain(one.param.replace(/\[.*/, ""));
      }),
    );
  });
});
