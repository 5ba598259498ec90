import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type AskedForm, type ConnectOptions, codeIn, connect } from "../support/mcp.ts";

const demo = async (options: ConnectOptions = {}) => {
  const world = clusterWorld(new VirtualClock(1_795_330_000));
  return { world, connected: await connect(world, DEMO_TOKENS.admin, options) };
};

describe("a plan of very much", () => {
  /** The demo cluster with 130 more VMs, all of them running, every tenth with a long name. */
  const many = async (options: ConnectOptions = {}) => {
    const one = await demo(options);
    const model = one.world.guests.get(100);
    if (!model) throw new Error("the demo cluster has no VM 100");
    for (let vmid = 2000; vmid < 2130; vmid++)
      one.world.guests.set(vmid, { ...model, vmid, config: { name: `load-${vmid}`, memory: "512" } });
    return { ...one, vms: Array.from({ length: 130 }, (_, at) => 2000 + at) };
  };

  it("names every guest once, with their number first, and gives the request whole", async () => {
    const { connected, vms, requests } = await many().then((one) => ({
      ...one,
      requests: one.connected.requests,
    }));
    const before = requests.length;
    const { text } = await connected.call("pve_bulk_shutdown_guests", { vms });
    expect(text).toMatch(/^- Shuts down 130 guests\b/m);
    expect(vms.filter((vmid) => !text.includes(`VM ${vmid} (load-${vmid})`))).toEqual([]);
    expect(text.match(/VM 2077 \(load-2077\)/g)).toHaveLength(1);
    expect(text).toMatch(/^Sends: POST \/cluster\/bulk-action\/guest\/shutdown vms=2000-2129$/m);
    expect(text.length).toBeLessThan(12_000);
    const asked = requests.slice(before).filter(({ path }) => path.includes("/access/permissions"));
    expect(asked.length).toBeLessThanOrEqual(8);
    const { isError } = await connected.call("pve_bulk_shutdown_guests", { vms, confirm: codeIn(text) });
    expect(isError).toBe(false);
    await connected.close();
  });

  it("gives ids whole that are no range", async () => {
    const { connected, vms } = await many();
    const odd = vms.filter((vmid) => vmid % 2 === 1);
    const { text } = await connected.call("pve_bulk_shutdown_guests", { vms: odd, dry_run: true });
    expect(text).toContain(`vms=${odd.join(",")}`);
    await connected.close();
  });

  it("is cut in the middle for a person, who still reads what is minded, lost and sent", async () => {
    const forms: AskedForm[] = [];
    const { connected, vms } = await many({
      era: "2025",
      person: (form) => {
        forms.push(form);
        return { action: "decline" };
      },
    });
    await connected.call("pve_bulk_shutdown_guests", { vms });
    const lines = forms[0]?.message.split("\n") ?? [];
    expect(lines[0]).toBe("Bulk shutdown?");
    expect(lines.join("\n")).toMatch(/^- Shuts down 130 guests.*: VM 2000 .* and \d+ more\.$/m);
    expect(lines.at(-2)).toMatch(/^- Cannot be undone: /);
    expect(lines.at(-1)).toBe("Sends: POST /cluster/bulk-action/guest/shutdown");
    expect(forms[0]?.message.length).toBeLessThan(1_600);
    await connected.close();
  });
});

