import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Param } from "../endpoint.ts";
import { allRoutes, endpointOf } from "../endpoint-table.ts";
import type { Route } from "../routes.gen.ts";
import { splitList } from "../split-list.ts";
import { formatCheck, namedPropertyFormat, UNCHECKED_FORMATS } from "./formats.ts";
import { PROPERTY_FORMATS } from "./formats-property.ts";

function namedFormats(): Set<string> {
  const names = new Set<string>();
  const visit = (fact: Param) => {
    if (typeof fact.format === "string") names.add(fact.format);
    if (fact.items) visit(fact.items);
    for (const one of fact.oneOf ?? []) visit(one);
    if (typeof fact.format === "object") for (const key of Object.values(fact.format)) visit(key);
  };
  for (const route of allRoutes())
    for (const fact of Object.values(endpointOf(route as Route).params)) visit(fact);
  for (const { keys } of Object.values(PROPERTY_FORMATS)) for (const key of Object.values(keys)) visit(key);
  return names;
}

describe("named formats", () => {
  const names = [...namedFormats()].sort();

  it("are all checked, save those knowingly left to PVE", () => {
    const unchecked = names.filter((name) => !formatCheck(name) && !namedPropertyFormat(name));
    expect(unchecked).toEqual([...UNCHECKED_FORMATS].sort());
  });

  it("never throw, and answer at once", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: "binary" }), (name, text) => {
        const answer = formatCheck(name)?.(text);
        expect(answer === undefined || answer.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
    for (const name of names) {
      const start = performance.now();
      for (const unit of ["a", "a.", "1", ":", "a,", "-", "/a", "..", "1..", "iso=a", "=", " "])
        formatCheck(name)?.(`vztmpl=${unit.repeat(5000)}\u0001`);
      expect(performance.now() - start, name).toBeLessThan(1500);
    }
  });

  it.each([
    ["pve-vmid", "100", "99"],
    ["pve-vmid", "999999999", "0100"],
    ["pve-vmid-list", "100, 101;102", "100,abc"],
    ["pve-node", "pve-1", "-pve"],
    ["pve-node-list", "", "a,b_c"],
    ["pve-configid", "a1", "a"],
    ["pve-storage-id", "local-lvm", "l"],
    ["pve-storage-id", "a.b", "1a"],
    ["pve-volume-id", "local:iso/x.iso", "local"],
    ["pve-volume-id-or-qm-path", "none", "nothing"],
    ["pve-volume-id-or-qm-path", "/dev/sdb", "dev/sdb"],
    ["pve-userid", "root@pam", "root"],
    ["pve-tokenid", "root@pam!mcp", "root@pam"],
    ["pve-poolid", "a/b/c", "a/b/c/d"],
    ["pve-poolid", "a.b-c_d", "a//b"],
    ["pve-priv-list", "VM.Audit,Sys.Audit", "VM.Audits"],
    ["pve-ha-resource-or-vm-id", "vm:100", "vm 100"],
    ["pve-ha-node-list", "pve1:2,pve2", "pve1:x"],
    ["pve-replication-job-id", "100-0", "99-0"],
    ["ipv4", "192.0.2.1", "192.0.2.01"],
    ["ipv6", "2001:db8::1", "fe80::1%eth0"],
    ["ip", "::1", "host"],
    ["ipv4mask", "255.255.240.0", "255.0.255.0"],
    ["CIDR", "10.0.0.0/8", "10.0.0.0/7"],
    ["CIDRv6", "2001:db8::/64", "2001:db8::/129"],
    ["IPorCIDR", "10.0.0.0/0", "10.0.0.0/33"],
    ["IPorCIDRorAlias", "dc/web", "a"],
    ["dns-name", "a.example", "a..example"],
    ["address", "host.example", "host_1"],
    ["mac-addr", "BC:24:11:00:00:01", "01:00:00:00:00:00"],
    ["mac-prefix", "BC:24:11", "BC:24:11:0:"],
    ["pve-iface", "eth0.100", "0eth"],
    ["pve-bridge-id", "vmbr0", "vmbr 0"],
    ["pve-vlan-id-or-range-list", "2-4094", "1"],
    ["pve-fw-addr-spec", "10.0.0.1,10.0.0.2", "10.0.0.1,::1"],
    ["pve-fw-addr-spec", "+dc/set", "10.0.0.0/33"],
    ["pve-fw-dport-spec", "80,443,8000:8010", "99999"],
    ["pve-fw-dport-spec", "https", "80:70"],
    ["pve-fw-sport-spec", "1024:65535", "1,"],
    ["pve-fw-protocol-spec", "tcp", "tpc"],
    ["pve-fw-icmp-type-spec", "echo-request", "ping"],
    ["pve-fw-conntrack-helper", "ftp,sip", "ftps"],
    ["pve-startup-order", "order=1,up=30,down=60", "first"],
    ["pve-tag-list", "Prod;web_1", "-x"],
    ["storage-pair-list", "a1:b1,1", "a1:b"],
    ["bridge-pair-list", "vmbr0:vmbr1", "vmbr0:vmbr+1"],
    ["pve-storage-content-list", "iso,backup", "isos"],
    ["pve-hotplug-features", "network,disk,usb", "network,gpu"],
    ["email-opt", "", "x@"],
    ["email-or-username-list", "root,a@b.example", "a b@"],
    ["pve-cpuset", "0,5,8-11", "8-5"],
    ["pve-qm-bootdisk", "scsi30", "scsi31"],
    ["pve-qm-bootdev-list", "scsi0;net0", "efidisk0"],
    ["pve-day-of-week-list", "mon,tue", "monday"],
    ["disk-size", "1.5T", "8GB"],
    ["urlencoded", "a%20b", "a b"],
    ["pve-lxc-mp-string", "/mnt/data", "/mnt/../etc"],
    ["pve-lxc-dev-string", "/dev/dri/card0", "/dev/../etc"],
    ["pve-storage-zfs-blocksize", "8k", "12k"],
    ["pve-dir-override-list", "iso=isos,vztmpl=a/b.c", "iso=../x"],
    ["pve-storage-portal-dns", "[2001:db8::1]:3260", "a b"],
    ["lxc-ip-with-ll-iface-list", "fe80::1%eth0", "2001:db8::1%eth0"],
    ["pem-string", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "AAAA"],
    ["pve-ct-timezone", "host", "not a zone"],
    ["pve-phys-bits", "host", "65"],
    ["pve-sdn-subnet-id", "zone-10.0.0.0-24", "10.0.0.0"],
  ])("%s takes %j, not %j", (name, good, bad) => {
    expect(formatCheck(name)?.(good)).toBeUndefined();
    expect(formatCheck(name)?.(bad)).toMatch(/\S.*\n$/s);
  });

  it.each([
    ["pve-storage-id", "x", "storage ID 'x' cannot be shorter than 2 characters\n"],
    ["pve-storage-id", "-x", "storage ID '-x' contains illegal characters\n"],
    ["pve-userid", "alice", "value 'alice' does not look like a valid user name\n"],
    ["pve-fw-dport-spec", "99999", "invalid port '99999'\n"],
    ["pve-fw-dport-spec", "80:70", "backwards range '80:70' not allowed, did you mean '70:80'?\n"],
    ["pve-poolid", "a/b/c/d", "pool name 'a/b/c/d' nested too deeply (max levels = 3)\n"],
    ["pve-configid-list", "cores,!", "invalid configuration ID '!'\n"],
  ])("%s refuses %j in PVE's words", (name, text, message) => {
    expect(formatCheck(name)?.(text)).toBe(message);
  });
});

describe("calendar events", () => {
  const check = formatCheck("pve-calendar-event");

  it.each([
    "daily",
    "Weekly",
    "mon",
    "mon..fri 22:30",
    "mon,wed,fri 02:00",
    "mon-wed 30/10",
    "sat *-1..7 15:00",
    "*/15",
    "*:0/15",
    "8..17,22:0/15",
    "21:00",
    "2026-12-24 00:00:30",
    "*-*-01 03:00",
    "12-05",
    "saturday 21:00 UTC",
    "fri 12..13:5/20",
  ])("takes %j", (text) => expect(check?.(text)).toBeUndefined());

  it.each([
    "whenever",
    "25:00",
    "mon 10:60",
    "daily 10:00",
    "mon..",
    "*-13-01",
    "1/0",
    "10:00 mon",
    "a b c d",
  ])("refuses %j", (text) => expect(check?.(text)).toContain(`invalid calendar event '${text}'`));
});

describe("splitList", () => {
  it.each([
    ["a,b;c d", ["a", "b", "c", "d"]],
    [" a ,, b, ", ["a", "b"]],
    ["", []],
    ["a\0b c", ["a", "b c"]],
  ])("%j", (text, entries) => expect(splitList(text)).toEqual(entries));
});
