import { describe, expect, it } from "vitest";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

const FINGERPRINT = Array(32).fill("AA").join(":");

describe("consoles", () => {
  it("open a port for whoever shows the ticket in time", async () => {
    const { call, clock } = simulated();
    const { data } = await call("POST /nodes/pve1/qemu/107/vncproxy", { websocket: 1 });
    expect(data.ticket).toBe(`${data.password}:${data.ticket.slice(9)}`);
    const open = (port: string, vncticket = data.ticket) =>
      call("GET /nodes/pve1/qemu/107/vncwebsocket", { port, vncticket });
    expect((await open(data.port)).data).toEqual({ port: data.port });
    expect((await open("5999")).status).toBe(401);
    expect((await open(data.port, "PVEVNC:6B029270::AA==")).message).toContain("invalid PVEVNC ticket");
    const told = { authid: "root@pam!mcp", vncticket: data.ticket, path: "/vms/107", privs: "VM.Console" };
    expect((await call("POST /access/vncticket", { ...told, port: data.port })).status).toBe(200);
    expect((await call("POST /access/vncticket", { ...told, port: 5999 })).status).toBe(401);
    clock.advance(60);
    expect((await open(data.port)).status).toBe(401);
  });

  it("of nodes are for users; a token has a terminal at most", async () => {
    const sim = simulated();
    const terminal = (await sim.call("POST /nodes/pve1/termproxy")).data;
    const { port, ticket } = terminal;
    expect((await sim.call("GET /nodes/pve1/vncwebsocket", { port, vncticket: ticket })).data).toEqual({
      port,
    });
    expect((await sim.call("POST /nodes/pve1/vncshell")).message).toBe(
      "value 'root@pam!mcp' does not look like a valid user name\n",
    );
    const root = loggedIn(sim);
    expect((await root("POST /nodes/pve1/vncshell", { websocket: 1 })).data).toHaveProperty("password");
    expect((await root("POST /nodes/pve1/spiceshell")).data).toMatchObject({
      type: "spice",
      title: "Shell on 'pve1'",
      proxy: "http://pve1.example.com:3128",
    });
  });

  it("by SPICE need a display for it", async () => {
    const { call, world } = simulated();
    const spice = "POST /nodes/pve1/qemu/107/spiceproxy";
    expect((await call(spice)).message).toBe("no spice port\n");
    Object.assign(world.guests.get(107)?.config ?? {}, { vga: "qxl" });
    expect((await call(spice)).data).toMatchObject({ "tls-port": 61000 });
    expect((await call("POST /nodes/pve3/lxc/204/spiceproxy")).message).toBe("CT 204 not running\n");
  });
});

describe("several calls in one", () => {
  it("answer each for itself", async () => {
    const sim = simulated();
    const execute = (commands: unknown) =>
      loggedIn(sim)("POST /nodes/pve1/execute", { commands: JSON.stringify(commands) });
    expect((await sim.call("POST /nodes/pve1/execute", { commands: "[]" })).status).toBe(403);
    const { data } = await execute([
      { method: "GET", path: "version" },
      { method: "GET", path: "qemu/999/config" },
      { method: "GET", path: "nothing" },
      { method: "PUT", path: "time", args: { timezone: "Mars/Base" } },
    ]);
    expect(data).toMatchObject([
      { status: 200, data: { release: "9.2" } },
      { status: 500, message: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist\n" },
      { status: 500, message: "no handler for 'nodes/pve1/nothing'\n" },
      { status: 400, errors: { timezone: "No such timezone" } },
    ]);
    expect((await execute({ method: "GET" })).status).toBe(400);
  });
});

describe("another cluster", () => {
  it("is out of reach, which PVE finds after its own checks", async () => {
    const { call } = simulated();
    const to = {
      "target-endpoint": `host=198.51.100.7,apitoken=PVEAPIToken=a@pam!b=c,fingerprint=${FINGERPRINT}`,
      "target-storage": "local",
      "target-bridge": "vmbr0",
    };
    const move = (guest: string, more = {}) =>
      call(`POST /nodes/pve1/${guest}/remote_migrate`, { ...to, ...more });
    expect((await move("qemu/107")).message).toBe("can't migrate running VM without --online\n");
    expect((await move("lxc/203")).message).toBe(
      "can't migrate running container without --online or --restart\n",
    );
    expect((await move("qemu/107", { online: 1 })).message).toBe(
      "500 Can't connect to 198.51.100.7:8006 (No route to host)\n",
    );
    expect((await move("qemu/107", { online: 1, "target-storage": "1" })).message).toBe(
      "remote migration requires explicit storage mapping!\n",
    );
    const managed = await call("POST /nodes/pve2/qemu/101/remote_migrate", { ...to, online: 1 });
    expect(managed.errors).toEqual({ vmid: "cannot remote-migrate VM that is configured for HA" });
  });

  it("would find a tunnel", async () => {
    const { call, world, finish } = simulated();
    expect((await call("POST /nodes/pve2/qemu/777/mtunnel")).errors).toEqual({
      node: "node needs to be 'localhost' or local hostname 'pve1'",
    });
    expect((await call("POST /nodes/pve1/qemu/107/mtunnel")).errors?.vmid).toContain("already exists");
    const { data } = await call("POST /nodes/pve1/qemu/777/mtunnel", { storages: "ceph-vm" });
    expect(world.guests.get(777)?.config).toEqual({ lock: "create" });
    const { socket, ticket } = data;
    expect((await call("GET /nodes/pve1/qemu/777/mtunnelwebsocket", { socket, ticket })).data).toEqual({
      socket: "/run/qemu-server/777.mtunnel",
    });
    expect((await finish(data.upid)).exitstatus).toBe("mtunnel exited unexpectedly");
    expect(world.guests.has(777)).toBe(false);
    expect((await call("POST /nodes/pve1/qemu/103/dbus-vmstate", { action: "start" })).errors).toEqual({
      node: "VM 103 not running locally on node 'pve1'",
    });
  });
});

describe("pictures of figures", () => {
  it("are PNGs of known values", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve1/rrd", { timeframe: "hour", ds: "cpu,iowait" });
    expect(data.filename).toBe("/var/lib/rrdcached/db/pve-node-9.0/pve1_cpu_iowait.png");
    expect(data.image.slice(1, 4)).toBe("PNG");
    expect((await call("GET /nodes/pve1/qemu/107/rrd", { timeframe: "day", ds: "nope" })).message).toBe(
      "RRD error: No DS called 'nope' in '/var/lib/rrdcached/db/pve-vm-9.0/107'\n",
    );
    expect((await call("GET /nodes/pve1/rrd", { timeframe: "day", ds: "cpu,netin,netout" })).status).toBe(
      500,
    );
  });
});
