import type { Row } from "../../pve/data.ts";
import { CONFIG_ROUTE, type GuestType, isDiskKey, isUnusedKey } from "../difference/guest-disk.ts";
import { sameSetting, settingParts } from "../difference/guest-setting.ts";
import { factOf, sameValue, settingText } from "../difference/setting-value.ts";
import { type SettingChange, shownValues } from "../difference/settings-difference.ts";

/** What a rollback leaves as it is, or PVE makes anew (PVE::AbstractConfig __snapshot_copy_config, __snapshot_apply_config). */
const NO_PART = new Set(
  "description digest lock parent pending runningcpu runningmachine running-nets-host-mtu snapstate snaptime vmgenid vmstate".split(
    " ",
  ),
);
const isPart = (key: string): boolean => !NO_PART.has(key) && !isUnusedKey(key);

const isSame = (type: GuestType, key: string, now: unknown, then: unknown): boolean =>
  isDiskKey(type, key)
    ? sameValue(factOf(CONFIG_ROUTE[type], key), now, then)
    : sameSetting(type, key, now, settingText(then));

/** What changes in a guest's configuration when that of a snapshot takes its place, disks' sizes included. */
export function configReturn(type: GuestType, now: Row, snapshot: Row): readonly SettingChange[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(snapshot)])].filter(isPart).sort();
  return keys.flatMap((key): readonly SettingChange[] => {
    const [before, after] = [now[key], snapshot[key]];
    if (after === undefined) return [{ key, ...shownValues(key, before, undefined), deleted: true }];
    if (before !== undefined && isSame(type, key, before, after)) return [];
    return [
      {
        key,
        ...shownValues(key, before, settingText(after)),
        ...(before === undefined ? {} : settingParts(type, key, settingText(before), settingText(after))),
      },
    ];
  });
}
