import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allRoutes, endpointOf } from "./endpoint-table.ts";
import type { Route } from "./routes.gen.ts";
import { type Issue, validate } from "./validate.ts";

/** Issues as PVE's `errors` map has them. */
function errorsOf(issues: readonly Issue[]): Record<string, string> {
  return Object.fromEntries(issues.map((one) => [one.param, one.pve]));
}

function check(route: Route, params: Record<string, unknown>): Record<string, string> {
  return errorsOf(validate(endpointOf(route), params));
}

const CREATE = "POST /nodes/{node}/qemu";
const NOT_DEFINED = "property is not defined in schema and the schema does not allow additional properties";
const MISSING = "property is missing and it is not optional";

/** Answers of a PVE 9.2.11 to calls its schema refuses. */
const ANSWERS: readonly [route: Route, params: Record<string, unknown>, errors: Record<string, string>][] = [
  [
    CREATE,
    { node: "pve", vmid: 99, memory: "lots", cores: 0, bogus: 1 },
    {
      memory: "invalid format - format error\nmemory.current: type check ('integer') failed - got 'lots'\n",
      vmid: "invalid format - value does not look like a valid VM ID\n",
      cores: "value must have a minimum value of 1",
      bogus: NOT_DEFINED,
    },
  ],
  [CREATE, { node: "pve", vmid: "abc" }, { vmid: "type check ('integer') failed - got 'abc'" }],
  [CREATE, { node: "pve", name: "x" }, { vmid: MISSING }],
  [
    "PUT /nodes/{node}/qemu/{vmid}/config",
    { node: "pve", vmid: 901, memory: "-5" },
    { memory: "invalid format - format error\nmemory.current: value must have a minimum value of 16\n" },
  ],
  [
    "GET /nodes/{node}/qemu/{vmid}/rrddata",
    { node: "pve", vmid: "901", timeframe: "decade" },
    { timeframe: "value 'decade' does not have a value in the enumeration 'hour, day, week, month, year'" },
  ],
  [
    "POST /cluster/backup",
    { schedule: "whenever", vmid: "901" },
    {
      schedule:
        "invalid format - invalid calendar event 'whenever' - unable to parse calendar event at 'whenever' - Context(\"weekday\")\n\n",
    },
  ],
  [
    "GET /cluster/jobs/schedule-analyze",
    { schedule: "never ever" },
    {
      schedule:
        "invalid format - invalid calendar event 'never ever' - unable to parse calendar event at 'never' - Context(\"weekday\")\n\n",
    },
  ],
  ["PUT /cluster/ha/rules/{rule}", { rule: "keep-a", comment: "x" }, { type: MISSING, comment: NOT_DEFINED }],
  [
    "POST /cluster/firewall/rules",
    { action: "ACCEPT", type: "in", dport: "99999" },
    { dport: "invalid format - invalid port '99999'\n" },
  ],
  ["POST /nodes/{node}/lxc", { node: "pve", vmid: 913 }, { ostemplate: MISSING }],
  ["GET /cluster/log", { max: "abc" }, { max: "type check ('integer') failed - got 'abc'" }],
  [
    "POST /nodes/{node}/storage/{storage}/download-url",
    { node: "pve", storage: "local", url: "ftp://x/y.iso", content: "iso", filename: "y.iso" },
    { url: "value does not match the regex pattern" },
  ],
];

