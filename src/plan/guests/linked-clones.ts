import { num, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import type { Look } from "../topic.ts";
import { nameOfVmid } from "./guest-names.ts";
import type { StepGuest } from "./guest-state.ts";
import type { GuestVolume } from "./guest-volumes.ts";

const CONTENT = "GET /nodes/{node}/storage/{storage}/content";
/** Storages that are asked for clones. */
const ASKED = 6;

/** A volume that stands on one of a template's. */
interface LinkedClone {
  readonly vmid: number;
  readonly volid: string;
  /** Its id names its base: PVE refuses to destroy that (PVE::Storage volume_is_base_and_used). */
  readonly blocks: boolean;
}

/**
 * The volumes of other guests that are linked clones of a template's, by what the storages say of their parents; an
 * LVM-thin pool says nothing, its clones stand alone.
 */
export async function linkedClones(
  look: Look,
  { node, vmid, type }: StepGuest,
  volumes: readonly GuestVolume[],
): Promise<readonly LinkedClone[]> {
  const storages = [...new Set(volumes.flatMap(({ storage }) => storage ?? []))].slice(0, ASKED);
  const content = type === "qemu" ? "images" : "rootdir";
  const answers = await Promise.all(
    storages.map((storage) => look.tryRead(CONTENT, { node, storage, content })),
  );
  const base = new RegExp(`(?:^|[/:])base(?:vol)?-${vmid}-`);
  return answers
    .flatMap((data) => rows(data))
    .flatMap((row): readonly LinkedClone[] => {
      const [owner, volid = "", parent = ""] = [num(row, "vmid"), str(row, "volid"), str(row, "parent")];
      if (owner === undefined || owner === vmid) return [];
      const blocks = base.test(volid);
      return blocks || base.test(parent) ? [{ vmid: owner, volid, blocks }] : [];
    })
    .sort((one, other) => one.vmid - other.vmid);
}

/** The guests that the clones belong to, by name. */
export const cloneOwners = (
  clones: readonly LinkedClone[],
  guests: readonly Guest[] | undefined,
): readonly string[] => [...new Set(clones.map(({ vmid }) => vmid))].map((vmid) => nameOfVmid(guests, vmid));
