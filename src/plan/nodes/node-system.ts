import { num, type Row, record, rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { time } from "../../render/units.ts";
import { changeFinding, currentSettings } from "../cluster/configuration-object.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import { listings } from "../point.ts";
import type { Finding, Step, Topic } from "../topic.ts";
import { counted, namesOr, when } from "../wording.ts";

const ofNode =
  (what: string) =>
  (params: Step["params"]): string =>
    `${what} of ${settingText(params.node)}`;

/** Name servers: PVE writes those of the call, and no others (PVE::INotify update_etc_resolv_conf). */
export const dnsChange: Topic = async (step, look): Promise<Finding> => {
  const [change, now] = await Promise.all([
    changeFinding(step, look, ofNode("name resolution")),
    currentSettings(step, look),
  ]);
  const dropped = ["dns1", "dns2", "dns3"].filter(
    (key) => textOf(now ?? {}, key) !== undefined && textOf(step.params, key) === undefined,
  );
  return {
    ...change,
    points: [
      ...change.points,
      ...listings(
        "Name servers that the call does not name go",
        dropped.map((key) => `${key} ${textOf(now ?? {}, key) ?? ""}`),
      ),
      ...when(
        ["dns1", "dns2", "dns3"].every((key) => textOf(step.params, key) === undefined),
        "No name server is left: backups, updates and joins by name fail.",
      ),
    ],
  };
};

/** The hosts file: which lines come and go. */
export const hostsChange: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const data = await look.tryRead("GET /nodes/{node}/hosts", { node });
  const now = str(record(data), "data");
  const lines = (text: string): readonly string[] =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const [before, after] = [lines(now ?? ""), lines(settingText(params.data))];
  const [gone, come] = [
    before.filter((line) => !after.includes(line)),
    after.filter((line) => !before.includes(line)),
  ];
  const shown = (list: readonly string[]): readonly string[] => list.map((line) => quoted(line));
  return {
    points: [
      now === undefined
        ? `The hosts file of ${node} could not be read; the call replaces it.`
        : `The hosts file of ${node} loses ${counted(gone.length, "line")} and gets ${counted(come.length, "line")}.`,
      ...listings("Lost", shown(gone)),
      ...(now === undefined ? [] : listings("New", shown(come))),
    ],
    tells: now === undefined ? [] : ["data"],
    state: { [`hosts file of ${node}`]: str(record(data), "digest") ?? now ?? null },
  };
};

/** The certificate that pveproxy shows: a custom or ACME one goes before the cluster's own. */
const shownFirst = ["pveproxy-ssl.pem", "pve-ssl.pem"];

/** A certificate of a node that is ordered, renewed, replaced or removed. */
export const certificateChange: Topic = async ({ route, params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const acme = route.includes("/acme/");
  const [data, config] = await Promise.all([
    look.tryRead("GET /nodes/{node}/certificates/info", { node }),
    acme && !route.startsWith("DELETE") ? look.tryRead("GET /nodes/{node}/config", { node }) : undefined,
  ]);
  const all = rows(data);
  const [now] = shownFirst.flatMap((name) => all.filter((row) => str(row, "filename") === name));
  const ends = now && num(now, "notafter");
  const domains = Object.entries(record(config)).flatMap(([key, value]) =>
    /^acme(?:domain\d+)?$/.test(key) ? [settingText(value)] : [],
  );
  // A custom one is shown only after a restart, which the call may ask for (PVE::API2::Certificates).
  const waits = !acme && settingText(params.restart) !== "1";
  const what = route.startsWith("DELETE")
    ? `${node} goes back to the certificate of the cluster's own authority.`
    : acme
      ? `${node} gets a new certificate for: ${namesOr(domains, "no domain is configured, PVE refuses")}.`
      : `${node} gets the certificate of the call.`;
  return {
    points: [
      what,
      now === undefined
        ? "Its present certificate could not be read."
        : `Now: ${str(now, "filename") ?? ""}, ${quoted(str(now, "subject") ?? "", 80)}${ends === undefined ? "" : `, valid until ${time(ends)}`}.`,
      `pveproxy shows the new one ${waits ? "when it is restarted" : "at once"}: clients that pin the old one (PVE_FINGERPRINT of this server, if it is set) are then refused.`,
    ],
    state: { [`certificate of ${node}`]: now ? (str(now, "fingerprint") ?? null) : null },
    ...(route.startsWith("DELETE") && !acme
      ? { final: "the custom certificate and its key are deleted." }
      : {}),
  };
};

/** How a package source stands in words: PVE lists a standard one that is not set up with null. */
const sourceText = (now: Row | undefined): string => {
  if (now === undefined) return "could not be read";
  const value = now.enabled ?? now.status;
  return value === undefined || value === null ? "not set up" : Number(value) > 0 ? "on" : "off";
};

/** A package source that is switched on or off, or a standard one that is added. */
export const packageSource: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const now = await currentSettings(step, look);
  const name = route.startsWith("PUT")
    ? `Standard package source ${settingText(params.handle)}`
    : `Package source ${settingText(params.index)} of ${settingText(params.path)}`;
  const then = route.startsWith("PUT")
    ? "on"
    : params.enabled === undefined
      ? "as it is"
      : settingText(params.enabled) === "1"
        ? "on"
        : "off";
  return {
    points: [`${name} of ${settingText(params.node)}: ${sourceText(now)} → ${then}.`],
    tells: ["handle", "index", "path", "enabled"],
    state: { [`${name} of ${settingText(params.node)}`]: sourceText(now) },
  };
};

/** An operation of which nothing has to be looked up: a sentence. */
export const statement =
  (says: (params: Step["params"]) => string): Topic =>
  async ({ params }): Promise<Finding> => ({ points: [says(params)] });