describe("what a person is asked", () => {
  const formOf = async (name: string, args: Record<string, unknown>) => {
    const forms: AskedForm[] = [];
    const { connected } = await demo({
      era: "2025",
      env: { PVE_CONFIRM: "all" },
      person: (form) => {
        forms.push(form);
        return { action: "decline" };
      },
    });
    const { text } = await connected.call(name, args);
    await connected.close();
    return forms[0]?.message ?? text;
  };

  it.each([
    [
      "pve_create_storage",
      { storage: "s2", type: "nfs", params: { server: "evil.example", export: "/x" } },
      ["type nfs", "server evil.example", "export /x"],
    ],
    [
      "pve_create_network",
      { node: "pve1", iface: "vmbr9", type: "bridge", params: { cidr: "10.9.0.1/24", bridge_ports: "eno4" } },
      ["type bridge", "cidr 10.9.0.1/24", "bridge_ports eno4"],
    ],
    [
      "pve_create_user",
      { userid: "x@pve", params: { expire: 1_900_000_000, comment: "let me in" } },
      ["expire 2030-03-17 17:46 UTC", "comment “let me in”"],
    ],
    [
      "pve_create_qemu_vm",
      {
        node: "pve1",
        vmid: 777,
        cores: 2,
        params: { scsi0: "local-lvm:32,iothread=1", net0: "virtio,bridge=vmbr0,tag=7", agent: "1" },
      },
      ["cores 2", "scsi0 32 GiB on local-lvm (iothread=1)", "net0 virtio,bridge=vmbr0,tag=7", "agent 1"],
    ],
    ["pve_create_pool", { poolid: "lab", comment: "for trials" }, ["comment “for trials”"]],
    [
      "pve_create_backup_job",
      {
        schedule: "sun 01:00",
        storage: "backup",
        vmid: "100",
        params: { compress: "zstd", fleecing: "enabled=1,storage=ceph-vm" },
      },
      ["compress zstd", "fleecing enabled=1,storage=ceph-vm"],
    ],
  ])("of %s %j has its settings", async (name, args, said) => {
    const form = await formOf(name, args);
    for (const one of said) expect(form).toContain(one);
    expect(form).toMatch(/\nSends: POST \/\S+$/);
  });

  it.each([
    ["pve_update_storage", { storage: "nas-iso", content: "iso" }, "content: iso,vztmpl,snippets → iso"],
    ["pve_update_qemu_config", { vmid: 103, memory: 2048 }, "memory: 4096 MiB → 2048 MiB"],
    [
      "pve_update_cluster_options",
      {
        keyboard: "de",
        params: { language: "de", console: "html5", http_proxy: "http://proxy:3128", mac_prefix: "BC:24:12" },
      },
      "mac_prefix: BC:24:11 → BC:24:12",
    ],
  ])("of %s %j has what was before, and what is then", async (name, args, said) => {
    expect(await formOf(name, args)).toContain(said);
  });

  it("has no secret", async () => {
    const form = await formOf("pve_create_qemu_vm", {
      node: "pve1",
      vmid: 777,
      params: { cipassword: "s3cr3t-pass" },
    });
    expect(form).toContain("cipassword (hidden)");
    expect(form).not.toContain("s3cr3t");
  });
});

describe("a plan of something new", () => {
  it.each([
    [
      "pve_create_storage",
      { storage: "s2", type: "nfs", params: { server: "nas.example", export: "/x" } },
      ["nas.example"],
    ],
    [
      "pve_create_qemu_vm",
      { node: "pve1", vmid: 777, cores: 2, params: { net0: "virtio,bridge=vmbr0" } },
      ["virtio,bridge=vmbr0"],
    ],
    ["pve_create_user", { userid: "x@pve", params: { comment: "let me in" } }, ["let me in"]],
    ["pve_update_storage", { storage: "nas-iso", content: "iso" }, ["iso,vztmpl,snippets"]],
  ])("%s %j says each thing once", async (name, args, once) => {
    const { connected } = await demo();
    const { text } = await connected.call(name, { ...args, dry_run: true });
    for (const one of once) expect(text.split(one), text).toHaveLength(2);
    await connected.close();
  });
});

describe("what a plan lists is part of what is confirmed", () => {
  /** Confirms a call after somebody else has changed something. */
  const afterwards = async (
    name: string,
    args: Record<string, unknown>,
    meanwhile: (world: ReturnType<typeof clusterWorld>) => void,
  ) => {
    const { world, connected } = await demo({ env: { PVE_CONFIRM: "all" } });
    const first = await connected.call(name, args);
    meanwhile(world);
    const second = await connected.call(name, { ...args, confirm: codeIn(first.text) });
    const sent = connected.requests.filter(({ method }) => method !== "GET");
    await connected.close();
    return { first: first.text, second: second.text, sent };
  };

  it("a guest joins the bridge that goes", async () => {
    const { first, second, sent } = await afterwards(
      "pve_delete_network",
      { node: "pve1", iface: "vmbr1" },
      ({ guests }) => {
        const guest = guests.get(103);
        if (!guest) throw new Error("the demo cluster has no VM 103");
        guest.config.net1 = "virtio=BC:24:11:00:99:99,bridge=vmbr1";
      },
    );
    expect(first).toMatch(/^NOT DONE: confirmation needed/);
    expect(first).not.toContain("VM 103");
    expect(second).toContain("What the plan was made from has changed since");
    expect(second).toContain("VM 103 (mail)");
    expect(sent).toEqual([]);
  });

  it("a group gains rights that a user is to join", async () => {
    const { first, second, sent } = await afterwards(
      "pve_update_user",
      { userid: "operator@pve", groups: "developers" },
      ({ access }) => {
        access.acl.push({
          path: "/",
          type: "group",
          ugid: "developers",
          roleid: "Administrator",
          propagate: true,
        });
      },
    );
    expect(first).toContain("Joins developers, gets: PVEVMAdmin on /pool/web.");
    expect(second).toContain("What the plan was made from has changed since");
    expect(second).toContain("Administrator on /");
    expect(sent).toEqual([]);
  });

  it("and nothing else is: time alone changes no plan", async () => {
    const { connected, world } = await demo({ env: { PVE_CONFIRM: "all" } });
    const args = { node: "pve1", iface: "vmbr1" };
    const { text } = await connected.call("pve_delete_network", args);
    (world.clock as VirtualClock).advance(60);
    const { isError } = await connected.call("pve_delete_network", { ...args, confirm: codeIn(text) });
    expect(isError).toBe(false);
    await connected.close();
  });
});

