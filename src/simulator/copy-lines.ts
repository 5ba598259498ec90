const GIB = 1024 ** 3;
/** Smaller disks are copied before a second line comes. */
const QUICK = 4 * GIB;
const STEPS = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/** Percent at which a copy of so many bytes tells how far it is. */
const stepsOf = (bytes: number): readonly number[] => (bytes < QUICK ? [0, 100] : STEPS);

/** Bytes as PVE::Format render_bytes writes them with one decimal: `1.0 GiB`. */
export function renderBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const power = bytes > 1023 ? Math.min(5, Math.floor(Math.log(bytes) / Math.log(1024))) : 0;
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}

const transferred = (bytes: number, percent: number) =>
  `transferred ${renderBytes(Math.trunc((bytes * percent) / 100))} of ${renderBytes(bytes)} (${percent.toFixed(2)}%)`;

/** What copying a VM's disk with qemu-img prints (PVE::QemuServer::QemuImage convert). */
export function copyLines(bytes: number): string[] {
  return stepsOf(bytes).map((percent) => transferred(bytes, percent));
}

/** What mirroring a running VM's disk prints until it is in step (PVE::QemuServer::BlockJob monitor). */
export function mirrorLines(key: string, bytes: number, seconds: number): string[] {
  const steps = stepsOf(bytes);
  return [
    `drive mirror is starting for drive-${key}`,
    ...steps.map((percent) => {
      const at = Math.round((seconds * percent) / 100);
      return `drive-${key}: ${transferred(bytes, percent)} in ${at}s${percent === 100 ? ", ready" : ""}`;
    }),
    "all 'mirror' jobs are ready",
  ];
}

/** What handing the disks over to their mirrors prints. */
export function switchLines(keys: readonly string[]): string[] {
  return [
    ...keys.flatMap((key) => [
      `drive-${key}: Completing block job...`,
      `drive-${key}: Completed successfully.`,
    ]),
    ...keys.map((key) => `drive-${key}: mirror-job finished`),
  ];
}

/** What ending mirrors prints whose disks are another guest's from now on. */
export function cancelLines(keys: readonly string[], agent: boolean): string[] {
  if (keys.length === 0) return [];
  return [
    agent ? "issuing guest agent 'guest-fsfreeze-freeze' command" : "suspend vm",
    ...keys.map((key) => `drive-${key}: Cancelling block job`),
    ...keys.map((key) => `drive-${key}: Done.`),
    agent ? "issuing guest agent 'guest-fsfreeze-thaw' command" : "resume vm",
  ];
}
