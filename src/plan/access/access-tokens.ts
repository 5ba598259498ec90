import { flag, num, type Row, rows, str } from "../../pve/data.ts";
import { currentSettings, stableSettings, unknownBecause } from "../cluster/configuration-object.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { shownValue } from "../difference/shown-setting.ts";
import type { Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { capital, when } from "../wording.ts";
import { type AclEntry, aclEntries, entriesPoint, entryState, OWN_TOKEN_GOES } from "./access-entries.ts";
import { expiryText } from "./access-users.ts";

const TOKENS = "GET /access/users/{userid}/token";

/** `bob@corp!ci`: a token as the access list names it. */
const fullId = ({ userid, tokenid }: Step["params"]): string =>
  `${settingText(userid)}!${settingText(tokenid)}`;

const ofToken =
  (id: string) =>
  ({ type, ugid }: AclEntry): boolean =>
    type === "token" && ugid === id;

/** Without privilege separation a token has all that its user has (PVE::AccessControl roles). */
const isSeparated = (token: Row): boolean => token.privsep === undefined || flag(token, "privsep");

const tokenText = (token: Row, user: string): string =>
  [
    isSeparated(token) ? "has rights of its own" : `has all rights of ${user}`,
    `expires: ${expiryText(num(token, "expire") ?? 0)}`,
    ...(typeof token.comment === "string" ? [shownValue("comment", token.comment)] : []),
  ].join(", ");

const state = (id: string, token: Row | undefined, entries: readonly AclEntry[] | undefined) => ({
  [`token ${id}`]: stableSettings(token),
  [`entries of ${id}`]: entryState(entries, ofToken(id)),
});

/** A token that goes, and its ACL entries with it. */
export const tokenRemoval: Topic = async (step, look): Promise<Finding> => {
  const id = fullId(step.params);
  const [token, entries] = await Promise.all([currentSettings(step, look), aclEntries(look)]);
  return {
    points: [
      ...when(id === look.tokenId, OWN_TOKEN_GOES),
      `Token ${id} goes: ${token ? tokenText(token, settingText(step.params.userid)) : await unknownBecause(step, look)}.`,
      entriesPoint("ACL entries that go with it", entries, ofToken(id), "none"),
    ],
    state: state(id, token, entries),
    name: id,
    final: "the token's secret is not kept anywhere; a new token has another one.",
  };
};

/** What a token's new privilege separation comes to. */
function separation(
  token: Row | undefined,
  wanted: boolean | undefined,
  entries: readonly AclEntry[] | undefined,
  id: string,
  user: string,
): readonly Point[] {
  if (wanted === undefined || (token !== undefined && isSeparated(token) === wanted)) return [];
  return wanted
    ? [entriesPoint("From then on it has only what its own entries give", entries, ofToken(id), "nothing")]
    : [`From then on it has all rights of ${user}.`];
}

/** A changed token: a new secret, fewer rights, an end. */
export const tokenChange: Topic = async (step, look): Promise<Finding> => {
  const { params } = step;
  const id = fullId(params);
  const user = settingText(params.userid);
  const [token, entries] = await Promise.all([currentSettings(step, look), aclEntries(look)]);
  const own = id === look.tokenId;
  const regenerates = isOn(params, "regenerate");
  const expire = num({ expire: settingText(params.expire) }, "expire");
  const wanted = params.privsep === undefined ? undefined : isOn(params, "privsep");
  const comment = textOf(params, "comment");
  return {
    points: [
      ...when(
        own && regenerates,
        "This is the token this server uses: its secret changes, and this server is locked out until it is given the new one.",
      ),
      ...when(own && !regenerates, "This is the token this server uses."),
      ...when(regenerates && !own, `Token ${id} gets a new secret: whoever uses the old one is locked out.`),
      `Token ${id} now: ${token ? tokenText(token, user) : "could not be read"}.`,
      ...separation(token, wanted, entries, id, user),
      ...(expire === undefined ? [] : [`It then expires: ${expiryText(expire)}.`]),
      ...(comment === undefined ? [] : [`New comment: ${shownValue("comment", comment)}.`]),
      ...when(params.delete !== undefined, `Taken out: ${settingText(params.delete)}.`),
    ],
    tells: ["regenerate", "expire", "privsep", "comment", "delete"],
    state: state(id, token, entries),
    ...(regenerates ? { final: "the old secret is not kept anywhere." } : {}),
  };
};

/** A new token, and what it may do. */
export const tokenCreation: Topic = async ({ params }, look: Look): Promise<Finding> => {
  const id = fullId(params);
  const user = settingText(params.userid);
  const [tokens, entries] = await Promise.all([look.tryRead(TOKENS, { userid: user }), aclEntries(look)]);
  const wanted = settingText(params.tokenid);
  const there = tokens === undefined ? undefined : rows(tokens).some((row) => str(row, "tokenid") === wanted);
  const separated = params.privsep === undefined || isOn(params, "privsep");
  const ofUser = ({ type, ugid }: AclEntry): boolean => type === "user" && ugid === user;
  return {
    points: [
      capital(
        there === undefined
          ? `token ${id} is created; whether it is there already could not be read.`
          : there
            ? `token ${id} is there already: PVE refuses to create it.`
            : `token ${id} is created; its secret is shown once, in the answer.`,
      ),
      separated
        ? entriesPoint(
            "It has rights of its own only",
            entries,
            ofToken(id),
            "none, until the access list names it",
          )
        : entriesPoint(
            `It has all rights of ${user}`,
            entries,
            ofUser,
            user === "root@pam" ? "everything" : "those of its groups",
          ),
    ],
    tells: ["privsep"],
    state: { [`token ${id}`]: there ?? null },
  };
};
