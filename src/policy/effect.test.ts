import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRoutes } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { classify, classOf, isClassified, mayLose } from "./effect.ts";
import { MORE_THAN_READS } from "./operations/operations-reads.ts";

const QEMU = "/nodes/{node}/qemu/{vmid}";

describe("a route by itself", () => {
  test.each([
    ["GET /nodes", "read", "none"],
    [`GET ${QEMU}/config`, "read", "none"],
    [`POST ${QEMU}/status/start`, "execute", "none"],
    [`POST ${QEMU}/status/shutdown`, "execute", "none"],
    [`POST ${QEMU}/status/stop`, "execute", "loss"],
    [`POST ${QEMU}/status/reset`, "execute", "loss"],
    [`POST ${QEMU}/migrate`, "execute", "none"],
    ["POST /nodes/{node}/vzdump", "execute", "none"],
    ["POST /nodes/{node}/services/{service}/stop", "execute", "loss"],
    ["DELETE /nodes/{node}/tasks/{upid}", "execute", "loss"],
    ["POST /nodes/{node}/qemu", "write", "none"],
    [`PUT ${QEMU}/config`, "write", "none"],
    [`POST ${QEMU}/snapshot`, "write", "none"],
    [`DELETE ${QEMU}`, "write", "loss"],
    [`POST ${QEMU}/snapshot/{snapname}/rollback`, "write", "loss"],
    ["DELETE /nodes/{node}/storage/{storage}/content/{volume}", "write", "loss"],
    ["PUT /nodes/{node}/network", "write", "loss"],
    ["PUT /access/acl", "write", "loss"],
    ["POST /nodes/{node}/execute", "write", "loss"],
    ["POST /nodes/{node}/status", "write", "loss"],
  ])("%s: %s, %s", (route, effect, risk) => {
    expect(classify(route)).toEqual({ effect, risk });
  });

  test("every GET of the table is a read but those that are listed as more, and nothing else is", () => {
    for (const route of allRoutes()) {
      const more = Object.hasOwn(MORE_THAN_READS, route);
      expect(classify(route).effect === "read", route).toBe(route.startsWith("GET ") && !more);
    }
  });

  test("without arguments the class is known without the endpoint table", () => {
    for (const route of allRoutes()) expect(classOf(route as Route), route).toEqual(classify(route));
  });

  test("what goes into a guest, opens a console or hands out a ticket is never less than a write", () => {
    const reaching =
      /(agent(\/.*)?|monitor|sendkey|vncproxy|termproxy|spiceproxy|vncshell|spiceshell|websocket|ticket|token\/\{tokenid\}|execute)$/;
    const routes = allRoutes().filter((route) => /^(POST|PUT) /.test(route) && reaching.test(route));
    expect(routes.length).toBeGreaterThan(25);
    for (const route of routes) expect(classify(route).effect, route).toBe("write");
  });

  test("what may lose something by its arguments is known before they are", () => {
    expect(mayLose("PUT /nodes/{node}/qemu/{vmid}/config")).toBe(true);
    expect(mayLose("DELETE /nodes/{node}/qemu/{vmid}")).toBe(true);
    expect(mayLose("POST /nodes/{node}/qemu/{vmid}/snapshot")).toBe(false);
    expect(mayLose("GET /nodes")).toBe(false);
  });

  test("no DELETE is without risk", () => {
    for (const route of allRoutes().filter((one) => one.startsWith("DELETE ")))
      expect(classify(route).risk, route).toBe("loss");
  });

  test("what no table names is a write with risk of loss", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("toString", "constructor", "__proto__", "hasOwnProperty"),
    );
    fc.assert(
      fc.property(
        word,
        fc.constantFrom("GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "get ", ""),
        (text, method) => {
          expect(classify(method + text)).toEqual({ effect: "write", risk: "loss" });
          expect(isClassified(method + text)).toBe(false);
        },
      ),
    );
  });
});

