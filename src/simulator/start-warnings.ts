import { isRunning, isTemplate, withPending } from "./guests.ts";
import { parseProperties } from "./property.ts";
import type { TaskSpec } from "./route.ts";
import type { Guest, Json } from "./world.ts";

type Config = Readonly<Record<string, Json>>;

const properties = (config: Config, key: string) => parseProperties(String(config[key] ?? ""));
const keys = (config: Config, kind: RegExp) => Object.keys(config).filter((key) => kind.test(key));

/** Settings that a VM's start warns of (log_warn in PVE::QemuServer and PVE::QemuServer::OVMF). */
const CAUSES: readonly ((config: Config) => readonly string[])[] = [
  (config) => {
    const disk = properties(config, "efidisk0");
    const old = disk.get("pre-enrolled-keys") === "1" && disk.get("ms-cert") !== "2023k";
    return config.bios === "ovmf" && old
      ? [
          "EFI disk without 'ms-cert=2023k' option, suggesting that not all UEFI 2023\n" +
            "certificates from Microsoft are enrolled yet.",
        ]
      : [];
  },
  (config) =>
    config.bios === "ovmf" && config.efidisk0 === undefined
      ? ["no efidisk configured! Using temporary efivars disk."]
      : [],
  (config) =>
    config.scsihw === "virtio-scsi-single"
      ? []
      : keys(config, /^scsi\d+$/)
          .filter((key) => properties(config, key).get("iothread") === "1")
          .map(() => "iothread is only valid with virtio disk or virtio-scsi-single controller, ignoring"),
  (config) =>
    keys(config, /^net\d+$/)
      .filter((key) => !/^(?:model=)?virtio\b/.test(String(config[key])))
      .flatMap((key) => {
        const mtu = properties(config, key).get("mtu");
        return mtu === undefined ? [] : [`netdev ${key}: ignoring MTU '${mtu}', not using VirtIO`];
      }),
];

/** What the start of a guest logs and ends with when PVE warns of its settings; nothing for one that cannot start. */
export function startWarnings(guest: Guest | undefined): Pick<TaskSpec, "log" | "exitstatus"> {
  if (guest?.type !== "qemu" || isRunning(guest) || isTemplate(guest) || guest.config.lock !== undefined)
    return {};
  const config = withPending(guest);
  const warnings = CAUSES.flatMap((cause) => cause(config));
  if (warnings.length === 0) return {};
  return {
    log: warnings.flatMap((text) => `WARN: ${text}`.split("\n")),
    exitstatus: `WARNINGS: ${warnings.length}`,
  };
}
