import { emptyFirewall } from "../builtin.ts";
import { type Clock, realClock } from "../clock.ts";
import { seededRng } from "../rng.ts";
import type { Firewall, Json, Pool, World } from "../world.ts";
import { demoAccess, demoDirectory } from "./cluster-access.ts";
import { demoGuests } from "./cluster-guests.ts";
import { demoClusterLog, demoNodes } from "./cluster-nodes.ts";
import { addDemoVolumes, demoStorages } from "./cluster-storages.ts";
import { addDemoTasks } from "./cluster-tasks.ts";

export { DEMO_TOKENS } from "./cluster-access.ts";

function demoFirewall(): Firewall {
  const guest = emptyFirewall();
  guest.options = { enable: 1, policy_in: "DROP" };
  guest.rules = [
    { type: "group", action: "webserver", enable: 1 },
    {
      type: "in",
      action: "ACCEPT",
      source: "+dc/admins",
      proto: "tcp",
      dport: "22",
      enable: 1,
      comment: "ssh for admins",
    },
  ];
  return {
    cluster: {
      options: {
        enable: 1,
        policy_in: "DROP",
        policy_out: "ACCEPT",
        log_ratelimit: "enable=1,rate=1/second,burst=5",
      },
      rules: [
        {
          type: "in",
          action: "ACCEPT",
          source: "+dc/admins",
          proto: "tcp",
          dport: "8006",
          enable: 1,
          comment: "web interface",
        },
        { type: "in", action: "ACCEPT", source: "dc/office", macro: "SSH", enable: 1 },
        { type: "in", action: "ACCEPT", macro: "Ping", enable: 1 },
        {
          type: "in",
          action: "DROP",
          proto: "tcp",
          dport: "111",
          enable: 0,
          comment: "portmapper, off for now",
        },
      ],
      aliases: new Map([
        ["office", { cidr: "198.51.100.0/24", comment: "Office network" }],
        ["monitoring", { cidr: "192.0.2.202" }],
      ]),
      ipsets: new Map([
        [
          "admins",
          {
            comment: "May reach the nodes",
            entries: new Map([
              ["192.0.2.5", { comment: "jump host" }],
              ["198.51.100.16/28", {}],
            ]),
          },
        ],
      ]),
    },
    groups: new Map([
      [
        "webserver",
        {
          comment: "HTTP and HTTPS from everywhere",
          rules: [
            { type: "in", action: "ACCEPT", macro: "HTTPS", enable: 1 },
            { type: "in", action: "ACCEPT", macro: "HTTP", enable: 1 },
          ],
        },
      ],
    ]),
    nodes: new Map([["pve1", { ...emptyFirewall(), options: { enable: 1, log_level_in: "nolog" } }]]),
    guests: new Map([[100, guest]]),
  };
}

function demoPools(): Map<string, Pool> {
  const pool = (poolid: string, comment: string, vms: number[], storages: string[] = []): [string, Pool] => [
    poolid,
    { poolid, comment, vms: new Set(vms), storages: new Set(storages) },
  ];
  return new Map([
    pool("web", "Everything behind www", [100, 101, 201], ["nas-iso"]),
    pool("web/staging", "Trial systems", [107, 108]),
  ]);
}

function demoHa(): World["ha"] {
  return {
    resources: new Map([
      ["vm:101", { sid: "vm:101", config: { state: "started", max_restart: 2 } }],
      ["vm:102", { sid: "vm:102", config: { state: "started", comment: "database first" } }],
      ["ct:201", { sid: "ct:201", config: { state: "started" } }],
    ]),
    rules: new Map([
      [
        "db-home",
        {
          rule: "db-home",
          type: "node-affinity",
          config: { resources: "vm:102", nodes: "pve3:2,pve2:1", strict: 0, comment: "close to its storage" },
        },
      ],
      [
        "web-apart",
        {
          rule: "web-apart",
          type: "resource-affinity",
          config: { resources: "vm:101,vm:102", affinity: "negative" },
        },
      ],
    ]),
  };
}

function demoBackupJobs(): Map<string, Record<string, Json>> {
  return new Map([
    [
      "backup-nightly",
      {
        type: "vzdump",
        schedule: "02:30",
        all: 1,
        exclude: "106",
        storage: "backup",
        mode: "snapshot",
        compress: "zstd",
        enabled: 1,
        "prune-backups": "keep-last=3,keep-weekly=2",
        "notes-template": "{{guestname}}",
        comment: "every night",
      },
    ],
    [
      "backup-git",
      { type: "vzdump", schedule: "sun 05:00", vmid: "203", storage: "local", mode: "stop", enabled: 0 },
    ],
  ]);
}

/**
 * The demo: a cluster of three nodes with everything an operator meets on a bad morning. All times are relative to
 * the clock's now; the same clock makes the same world.
 */
export function clusterWorld(clock: Clock = realClock): World {
  const now = clock.now();
  const rng = seededRng(20260401);
  const world: World = {
    clock,
    rng,
    version: { version: "9.2.11", release: "9.2", repoid: "14a22df35955d97d" },
    cluster: { name: "demo", version: 3 },
    options: {
      keyboard: "en-us",
      migration: "secure,network=192.0.2.0/24",
      crs: "ha=static",
      "registered-tags": "prod;web;db;ci;dev;infra;template",
    },
    clusterLog: demoClusterLog(now),
    nodes: demoNodes(now, rng),
    guests: demoGuests(now),
    storages: demoStorages(),
    volumes: new Map(),
    access: demoAccess(),
    pools: demoPools(),
    firewall: demoFirewall(),
    ha: demoHa(),
    backupJobs: demoBackupJobs(),
    replication: [
      {
        id: "203-0",
        type: "local",
        source: "pve1",
        target: "pve2",
        schedule: "*/15",
        comment: "git to the second node",
      },
    ],
    objects: demoDirectory(),
    tasks: new Map(),
  };
  addDemoVolumes(world, now);
  addDemoTasks(world, now);
  return world;
}
