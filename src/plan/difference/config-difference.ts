import type { Row } from "../../pve/data.ts";
import { diskOf, type GuestDisk, type GuestType, isUnusedKey } from "./guest-disk.ts";
import { noteOf, refusalOf, sameSetting, settingParts } from "./guest-setting.ts";
import { bootOrder, type Timing, timingOf } from "./hotplug.ts";
import { entriesOf, isOn, settingText } from "./setting-value.ts";
import { type SettingChange, shownValues } from "./settings-difference.ts";
import { HIDDEN, REMOVED } from "./shown-setting.ts";

/** A change of a guest's configuration that a call asks for. */
interface ConfigUpdate {
  readonly type: GuestType;
  /** `GET .../config` with `current`: what is in force. */
  readonly now: Row;
  /** The rows of `GET .../pending`. */
  readonly pending: readonly Row[];
  /** The parameters of the call, `vmid`, `delete` and `revert` among them. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly running: boolean;
}

/** What becomes of one setting of a guest. */
export interface GuestChange extends SettingChange, Timing {
  /** What has waited for the next start until now, and no longer does. */
  readonly waiting?: string;
}

/** A volume and the setting that held it. */
interface VolumeFate {
  readonly key: string;
  readonly volume: string;
}

/** What a change of a guest's configuration comes to. */
export interface ConfigDifference {
  readonly changes: readonly GuestChange[];
  /** Settings that are so already, or that wait to become so. */
  readonly unchanged: readonly string[];
  /** Volumes whose data is gone, at once or when the change takes effect. */
  readonly destroyed: readonly VolumeFate[];
  /** Volumes that stay on their storage under an `unused` setting, which `as` names. */
  readonly detached: readonly (VolumeFate & { readonly as: string })[];
}

/** Parameters of a configuration call that are no settings. */
const NO_SETTING = new Set(
  "node vmid digest delete revert force skiplock background_delay import-working-storage skip_cloud_init".split(
    " ",
  ),
);

/** Whether a parameter of a configuration call is a setting. */
export const isConfigSetting = (name: string): boolean => !NO_SETTING.has(name);

const shown = (key: string, before: unknown, after: string | undefined) => shownValues(key, before, after);

/**
 * The difference that a configuration call makes, setting by setting, and what waits for a restart (PVE::API2::Qemu
 * update_vm_api, PVE::LXC::Config update_pct_config). Values are compared as PVE would; secrets are hidden.
 */
export function configDifference(update: ConfigUpdate): ConfigDifference {
  const draft = new Draft(update);
  const { params } = update;
  const set = Object.entries(params).filter(([key, value]) => isConfigSetting(key) && value !== undefined);
  for (const key of entriesOf(params.delete)) draft.remove(nameOf(update.type, key));
  for (const key of entriesOf(params.revert)) draft.revert(key);
  for (const [key, value] of set) {
    const name = nameOf(update.type, key);
    draft.set(
      name,
      name === key || /media=/.test(String(value)) ? value : `${settingText(value)},media=cdrom`,
    );
  }
  draft.settleBootOrder();
  draft.applyWaiting();
  return draft;
}

/** What there is to say, as one note. */
function noted(notes: readonly (string | undefined)[]): Pick<SettingChange, "note"> {
  const note = notes.filter((text) => text !== undefined).join("; ");
  return note === "" ? {} : { note };
}

/** PVE's other name for the second IDE drive (PVE::API2::Qemu resolve_cdrom_alias). */
const nameOf = (type: GuestType, key: string): string => (type === "qemu" && key === "cdrom" ? "ide2" : key);

/** A difference in the making. */
class Draft implements ConfigDifference {
  readonly changes: GuestChange[] = [];
  readonly unchanged: string[] = [];
  readonly destroyed: VolumeFate[] = [];
  readonly detached: (VolumeFate & { readonly as: string })[] = [];
  readonly #update: ConfigUpdate;
  readonly #waiting: ReadonlyMap<string, Row>;
  readonly #vmid: number;
  /** Boot devices that go, and CD-ROM drives that come. */
  readonly #unbooted = new Set<string>();
  readonly #booted: string[] = [];

  constructor(update: ConfigUpdate) {
    this.#update = update;
    this.#vmid = Number(update.params.vmid);
    this.#waiting = new Map(
      update.pending
        .filter((row) => row.pending !== undefined || Number(row.delete ?? 0) > 0)
        .map((row) => [String(row.key), row]),
    );
  }

