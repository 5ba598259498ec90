import { type Row, record } from "../../pve/data.ts";
import { asFlag } from "../../render/units.ts";
import { configDifference } from "../difference/config-difference.ts";
import { CONFIG_ROUTE, diskOf, type GuestType, isDiskKey, isUnusedKey } from "../difference/guest-disk.ts";
import { sameSetting } from "../difference/guest-setting.ts";
import { bootOrder } from "../difference/hotplug.ts";
import { factOf, propertiesOf, sameValue, settingText } from "../difference/setting-value.ts";
import {
  BACK,
  GONE,
  type MadeChange,
  NOT_RECORDED,
  NOTHING,
  type NowRead,
  none,
  type Params,
  type Reversal,
  requests,
  type Way,
} from "./kinds.ts";
import { changedSince, guard, isHidden, isSet, secretText, sinceText } from "./values.ts";

/** Without `current` what waits for the next start counts as set, and that is what a change replaces. */
const intended = (type: GuestType): NowRead => ({
  read: `GET /nodes/{node}/${type}/{vmid}/config`,
  params: ({ node, vmid }) => ({ node, vmid }),
  pick: (data) => record(data),
});

/** Puts a guest's settings back; disks that a change made are detached, and their volumes stay. */
export function guestConfigReversal(type: GuestType): Reversal {
  return {
    sends: [CONFIG_ROUTE[type]],
    present: intended(type),
    records: true,
    way: (change) => wayBack(type, change),
  };
}

/** The parameters as those of a configuration call: unlinking deletes settings, `cdrom` is another name. */
function configCall({ route, params }: MadeChange): Params {
  if (route.endsWith("/unlink")) {
    const { idlist, ...rest } = params;
    return { ...rest, delete: idlist };
  }
  const { cdrom, ...rest } = params;
  if (cdrom === undefined) return params;
  const text = settingText(cdrom);
  return { ...rest, ide2: /media=/.test(text) ? text : `${text},media=cdrom` };
}

function wayBack(type: GuestType, change: MadeChange): Way | string {
  const { before } = change;
  if (before === undefined) return NOT_RECORDED;
  const params = configCall(change);
  if (isSet(params.revert)) return "a change that waited for a start is dropped, and is not recorded.";
  if (asFlag(settingText(params.template)) === true) return "a template does not become a guest again.";
  const now = { type, now: before, pending: [], params, running: false };
  const { changes, destroyed } = configDifference(now);
  const [gone] = destroyed;
  if (gone) return `the volume ${gone.volume} is destroyed.`;
  if (changes.length === 0) return NOTHING;
  const route = CONFIG_ROUTE[type];
  const hidden = changes.find(
    ({ key }) => isHidden(route, key, params[key]) || isHidden(route, key, before[key]),
  );
  if (hidden) return secretText(hidden.key);
  const made = changes.map(({ key, after, deleted }) => ({
    key,
    value: deleted ? undefined : settingText(params[key] ?? after),
    follows: key === "boot" && params.boot === undefined && !deleted,
  }));
  return (present) => (present ? inverse(type, params, before, present, made) : none(GONE));
}

interface Made {
  readonly key: string;
  /** Undefined: deleted. */
  readonly value: string | undefined;
  /** The boot order, which follows the drives by itself. */
  readonly follows: boolean;
}

function inverse(type: GuestType, params: Params, before: Row, now: Row, made: readonly Made[]) {
  const route = CONFIG_ROUTE[type];
  const touched = new Set(made.map(({ key }) => key));
  const others = (settings: Row) => bootOrder(settings).filter((device) => !touched.has(device));
  const changed = made.filter(({ key }) => settingText(now[key]) !== settingText(before[key]));
  if (changed.length === 0) return none(BACK);
  const since = made.filter(({ key, value, follows }) => {
    if (follows) return others(now).join() !== others(before).join();
    return value === undefined ? isSet(now[key]) : !isAsMade(type, key, now[key], value);
  });
  if (since.length > 0)
    return changedSince(since.map(({ key, value }) => sinceText(route, key, now[key], value)));
  const taken = changed.flatMap(({ key }) => usedElsewhere(type, key, before, now) ?? []);
  if (taken.length > 0) return changedSince(taken);
  const gone = changed.filter(({ key }) => !isSet(before[key])).map(({ key }) => key);
  const kept = changed.filter(({ key }) => isSet(before[key])).map(({ key }) => key);
  const there = (device: string) => !gone.includes(device) && (isSet(now[device]) || kept.includes(device));
  const back = Object.fromEntries(
    kept.map((key) => [key, key === "boot" ? bootBack(before, there) : valueBack(type, key, before, now)]),
  );
  return requests(
    [
      {
        route,
        params: {
          node: params.node,
          vmid: params.vmid,
          ...back,
          ...(gone.length > 0 ? { delete: gone.join(",") } : {}),
          ...guard(route, now),
        },
      },
    ],
    changed.flatMap(({ key }) => detachedNote(type, key, before, now) ?? []),
  );
}

