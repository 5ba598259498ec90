import { type Operation, type Operations, WRITE, WRITE_LOSS } from "./operation.ts";

const execute = (says: string): Operation => ({ effect: "execute", risk: "none", says });
const handsOut = (says: string): Operation => ({ ...WRITE, says });
const opens = (says: string): Operation => ({ ...WRITE_LOSS, says });

const CONSOLE = opens("opens a console of the guest");
const TUNNEL = opens("opens the tunnel of a migration");
const DIRECTORY = execute("connects the node to the ACME directory it is given");
const CEPH = handsOut("may show passwords of Ceph's services");
const SERVER = execute("connects the node to the server it is given");

/** GETs that are no plain reads: they open or hand out access, credentials or files, or make the node connect elsewhere. */
export const MORE_THAN_READS = {
  "GET /cluster/acme/meta": DIRECTORY,
  "GET /cluster/acme/tos": DIRECTORY,
  "GET /nodes/{node}/apt/changelog": execute("fetches from the package sources of the node"),
  "GET /nodes/{node}/ceph/cfg/db": CEPH,
  "GET /nodes/{node}/ceph/cfg/raw": CEPH,
  "GET /nodes/{node}/ceph/cfg/value": CEPH,
  "GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket": TUNNEL,
  "GET /nodes/{node}/lxc/{vmid}/vncwebsocket": CONSOLE,
  "GET /nodes/{node}/qemu/{vmid}/agent/file-read": handsOut("hands out files of the guest"),
  "GET /nodes/{node}/qemu/{vmid}/mtunnelwebsocket": TUNNEL,
  "GET /nodes/{node}/qemu/{vmid}/vncwebsocket": CONSOLE,
  "GET /nodes/{node}/query-oci-repo-tags": execute("connects the node to the registry it is given"),
  "GET /nodes/{node}/query-url-metadata": execute("connects the node to the URL it is given"),
  // It prints files as they are: what is secret in them stands under no name of its own.
  "GET /nodes/{node}/report": handsOut("hands out the node's configuration, credentials in it included"),
  "GET /nodes/{node}/scan/cifs": SERVER,
  "GET /nodes/{node}/scan/iscsi": SERVER,
  "GET /nodes/{node}/scan/nfs": SERVER,
  "GET /nodes/{node}/scan/pbs": SERVER,
  "GET /nodes/{node}/storage/{storage}/file-restore/download": handsOut("hands out files of a guest"),
  // A disk's backup is opened in a machine of its own on the node.
  "GET /nodes/{node}/storage/{storage}/file-restore/list": execute("opens a guest's backup on the node"),
  "GET /nodes/{node}/vncwebsocket": opens("opens a shell on the node"),
} satisfies Operations;