  /** Sets a setting. */
  set(key: string, value: unknown): void {
    const { now, type, running } = this.#update;
    const wanted = settingText(value);
    const waiting = this.#waiting.get(key)?.pending;
    if (running && waiting !== undefined && sameSetting(type, key, waiting, wanted)) {
      this.unchanged.push(key);
      return;
    }
    if (now[key] !== undefined && sameSetting(type, key, now[key], wanted)) {
      this.#keep(key);
      return;
    }
    // The volume of a disk that has waited is not forgotten.
    if (waiting !== undefined) this.#displace(key, waiting, wanted);
    const notes = [noteOf(type, key, wanted, now[key]), this.#displace(key, now[key], wanted)];
    this.changes.push({
      key,
      ...shown(key, now[key], wanted),
      ...settingParts(type, key, settingText(now[key]), wanted),
      ...noted(notes),
      ...this.#timing(key, wanted),
      ...this.#waitingFor(key),
    });
    if (type === "qemu" && diskOf(type, key, wanted)?.kind === "cdrom") this.#booted.push(key);
  }

  /** Deletes a setting: disks that are in use stay on their storage, unless by force. */
  remove(key: string): void {
    const { now, type, running } = this.#update;
    const waiting = this.#waiting.get(key);
    const value = now[key];
    if (value === undefined && waiting?.pending !== undefined && type === "qemu") {
      this.changes.push({ key, after: REMOVED, deleted: true, when: "now", ...this.#waitingFor(key) });
      this.#leave(key, diskOf(type, key, waiting.pending));
      return;
    }
    if (value === undefined || (running && Number(waiting?.delete ?? 0) >= (this.#forced() ? 2 : 1))) {
      this.unchanged.push(key);
      return;
    }
    const note = this.#release(key, value);
    this.changes.push({
      key,
      ...shown(key, value, undefined),
      deleted: true,
      ...noted([note]),
      ...this.#timing(key, undefined),
      ...this.#waitingFor(key),
    });
    if (bootOrder(now).includes(key)) this.#unbooted.add(key);
  }

  /** Drops what waits for the next start. */
  revert(key: string): void {
    if (!this.#waiting.has(key)) {
      this.unchanged.push(key);
      return;
    }
    this.#keep(key);
  }

  /** PVE takes deleted drives out of a VM's boot order, and puts new CD-ROM drives at its end. */
  settleBootOrder(): void {
    const { type, now, params } = this.#update;
    const order = bootOrder(now);
    if (type === "lxc" || params.boot !== undefined || !/order=/.test(settingText(now.boot))) return;
    const added = this.#booted.filter((key) => !order.includes(key));
    const wanted = [...order.filter((key) => !this.#unbooted.has(key)), ...added];
    if (wanted.join() !== order.join())
      this.set("boot", wanted.length > 0 ? `order=${wanted.join(";")}` : "");
  }

  /** A change of a stopped VM brings into force all that waits for its start (vmconfig_apply_pending). */
  applyWaiting(): void {
    const { type, running } = this.#update;
    if (running || type === "lxc") return;
    for (const [key, row] of this.#waiting) {
      if (this.changes.some((change) => change.key === key)) continue;
      const after = row.pending === undefined ? undefined : settingText(row.pending);
      const note = "has waited for a start";
      const deleted = after === undefined ? ({ deleted: true } as const) : {};
      this.changes.push({ key, ...shown(key, row.value, after), ...deleted, note, when: "now" });
    }
  }

  /** What is in force stays, and what waited to replace it is dropped. */
  #keep(key: string): void {
    const value = this.#update.now[key];
    if (!this.#waiting.has(key)) {
      this.unchanged.push(key);
      return;
    }
    this.changes.push({
      key,
      ...shown(key, value, value === undefined ? undefined : settingText(value)),
      ...(value === undefined ? { deleted: true as const } : {}),
      note: "the change that waits for a start is dropped",
      when: "now",
      ...this.#waitingFor(key),
    });
  }

  #timing(key: string, after: string | undefined): Timing {
    const { type, now, running } = this.#update;
    const fails = refusalOf(type, key, after, now);
    const change = { type, now, key, ...(after === undefined ? {} : { after }) };
    return { ...(running ? timingOf(change) : { when: "now" }), ...(fails === undefined ? {} : { fails }) };
  }

  #waitingFor(key: string): { readonly waiting?: string } {
    const row = this.#waiting.get(key);
    if (!row) return {};
    return {
      waiting: row.pending === undefined ? REMOVED : (shown(key, row.pending, undefined).before ?? HIDDEN),
    };
  }

  /** Deletes volumes instead of keeping them; containers have no such thing. */
  #forced(): boolean {
    return this.#update.type === "qemu" && isOn(this.#update.params, "force");
  }

  /** Another volume takes the place of a disk: the old one becomes unused. What is said of it, in words. */
  #displace(key: string, old: unknown, wanted: string): string | undefined {
    const { type } = this.#update;
    const before = diskOf(type, key, old);
    // A container's old root file system is left alone.
    if (!before || key === "rootfs" || diskOf(type, key, wanted)?.volume === before.volume) return undefined;
    const kept = this.#leave(key, before);
    return kept === undefined ? undefined : `the present disk is ${kept}`;
  }

  /** What becomes of the volume of a setting that is deleted, in words; undefined when there is none. */
  #release(key: string, value: unknown): string | undefined {
    const disk = diskOf(this.#update.type, key, value);
    if (key === "vmstate") return this.#destroy(key, settingText(value));
    if (!disk) return undefined;
    if (disk.kind === "cdrom") return "the drive is taken out; the image stays";
    if (disk.kind === "cloudinit") return "the drive and its generated image go";
    if ((isUnusedKey(key) || this.#forced()) && this.#owns(disk)) return this.#destroy(key, disk.volume);
    return this.#leave(key, disk);
  }

  #destroy(key: string, volume: string): string {
    this.destroyed.push({ key, volume });
    return `destroys ${volume}`;
  }

  /** Keeps a volume of the guest's own under the first free `unused` setting. */
  #leave(key: string, disk: GuestDisk | undefined): string | undefined {
    if (disk?.kind !== "disk" || isUnusedKey(key)) return undefined;
    if (!this.#owns(disk)) return "left where it is";
    const { now } = this.#update;
    const taken = new Set([...Object.keys(now), ...this.detached.map(({ as }) => as)]);
    for (const { as, volume } of this.detached) if (volume === disk.volume) return `kept as ${as}`;
    const known = Object.keys(now).find(
      (name) => isUnusedKey(name) && settingText(now[name]) === disk.volume,
    );
    let free = 0;
    while (taken.has(`unused${free}`)) free += 1;
    const as = known ?? `unused${free}`;
    this.detached.push({ key, volume: disk.volume, as });
    return `kept as ${as}`;
  }

  /** VMs keep and destroy their own volumes only; containers every volume on a storage. */
  #owns({ owner, storage }: GuestDisk): boolean {
    return storage !== undefined && (this.#update.type === "lxc" || owner === this.#vmid);
  }
}
