import type { Row } from "../../pve/data.ts";
import { isSecretName } from "../../render/redact-patterns.ts";
import { CONFIG_ROUTE, diskOf, type GuestType, isDiskKey, isUnusedKey } from "./guest-disk.ts";
import { differentKeys, factOf, propertiesOf, sameValue, settingText } from "./setting-value.ts";
import { partsOf, type SettingChange } from "./settings-difference.ts";
import { decoded, GENERATED } from "./shown-setting.ts";

/** What PVE reads from a volume that is there, whatever a call says. */
const OF_VOLUME = new Set(["size", "format"]);
const MAC = { qemu: "macaddr", lxc: "hwaddr" } as const;
const isNet = (key: string): boolean => /^net\d+$/.test(key);

/** A network device's keys; a MAC address that is not given is made anew, a container's device is always a veth. */
function deviceOf(type: GuestType, key: string, text: string): Readonly<Record<string, string>> | undefined {
  const parts = propertiesOf(factOf(CONFIG_ROUTE[type], key), text);
  return parts && { [MAC[type]]: GENERATED, ...(type === "lxc" ? { type: "veth" } : {}), ...parts };
}

/** Whether a setting that is stored so is what a call asks for; a secret never is. */
export function sameSetting(type: GuestType, key: string, stored: unknown, wanted: string): boolean {
  const text = settingText(stored);
  const fact = factOf(CONFIG_ROUTE[type], key);
  if (isSecretName(key)) return false;
  if (key === "description") return text.trimEnd() === wanted.trimEnd();
  if (key === "sshkeys") return decoded(text) === decoded(wanted);
  // Tags are stored in lower case, unless the datacenter says otherwise.
  if (key === "tags") return sameValue(fact, text, wanted) || sameValue(fact, text, wanted.toLowerCase());
  if (isDiskKey(type, key)) {
    const [one, other] = [diskOf(type, key, text), diskOf(type, key, wanted)];
    if (!one || !other || other.fresh !== undefined || one.volume !== other.volume) return false;
    return differentKeys(fact, one.options, other.options).every(
      (name) => OF_VOLUME.has(name) || (name === "media" && one.kind === other.kind),
    );
  }
  if (isNet(key)) {
    const [one, other] = [deviceOf(type, key, text), deviceOf(type, key, wanted)];
    if (one && other) return differentKeys(fact, one, other).length === 0;
  }
  return sameValue(fact, text, wanted);
}

/** The keys by which two values of a setting differ, where it is a property string that was set before. */
export function settingParts(
  type: GuestType,
  key: string,
  before: string,
  after: string,
): Pick<SettingChange, "parts"> {
  const fact = factOf(CONFIG_ROUTE[type], key);
  if (isDiskKey(type, key)) {
    // Another volume is another disk, as a whole.
    const same = diskOf(type, key, before)?.volume === diskOf(type, key, after)?.volume;
    return same ? partsOf(fact, before, after, OF_VOLUME) : {};
  }
  if (!isNet(key)) return partsOf(fact, before, after);
  const { parts } = partsOf(fact, before, after, new Set(type === "lxc" ? ["type"] : []));
  return parts === undefined
    ? {}
    : {
        parts: parts.map((part) =>
          part.key === MAC[type] && part.after === undefined ? { ...part, after: GENERATED } : part,
        ),
      };
}

/** What a new value comes to, where the value does not say it; undefined when there is nothing to add. */
export function noteOf(type: GuestType, key: string, wanted: string, before: unknown): string | undefined {
  const disk = diskOf(type, key, wanted);
  const source = disk?.options["import-from"];
  if (source !== undefined) return `new disk with the contents of ${source}`;
  if (disk?.fresh !== undefined)
    return `new disk of ${disk.fresh} GiB${disk.storage === undefined ? "" : ` on ${disk.storage}`}`;
  const medium = diskOf(type, key, before);
  if (disk?.volume === "none" && medium?.kind === "cdrom" && medium.volume !== "none")
    return `ejects ${medium.volume}`;
  if (isNet(key) && deviceOf(type, key, wanted)?.[MAC[type]] === GENERATED)
    return "PVE makes a new MAC address";
  return key === "vmgenid" && wanted === "1" ? "PVE makes a new id" : undefined;
}

/** Settings that a container keeps (PVE::LXC::Config update_pct_config). */
const KEPT = new Set(["memory", "rootfs", "ostype", "unprivileged"]);

/** Why PVE refuses a change whatever runs; undefined when nothing is known against it. `after` undefined: deleted. */
export function refusalOf(
  type: GuestType,
  key: string,
  after: string | undefined,
  now: Row,
): string | undefined {
  const isDisk = isDiskKey(type, key);
  const guarded =
    after === undefined ? isDisk || isUnusedKey(key) || key === "vmstate" : isDisk && type === "lxc";
  if (guarded && settingText(now.protection) === "1") return "protection is on";
  if (type === "qemu") return undefined;
  if (after === undefined && KEPT.has(key)) return `${key} cannot be deleted`;
  return key === "unprivileged" ? "unprivileged cannot be changed" : undefined;
}
