import { describe, expect, test } from "vitest";
import { touched } from "../../../tests/support/touch-text.ts";
import { allRoutes } from "../../schema/endpoint-table.ts";
import { CATALOGUE } from "../../tools/catalogue.ts";
import { classify } from "../effect.ts";
import { MORE_THAN_READS } from "./operations-reads.ts";

const QEMU = "/nodes/{node}/qemu/{vmid}";
const BACKUP = "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst";

describe("a GET that is more than a read", () => {
  test.each([
    ["GET /cluster/acme/meta", "execute", /connects/],
    ["GET /cluster/acme/tos", "execute", /connects/],
    ["GET /nodes/{node}/query-url-metadata", "execute", /connects/],
    ["GET /nodes/{node}/query-oci-repo-tags", "execute", /connects/],
    ["GET /nodes/{node}/scan/nfs", "execute", /connects/],
    ["GET /nodes/{node}/scan/cifs", "execute", /connects/],
    ["GET /nodes/{node}/scan/pbs", "execute", /connects/],
    ["GET /nodes/{node}/scan/iscsi", "execute", /connects/],
    ["GET /nodes/{node}/apt/changelog", "execute", /connects|fetches/],
    ["GET /nodes/{node}/storage/{storage}/file-restore/list", "execute", /opens/],
    ["GET /nodes/{node}/storage/{storage}/file-restore/download", "write", /files/],
    [`GET ${QEMU}/agent/file-read`, "write", /files/],
    ["GET /nodes/{node}/report", "write", /credentials/],
    ["GET /nodes/{node}/ceph/cfg/db", "write", /passwords/],
    ["GET /nodes/{node}/ceph/cfg/raw", "write", /passwords/],
    ["GET /nodes/{node}/ceph/cfg/value", "write", /passwords/],
    [`GET ${QEMU}/vncwebsocket`, "write", /console/],
    ["GET /nodes/{node}/lxc/{vmid}/vncwebsocket", "write", /console/],
    ["GET /nodes/{node}/vncwebsocket", "write", /console|shell/],
    [`GET ${QEMU}/mtunnelwebsocket`, "write", /tunnel/],
    ["GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket", "write", /tunnel/],
  ])("%s: %s", (route, effect, reason) => {
    expect(classify(route)).toMatchObject({ effect, reason: expect.stringMatching(reason) });
  });

  test("has a reason each, and exists", () => {
    const known = new Set(allRoutes());
    for (const [route, operation] of Object.entries(MORE_THAN_READS)) {
      expect(known.has(route), route).toBe(true);
      expect(operation.effect, route).not.toBe("read");
      expect(operation.says, route).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test("is none of those that show what is redacted, or local to the node", () => {
    for (const route of [
      "GET /cluster/acme/plugins/{id}",
      "GET /cluster/acme/directories",
      `GET ${QEMU}/cloudinit/dump`,
      "GET /nodes/{node}/scan/lvm",
      "GET /nodes/{node}/scan/zfs",
      "GET /storage/{storage}",
    ])
      expect(classify(route), route).toEqual({ effect: "read", risk: "none" });
  });

  test("is sent by no tool that is taken for a read", () => {
    for (const { name, route, also = [], reads = [], compare } of CATALOGUE) {
      const sent = [route, ...also, ...reads, ...(compare ? [compare.route] : [])];
      const more = sent.filter((one) => one.startsWith("GET ") && classify(one).effect !== "read");
      expect(more, name).toEqual([]);
    }
  });

  test("is no mere read of what it reaches", () => {
    const at = { node: "pve1", storage: "backup", vmid: 103, volume: BACKUP, filepath: "/" };
    expect(touched("GET /nodes/{node}/storage/{storage}/file-restore/download", at)).toContain(
      "guest 103 change",
    );
    expect(touched("GET /nodes/{node}/storage/{storage}/file-restore/list", at)).toContain(
      "guest 103 change",
    );
    expect(touched(`GET ${QEMU}/agent/file-read`, at)).toEqual(["guest 103 change"]);
    expect(touched("GET /nodes/{node}/scan/nfs", at)).toEqual(["node pve1 change"]);
    expect(touched("GET /nodes/{node}/query-url-metadata", at)).toEqual(["node pve1 change"]);
    expect(touched("GET /cluster/acme/tos", at)).toEqual(["cluster"]);
  });
});