describe("a rule that is made and moved", () => {
  const OWN = "198.51.100.20";
  const rule = async (pos: number) => {
    const { connected } = await demo({
      through: (transport) => ({ ...transport, localAddress: () => OWN }),
    });
    const { text } = await connected.call("pve_create_firewall_rule", {
      type: "in",
      action: "DROP",
      enable: true,
      proto: "tcp",
      dport: "8006",
      pos,
      dry_run: true,
    });
    await connected.close();
    return text;
  };

  it("is judged where it ends up", async () => {
    const [top, behind] = [await rule(0), await rule(1)];
    expect(top).toMatch(/^- Port 8006 .* would be CUT OFF/m);
    expect(behind).not.toContain("CUT OFF");
    expect(behind).toMatch(/^- New rule of the cluster at position 1, in front of /m);
    expect(behind).not.toMatch(/Rule 0 of the cluster moves/);
    expect(behind).toMatch(/^Sends 2: PUT \/cluster\/firewall\/rules\/0 moveto=2/m);
  });
});

describe("a user that leaves all groups", () => {
  it("leaves them by name, with what they gave", async () => {
    const { connected } = await demo();
    const { text } = await connected.call("pve_update_user", {
      userid: "operator@pve",
      groups: "",
      dry_run: true,
    });
    expect(text).toContain(
      "- Leaves operators, loses: Operator on /vms, PVEDatastoreUser on /storage/backup.",
    );
    expect(text).not.toMatch(/nothing changes|could not be read/);
    await connected.close();
  });

  it.each([
    [{ userid: "root@pam", groups: "" }, "- User root@pam is in no group: it leaves none."],
    [
      { userid: "operator@pve", groups: "", append: true },
      "- User operator@pve stays in its groups: operators.",
    ],
  ])("%j says what comes of it where nothing does", async (args, said) => {
    const { connected } = await demo();
    const { text } = await connected.call("pve_update_user", { ...args, dry_run: true });
    expect(text).toContain(said);
    await connected.close();
  });
});

describe("why a call is more than it seems", () => {
  it("is said, also where PVE's state makes it so", async () => {
    const { connected } = await demo();
    const { text } = await connected.call("pve_migrate_qemu_vm", {
      vmid: "mail",
      target: "pve2",
      dry_run: true,
    });
    expect(text).toMatch(/^- Mind: it copies volumes on local-lvm of VM 103 and deletes the originals\.$/m);
    const shut = await connected.call("pve_shutdown_qemu_vm", { vmid: 101, dry_run: true });
    expect(shut.text).toMatch(/^- Mind: HA manages the guest: it cuts the power when `timeout` is over\.$/m);
    await connected.close();
  });

  it("each of the reasons, and what is not known as not known", async () => {
    const { connected } = await demo({ env: { PVE_ALLOWED: "pool:web" } });
    const { text } = await connected.call("pve_create_backup_job", {
      vmid: "100",
      storage: "backup",
      schedule: "sun 01:00",
      dry_run: true,
    });
    expect(text).toContain(
      "- Mind: it may delete older backups (whether the storage has a retention could not be read); it could not be read whether it stops or suspends the guests meanwhile, by the node's defaults.",
    );
    await connected.close();
  });
});
