import { index } from "../args.ts";
import { die, type Handlers } from "../route.ts";

/** No node has Ceph's own packages: a Ceph storage is another cluster's. */
const without = (binary: string) => () => die(`binary not installed: /usr/bin/${binary}`);
const notInstalled = without("ceph-mon");

const REFUSED = `
  GET /cluster/ceph/flags
  GET /cluster/ceph/metadata
  GET /cluster/ceph/status
  GET /nodes/{node}/ceph/cfg/db
  GET /nodes/{node}/ceph/cfg/raw
  GET /nodes/{node}/ceph/cfg/value
  GET /nodes/{node}/ceph/cmd-safety
  GET /nodes/{node}/ceph/crush
  GET /nodes/{node}/ceph/fs
  GET /nodes/{node}/ceph/log
  GET /nodes/{node}/ceph/mds
  GET /nodes/{node}/ceph/mgr
  GET /nodes/{node}/ceph/mon
  GET /nodes/{node}/ceph/osd
  GET /nodes/{node}/ceph/pool
  GET /nodes/{node}/ceph/rules
  GET /nodes/{node}/ceph/status
  POST /nodes/{node}/ceph/osd
  POST /nodes/{node}/ceph/pool
  POST /nodes/{node}/ceph/restart
  POST /nodes/{node}/ceph/start
  POST /nodes/{node}/ceph/stop
  PUT /cluster/ceph/flags
  DELETE /nodes/{node}/ceph/fs/{name}
  DELETE /nodes/{node}/ceph/mds/{name}
  DELETE /nodes/{node}/ceph/mgr/{id}
  DELETE /nodes/{node}/ceph/mon/{monid}
  DELETE /nodes/{node}/ceph/osd/{osdid}
  DELETE /nodes/{node}/ceph/pool/{name}
  GET /cluster/ceph/flags/{flag}
  GET /nodes/{node}/ceph/osd/{osdid}/lv-info
  GET /nodes/{node}/ceph/osd/{osdid}/metadata
  GET /nodes/{node}/ceph/pool/{name}/status
  POST /nodes/{node}/ceph/fs/{name}
  POST /nodes/{node}/ceph/mon/{monid}
  POST /nodes/{node}/ceph/osd/{osdid}/in
  POST /nodes/{node}/ceph/osd/{osdid}/out
  POST /nodes/{node}/ceph/osd/{osdid}/scrub
  PUT /cluster/ceph/flags/{flag}
  PUT /nodes/{node}/ceph/pool/{name}
`;

/** Ceph (PVE::API2::Ceph): not installed. */
export const cephRoutes: Handlers = {
  ...Object.fromEntries(
    REFUSED.trim()
      .split("\n")
      .map((route) => [route.trim(), notInstalled]),
  ),
  "GET /cluster/ceph": () => index("name", "flags metadata restart-bulk status"),
  "GET /nodes/{node}/ceph": () =>
    index(
      "name",
      "cmd-safety cfg crush fs init log mds mgr mon osd pool releases restart restart-bulk rules start status stop",
    ),
  "GET /nodes/{node}/ceph/osd/{osdid}": () => index("name", "metadata lv-info"),
  "GET /nodes/{node}/ceph/pool/{name}": () => index("name", "status"),
  "POST /nodes/{node}/ceph/mgr/{id}": without("ceph-mgr"),
  "POST /nodes/{node}/ceph/mds/{name}": without("ceph-mds"),
  "POST /nodes/{node}/ceph/init": () => die("Ceph Nautilus required - please run 'pveceph install'"),
  "GET /nodes/{node}/ceph/cfg": () => index("name", "raw db value"),
};
