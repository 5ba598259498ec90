import type { Guest, Json } from "../world.ts";
import { DEMO_PLANS, type Plan } from "./cluster-plans.ts";

const MIB = 1024 ** 2;
const DAY = 86400;

function mac(vmid: number): string {
  const digits = vmid.toString(16).padStart(6, "0").toUpperCase();
  return `BC:24:11:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
}

/** An id in UUID form that belongs to a guest. */
function guestUuid(vmid: number, part: number): string {
  const tail = String(vmid).padStart(12, "0");
  return `${String(part).padStart(8, "0")}-5a1e-4c3b-9d2f-${tail}`;
}

function vmConfig(plan: Plan, now: number): Record<string, Json> {
  const { vmid, disk } = plan;
  const kind = plan.more?.template === 1 ? "base" : "vm";
  return {
    name: plan.name,
    cores: plan.cores,
    sockets: 1,
    cpu: "x86-64-v2-AES",
    memory: String(plan.memory),
    ostype: "l26",
    scsihw: "virtio-scsi-single",
    scsi0: `${disk[0]}:${kind}-${vmid}-disk-0,iothread=1,size=${disk[1]}G`,
    net0: `virtio=${mac(vmid)},bridge=vmbr0,firewall=1`,
    boot: "order=scsi0;net0",
    meta: `creation-qemu=10.1.2,ctime=${Math.trunc(now - 200 * DAY)}`,
    smbios1: `uuid=${guestUuid(vmid, 1)}`,
    vmgenid: guestUuid(vmid, 2),
    ...(plan.agent ? { agent: "1" } : {}),
    ...plan.more,
  };
}

function ctConfig(plan: Plan): Record<string, Json> {
  const { vmid, disk, host } = plan;
  const kind = plan.more?.template === 1 ? "base" : "vm";
  const address = host === undefined ? "dhcp" : `192.0.2.${host}/24,gw=192.0.2.1`;
  return {
    hostname: plan.name,
    arch: "amd64",
    cores: plan.cores,
    memory: plan.memory,
    swap: 512,
    ostype: "debian",
    unprivileged: 1,
    features: "nesting=1",
    rootfs: `${disk[0]}:${kind}-${vmid}-disk-0,size=${disk[1]}G`,
    net0: `name=eth0,bridge=vmbr0,firewall=1,hwaddr=${mac(vmid)},ip=${address},type=veth`,
    ...plan.more,
  };
}

function guest(plan: Plan, now: number): Guest {
  const { vmid, type, host, days } = plan;
  const addresses =
    host === undefined
      ? {}
      : { eth0: { mac: mac(vmid), ips: [`192.0.2.${host}/24`, `2001:db8::${host}/64`] } };
  return {
    vmid,
    type,
    node: plan.node,
    config: type === "qemu" ? vmConfig(plan, now) : ctConfig(plan),
    pending: { ...plan.pending },
    snapshots: new Map(),
    status: days === undefined ? "stopped" : "running",
    ...(days === undefined ? {} : { started: Math.trunc(now - days * DAY - vmid) }),
    load: {
      cpu: plan.cpu,
      memory: plan.memory * MIB * plan.busy,
      net: 4000 + vmid * 150,
      disk: 9000 + vmid * 300,
    },
    addresses,
    ...(plan.agent ? { agentDelay: 8 } : {}),
    ...(plan.deaf ? { deaf: true } : {}),
  };
}

/** Snapshots by guest: name, days ago, what it is for and, where another one, the one it descends from. */
const SNAPSHOTS: Readonly<Record<number, readonly (readonly [name: string, days: number, text: string])[]>> =
  {
    102: [
      ["before-upgrade", 20, "Before the upgrade to PostgreSQL 17"],
      ["after-upgrade", 19, "Upgrade went well"],
    ],
    107: [["clean", 30, "Fresh install"]],
    203: [["pre-migration", 6, "Before moving the repositories"]],
  };

/** The demo's ten VMs and six containers. @param now Unix seconds. */
export function demoGuests(now: number): Map<number, Guest> {
  const guests = new Map(DEMO_PLANS.map((plan) => [plan.vmid, guest(plan, now)]));
  for (const [vmid, snapshots] of Object.entries(SNAPSHOTS)) {
    const owner = guests.get(Number(vmid));
    if (!owner) continue;
    for (const [name, days, text] of snapshots) {
      owner.snapshots.set(name, {
        name,
        time: Math.trunc(now - days * DAY),
        description: `${text}\n`,
        vmstate: false,
        config: { ...owner.config },
        ...(owner.parent === undefined ? {} : { parent: owner.parent }),
      });
      owner.parent = name;
    }
  }
  return guests;
}