describe("validate in PVE's words", () => {
  it.each(ANSWERS)("%s %j", (route, params, errors) => expect(check(route, params)).toEqual(errors));

  it("names the services it knows", () => {
    expect(
      check("POST /nodes/{node}/services/{service}/restart", { node: "pve", service: "nosuch" }).service,
    ).toMatch(/^value 'nosuch' does not have a value in the enumeration 'chrony, corosync, /);
  });

  it.each([
    [{ onboot: "true" }, { onboot: "type check ('boolean') failed - got 'true'" }],
    [{ onboot: "" }, { onboot: "type check ('boolean') failed - got ''" }],
    [{ cores: 1.5 }, { cores: "type check ('integer') failed - got '1.5'" }],
    [{ cores: "" }, { cores: "type check ('integer') failed - got ''" }],
    [{ cores: [1] }, { cores: "type check ('integer') failed - got ARRAY" }],
    [{ name: { a: 1 } }, { name: "type check ('string') failed - got HASH" }],
    [
      { name: "a".repeat(300), description: "x".repeat(9000) },
      { description: "value may only be 8192 characters long" },
    ],
    [{ vmgenid: "x" }, { vmgenid: "value does not match the regex pattern" }],
    [{ net40: "virtio" }, { net40: NOT_DEFINED }],
    [{ net0: "virtio,brige=vmbr0" }, { net0: `invalid format - format error\nnet0.brige: ${NOT_DEFINED}\n` }],
    [
      { net0: "virtio,tag=0,queues=99" },
      {
        net0: "invalid format - format error\nnet0.queues: value must have a maximum value of 64\nnet0.tag: value must have a minimum value of 1\n",
      },
    ],
    [
      { scsi0: "nowhere" },
      {
        scsi0:
          "invalid format - format error\nscsi0.file: invalid format - unable to parse volume ID 'nowhere'\n\n",
      },
    ],
    [{ tags: "a;-b" }, { tags: "invalid format - invalid characters in tag\n" }],
    [
      { boot: "order=scsi99" },
      {
        boot: "invalid format - format error\nboot.order: invalid format - invalid boot device 'scsi99'\n\n",
      },
    ],
    [{ "live-restore": 1, "ha-managed": "x" }, { "ha-managed": "type check ('boolean') failed - got 'x'" }],
  ] as [Record<string, unknown>, Record<string, string>][])("create a VM with %j", (params, errors) => {
    const found = check(CREATE, { node: "pve", vmid: 100, ...params });
    expect(found).toMatchObject(errors);
  });

  it("files what another parameter requires under the missing one", () => {
    expect(check("POST /cluster/backup", { dow: "mon" })).toEqual({
      starttime: "missing property required by 'dow'",
    });
  });

  it("checks lists entry by entry", () => {
    const endpoint = "POST /cluster/notifications/endpoints/sendmail";
    expect(check(endpoint, { name: "m1", mailto: ["a@b.example", "a b"] })).toEqual({
      "mailto[1]": "invalid format - value does not look like a valid email address or user name\n",
    });
    expect(check(endpoint, { name: "m1", mailto: "root" })).toEqual({});
    expect(check(endpoint, { name: "m1", mailto: "" })).toEqual({ mailto: "type check ('array') failed" });
  });

  it("checks across the keys of a property string", () => {
    const storage = { node: "pve", storage: "local" };
    const prune = "DELETE /nodes/{node}/storage/{storage}/prunebackups";
    expect(check(prune, { ...storage, "prune-backups": "keep-all=1,keep-last=2" })).toEqual({
      "prune-backups": "invalid format - keep-all cannot be set together with other options.\n",
    });
    expect(check("POST /cluster/backup", { fleecing: "1" })).toEqual({
      fleecing: "invalid format - 'storage' parameter is required when 'enabled' is set\n",
    });
  });
});

describe("parameters that depend on a type", () => {
  const rule = { rule: "r1", resources: "vm:100" };

  it("takes those of the type given", () => {
    expect(
      check("POST /cluster/ha/rules", { ...rule, type: "node-affinity", nodes: "pve1:2", strict: 1 }),
    ).toEqual({});
    expect(
      check("PUT /cluster/ha/rules/{rule}", { rule: "r1", type: "resource-affinity", affinity: "negative" }),
    ).toEqual({});
  });

  it("refuses those of another type", () => {
    const issues = validate(endpointOf("POST /cluster/ha/rules"), {
      ...rule,
      type: "node-affinity",
      affinity: "positive",
    });
    expect(errorsOf(issues)).toEqual({ affinity: NOT_DEFINED });
    expect(issues[0]).toMatchObject({
      code: "instance",
      message: expect.stringContaining("resource-affinity"),
    });
  });

  it("knows only the common ones when the type is missing or wrong", () => {
    expect(
      check("PUT /cluster/ha/rules/{rule}", { rule: "r1", digest: "0", delete: "comment", strict: 1 }),
    ).toEqual({
      type: MISSING,
      strict: NOT_DEFINED,
    });
    expect(check("POST /cluster/ha/rules", { ...rule, type: "affinity" })).toMatchObject({
      resources: NOT_DEFINED,
      type: expect.stringMatching(/^value 'affinity' does not have a value/),
    });
  });

  it("chooses among alternatives", () => {
    const fabric = "PUT /cluster/sdn/fabrics/fabric/{id}";
    expect(check(fabric, { id: "f1", protocol: "ospf", delete: ["area"] })).toEqual({});
    expect(check(fabric, { id: "f1", protocol: "openfabric", delete: ["area"] })).toEqual({
      "delete[0]": expect.stringContaining("value 'area' does not have a value in the enumeration"),
    });
  });
});

describe("validate for a model", () => {
  it.each([
    [{ memmory: 512 }, "memory", "did you mean 'memory'?"],
    [{ bios: "uefi" }, undefined, "must be one of seabios, ovmf, got 'uefi'"],
    [{ ostype: "win-10" }, "win10", "did you mean"],
    [{ net0: "virtio,brige=vmbr0" }, "bridge", "'net0' has no key 'brige', did you mean 'bridge'?"],
    [{ net40: "virtio" }, undefined, "they go from net0 to net31"],
    [{ onboot: "yes please" }, undefined, "'onboot' must be true or false (1 or 0), got 'yes please'"],
    [{ vmid: 7 }, undefined, "(a number from 100 to 999999999)"],
  ] as [Record<string, unknown>, string | undefined, string][])("%j", (params, near, message) => {
    const [found] = validate(endpointOf(CREATE), { node: "pve", vmid: 100, ...params });
    expect(found?.message).toContain(message);
    if (near) expect(found?.nearest).toBe(near);
  });

  it("does not repeat secrets", () => {
    const [found] = validate(endpointOf("POST /access/users"), { userid: "a@pve", password: "abc" });
    expect(found).toMatchObject({ param: "password", code: "minLength" });
    expect(found?.message).not.toContain("abc");
  });
});

describe("validate", () => {
  it("takes JavaScript values and form strings alike", () => {
    const text = { node: "pve", vmid: "100", cores: "+2", onboot: "1", kvm: "0", tags: "a,b", memory: "512" };
    const typed = {
      node: "pve",
      vmid: 100,
      cores: 2,
      onboot: true,
      kvm: false,
      tags: ["a", "b"],
      memory: 512,
    };
    expect(check(CREATE, text)).toEqual({});
    expect(check(CREATE, typed)).toEqual({});
  });

  it("takes undefined and null as not given, and anything unlisted where PVE does", () => {
    expect(check(CREATE, { node: "pve", vmid: 100, cores: undefined, name: null, bogus: undefined })).toEqual(
      {},
    );
    expect(check("GET /cluster/sdn/fabrics/all", { bogus: 1 })).toEqual({});
  });

  it("never throws and always explains itself, for every route", () => {
    const routes = fc.constantFrom(...(allRoutes() as readonly Route[]));
    fc.assert(
      fc.property(routes, fc.array(fc.jsonValue()), fc.nat(), (route, values, pick) => {
        const endpoint = endpointOf(route);
        const names = [...Object.keys(endpoint.params), "__proto__", "net0", "toString"];
        const params: Record<string, unknown> = Object.create(null);
        for (const [index, value] of values.entries())
          params[names[(pick + index) % names.length] ?? ""] = value;
        for (const one of validate(endpoint, params)) {
          expect(one.pve).not.toBe("");
          expect(one.message).toMatch(/\S/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("stays short, whatever it is given", () => {
    const texts = ["x".repeat(10_000), "a=b,".repeat(2500), "\u0000\n".repeat(5000), "x=".repeat(5000)];
    for (const route of allRoutes() as readonly Route[]) {
      const endpoint = endpointOf(route);
      const names = Object.keys(endpoint.params).map((name) => name.replace("[n]", "0"));
      for (const text of texts) {
        const params = Object.fromEntries([...names, text].map((name) => [name, text]));
        for (const one of validate(endpoint, params)) {
          expect(one.message.length, `${route} ${one.param.slice(0, 40)}`).toBeLessThan(1300);
          expect(one.message).not.toMatch(/\p{Cc}/u);
        }
      }
    }
  });
});

it("shows no credentials of a URL, also where it cuts it", () => {
  const http_proxy = `ftp://user:${"S3cret".repeat(20)}@proxy:3128`;
  const [issue] = validate(endpointOf("PUT /cluster/options"), { http_proxy });
  expect(issue?.message).toContain("ftp://…@proxy:3128");
  expect(issue?.message).not.toContain("S3cret");
});
