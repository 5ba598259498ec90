import type { Guest } from "../../pve/guests.ts";
import { diskOf, type GuestDisk, type GuestType, isDiskKey } from "../difference/guest-disk.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listings } from "../point.ts";
import type { Finding, Step } from "../topic.ts";
import { listed, when } from "../wording.ts";
import { nameOfVmid } from "./guest-names.ts";

type Params = Step["params"];

/** The storage of a new guest's disks that name none; containers have a default (PVE::API2::LXC create_vm). */
export const defaultStorage = (type: GuestType, params: Params): string | undefined =>
  shownParameter(params, "storage") ?? (type === "lxc" ? "local" : undefined);

/** Disks whose size PVE chooses. */
const OWN_SIZE = /^(?:efidisk|tpmstate)\d+$/;

/** The disk of a new guest's setting; a bare number asks for so many GiB on the default storage. */
function diskIn(type: GuestType, params: Params, key: string): GuestDisk | undefined {
  const text = settingText(params[key]);
  const storage = defaultStorage(type, params);
  const full = /^[\d.]+(?:,|$)/.test(text) && storage !== undefined ? `${storage}:${text}` : text;
  return diskOf(type, key, full);
}

/** Options of a disk that the sentence about it does not say otherwise. */
function optionsText({ options }: GuestDisk): string {
  const { media: _media, "import-from": _from, ...others } = options;
  const texts = Object.entries(others).map(([name, value]) => `${name}=${shownText(value)}`);
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

/** A disk that PVE makes; undefined for one that is there. */
function allocation(key: string, disk: GuestDisk): string | undefined {
  const [storage, from] = [disk.storage ?? "?", disk.options["import-from"]];
  if (disk.kind === "cloudinit") return `${key} cloud-init drive on ${storage}`;
  if (from !== undefined) return `${key} imported from ${shownText(from)} to ${storage}`;
  if (disk.fresh === undefined) return undefined;
  return `${key} ${OWN_SIZE.test(key) ? "of the size PVE chooses" : `${disk.fresh} GiB`} on ${storage}`;
}

/** What a new guest's disk settings come to: what is allocated, and what is attached as it is. */
export function newDisks(type: GuestType, params: Params): Required<Pick<Finding, "points" | "tells">> {
  const disks = Object.keys(params)
    .filter((key) => isDiskKey(type, key))
    .flatMap((key) => {
      const disk = diskIn(type, params, key);
      return disk ? [{ key, made: allocation(key, disk), disk }] : [];
    });
  const root = type === "lxc" && params.rootfs === undefined && !isOn(params, "restore");
  return {
    points: [
      ...listings("Allocated", [
        ...disks.flatMap(({ made, disk }) => (made === undefined ? [] : [`${made}${optionsText(disk)}`])),
        ...when(root, `rootfs 4 GiB on ${defaultStorage(type, params)}`),
      ]),
      ...listings(
        "Attached as it is",
        disks.flatMap(({ key, made, disk }) =>
          made === undefined
            ? [
                `${key} ${shownText(disk.volume)}${disk.kind === "cdrom" ? " (CD-ROM)" : ""}${optionsText(disk)}`,
              ]
            : [],
        ),
      ),
    ],
    tells: disks.map(({ key }) => key),
  };
}

/** Parameters that `afterwards` tells. */
export const AFTERWARDS = ["start", "live-restore", "ha-managed", "pool", "template"] as const;

/** What happens to a new guest once it is there. */
export function afterwards(params: Params): readonly string[] {
  const pool = shownParameter(params, "pool");
  const parts = [
    ...when(isOn(params, "start") || isOn(params, "live-restore"), "it starts"),
    ...when(isOn(params, "ha-managed"), "HA manages it"),
    ...(pool === undefined ? [] : [`it joins pool ${pool}`]),
    ...when(isOn(params, "template"), "it is a template"),
  ];
  return when(parts.length > 0, `Then ${listed(parts)}.`);
}

/** Why a VMID cannot be given away; undefined where it is free, or nobody could look. */
export function takenBy(guests: readonly Guest[] | undefined, vmid: number): string | undefined {
  const there = guests?.find((guest) => guest.vmid === vmid);
  return there && `VMID ${vmid} is that of ${nameOfVmid(guests, vmid)} on ${there.node}`;
}

/** What is said where nobody could look whether a VMID is free. */
export const unknownIfTaken = (guests: readonly Guest[] | undefined, vmid: number): readonly string[] =>
  when(guests === undefined, `Whether VMID ${vmid} is free could not be read.`);
