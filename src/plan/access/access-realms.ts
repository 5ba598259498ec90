import { list, record, rows, str } from "../../pve/data.ts";
import {
  changeFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "../cluster/configuration-object.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, ReadRoute, Topic } from "../topic.ts";
import { counted, namesOr, when } from "../wording.ts";
import { userOf } from "./access-entries.ts";

const USERS: ReadRoute = "GET /access/users";

const realmOf = (userid: string): string => userid.slice(userid.lastIndexOf("@") + 1);

/** The users of a realm; undefined where they cannot be listed. */
async function usersOf(look: Look, realm: string): Promise<readonly string[] | undefined> {
  const data = await look.tryRead(USERS, {});
  if (data === undefined) return undefined;
  return rows(data)
    .flatMap((row) => str(row, "userid") ?? [])
    .filter((userid) => realmOf(userid) === realm)
    .sort();
}

const usersPoint = (says: string, users: readonly string[] | undefined): Point =>
  users === undefined ? `${says}: could not be read.` : listing(says, users);

/** A realm that changes: its users. */
export const realmChange: Topic = async (step, look): Promise<Finding> => {
  const realm = settingText(step.params.realm);
  const [change, users] = await Promise.all([
    changeFinding(step, look, named("realm", "realm")),
    usersOf(look, realm),
  ]);
  return { ...change, points: [...change.points, usersPoint("Users who log in through it", users)] };
};

/** A realm that goes: who can no longer log in. Tokens are checked without their user's realm (verify_token). */
export const realmRemoval: Topic = async (step, look): Promise<Finding> => {
  const realm = settingText(step.params.realm);
  const [domain, users] = await Promise.all([currentSettings(step, look), usersOf(look, realm)]);
  const own = realmOf(userOf(look.tokenId)) === realm;
  return {
    points: [
      ...when(own, "This is the realm of this server's own user; its token goes on working."),
      `Realm ${realm} goes: ${domain ? settingsText(domain, ["type", "server1", "base_dn", "issuer-url", "comment"]) : await unknownBecause(step, look)}.`,
      usersPoint("Users who can then no longer log in, but stay listed", users),
    ],
    state: { [`realm ${realm}`]: stableSettings(domain), [`users of ${realm}`]: users ? [...users] : null },
    name: realm,
  };
};

/** What a synchronisation takes away when it is told to (`remove-vanished`, the older `full` and `purge`). */
function vanishing(params: Readonly<Record<string, unknown>>, defaults: string): readonly string[] {
  const kept = /remove-vanished=([^,]+)/.exec(defaults)?.[1];
  const named = textOf(params, "remove-vanished") ?? kept;
  const old = [...when(isOn(params, "full"), "entry"), ...when(isOn(params, "purge"), "acl")];
  return [...new Set([...list(named), ...old])].filter((what) => what !== "none");
}

const VANISHES: Readonly<Record<string, string>> = {
  entry: "the users and groups themselves",
  acl: "their ACL entries",
  properties: "settings that the directory does not have",
};

/** A synchronisation with the directory: PVE tells which users only in its job. */
export const realmSync: Topic = async ({ params }, look): Promise<Finding> => {
  const realm = settingText(params.realm);
  const [users, domain] = await Promise.all([
    usersOf(look, realm),
    look.tryRead("GET /access/domains/{realm}", { realm }),
  ]);
  const defaults = settingText(record(domain)["sync-defaults-options"]);
  const gone = vanishing(params, defaults);
  const dry = isOn(params, "dry-run");
  return {
    points: [
      ...when(
        !dry && gone.length > 0,
        `Who is no longer in the directory loses: ${gone.map((what) => VANISHES[what] ?? what).join(", ")}. Which ones, only the job tells; dry-run=1 shows it beforehand.`,
      ),
      ...when(dry, "PVE only tries it out: nothing is stored."),
      users === undefined
        ? `Realm ${realm} has users that could not be read.`
        : listing(`Realm ${realm} has ${counted(users.length, "user")} here`, users),
      `Synchronised: ${namesOr(entriesOf(params.scope), "what the realm's defaults say")}.`,
    ],
    tells: ["scope", "dry-run"],
    state: { [`users of ${realm}`]: users ? [...users] : null },
  };
};