describe("arguments raise it", () => {
  const CONFIG = `PUT ${QEMU}/config`;
  const VZDUMP = "POST /nodes/{node}/vzdump";
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    [`POST ${QEMU}/status/start`, { skiplock: true }, "write", /skiplock/],
    [`POST ${QEMU}/status/start`, { skiplock: "yes" }, "write", /skiplock/],
    [`POST ${QEMU}/status/stop`, { "overrule-shutdown": 1 }, "execute", /overrule-shutdown/],
    [`POST ${QEMU}/status/shutdown`, { forceStop: "1" }, "execute", /cuts the power/],
    ["POST /cluster/bulk-action/guest/shutdown", { "force-stop": true }, "execute", /cuts the power/],
    [VZDUMP, { "prune-backups": "keep-last=1" }, "write", /removes older backups/],
    [VZDUMP, { remove: "true" }, "write", /deletes older backups/],
    [VZDUMP, { script: "/bin/x" }, "write", /runs a program/],
    [VZDUMP, { dumpdir: "/etc" }, "write", /dumpdir/],
    [VZDUMP, { tmpdir: "/etc" }, "write", /tmpdir/],
    [VZDUMP, { stop: true }, "write", /ends running backups/],
    [CONFIG, { delete: "unused0" }, "write", /disk/],
    [CONFIG, { delete: "name,scsi1" }, "write", /disk/],
    [CONFIG, { delete: "name;efidisk0" }, "write", /disk/],
    [CONFIG, { delete: "name\tunused0" }, "write", /disk/],
    [CONFIG, { delete: "name\nunused0" }, "write", /disk/],
    [CONFIG, { delete: "name\0unused0" }, "write", /disk/],
    [CONFIG, { delete: ["name", "virtio3"] }, "write", /disk/],
    ["PUT /nodes/{node}/lxc/{vmid}/config", { delete: "mp0" }, "write", /disk/],
    ["POST /nodes/{node}/qemu", { force: true }, "write", /overwrites/],
    ["POST /nodes/{node}/lxc", { force: true }, "write", /overwrites/],
    [`POST ${QEMU}/move_disk`, { delete: true }, "write", /source volume/],
    ["PUT /access/acl", { delete: true }, "write", /takes access away/],
    ["PUT /access/users/{userid}", { enable: false }, "write", /locks the user out/],
    ["PUT /access/users/{userid}", { enable: "off" }, "write", /locks the user out/],
    ["PUT /cluster/ha/resources/{sid}", { state: "stopped" }, "write", /may stop the guest/],
    ["PUT /pools", { delete: true }, "write", /out of the pool/],
  ])("%s with %j: %s, risk of loss", (route, params, effect, reason) => {
    expect(classify(route, params)).toEqual({ effect, risk: "loss", reason: expect.stringMatching(reason) });
  });

  test.each<[string, Record<string, unknown>]>([
    [`POST ${QEMU}/status/start`, { skiplock: false }],
    [`POST ${QEMU}/status/start`, { skiplock: "0", timeout: 60 }],
    [`POST ${QEMU}/status/shutdown`, { forceStop: 0, timeout: 60 }],
    [VZDUMP, { remove: 0, mode: "snapshot", storage: "local", stop: "no" }],
    [CONFIG, { delete: "name,description", memory: 2048 }],
    [CONFIG, { delete: "scsihw" }],
    [CONFIG, { description: "delete unused0" }],
    ["POST /nodes/{node}/qemu", { force: false, archive: "local:backup/x" }],
    ["PUT /access/users/{userid}", { enable: true, comment: "x" }],
    ["PUT /cluster/ha/resources/{sid}", { state: "started" }],
    ["PUT /pools", { vms: "100", delete: false }],
  ])("%s with %j does not", (route, params) => {
    expect(classify(route, params)).toEqual(classify(route));
    expect(classify(route, params).risk).toBe("none");
  });
});