/** What PVE reads from a volume, or takes only once to make one. */
const OF_VOLUME = new Set(["size", "format", "import-from", "media", "file"]);
/** What PVE makes where a call leaves it out. */
const OF_DEVICE = new Set(["macaddr", "hwaddr", "type"]);

/** Whether a setting is what a call made it, volumes and addresses that PVE made itself aside. */
export function isAsMade(type: GuestType, key: string, now: unknown, wanted: string): boolean {
  if (!isSet(now)) return !isSet(wanted);
  if (sameSetting(type, key, now, wanted)) return true;
  const fact = factOf(CONFIG_ROUTE[type], key);
  if (key === "vmgenid") return wanted === "1";
  if (isDiskKey(type, key)) {
    const [one, other] = [diskOf(type, key, now), diskOf(type, key, wanted)];
    const isMade = other?.fresh !== undefined || other?.options["import-from"] !== undefined;
    if (!one || !other || !(isMade || other.kind === "cloudinit")) return false;
    return one.storage === other.storage && sameKeys(fact, one.options, other.options, OF_VOLUME);
  }
  if (!/^net\d+$/.test(key)) return false;
  const [one, other] = [propertiesOf(fact, settingText(now)), propertiesOf(fact, wanted)];
  if (!one || !other) return false;
  return sameKeys(fact, one, other, new Set([...OF_DEVICE].filter((name) => other[name] === undefined)));
}

type Fact = ReturnType<typeof factOf>;
type Properties = Readonly<Record<string, string>>;

const sameKeys = (fact: Fact, one: Properties, other: Properties, left: ReadonlySet<string>): boolean => {
  const rest = (values: Properties) =>
    Object.entries(values)
      .filter(([name]) => !left.has(name))
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
  return sameValue(fact, rest(one), rest(other));
};

/** A volume that comes back must not be another disk by now. */
function usedElsewhere(type: GuestType, key: string, before: Row, now: Row): string | undefined {
  const volume = diskOf(type, key, before[key])?.volume;
  if (volume === undefined || !isOwn(type, key, before)) return undefined;
  const other = Object.keys(now).find(
    (name) => name !== key && !isUnusedKey(name) && diskOf(type, name, now[name])?.volume === volume,
  );
  return other === undefined ? undefined : `${volume} is ${other} now`;
}

/** Whether a setting holds a disk with contents of its own: no medium, no generated image. */
const isOwn = (type: GuestType, key: string, settings: Row): boolean =>
  diskOf(type, key, settings[key])?.kind === "disk";

/** A boot order without devices that there are not: PVE takes none of them. */
function bootBack(before: Row, there: (device: string) => boolean): string {
  const order = bootOrder(before);
  return order.every(there) ? settingText(before.boot) : `order=${order.filter(there).join(";")}`;
}

/** A value as the call takes it: the image of a cloud-init drive is made anew. */
function valueBack(type: GuestType, key: string, before: Row, now: Row): string {
  const text = settingText(before[key]);
  if (key === "description") return text.trimEnd();
  const disk = diskOf(type, key, text);
  const stays = disk?.volume === diskOf(type, key, now[key])?.volume;
  if (disk?.kind !== "cloudinit" || disk.storage === undefined || stays) return text;
  return `${disk.storage}:cloudinit,media=cdrom`;
}

/** What becomes of the disk that stands where it was put. */
function detachedNote(type: GuestType, key: string, before: Row, now: Row): string | undefined {
  const volume = diskOf(type, key, now[key])?.volume;
  if (volume === undefined || isUnusedKey(key) || !isOwn(type, key, now)) return undefined;
  if (volume === diskOf(type, key, before[key])?.volume) return undefined;
  return `${volume} (${key}) is taken out and stays as an unused volume; nothing of it is destroyed.`;
}
