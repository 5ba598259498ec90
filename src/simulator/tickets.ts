import { objects } from "./config-objects.ts";
import { digestOf } from "./digest.ts";
import type { World } from "./world.ts";

/** Seconds a login lasts, and a ticket for a console (PVE::AccessControl). */
const LOGIN_AGE = 2 * 3600;
const CONSOLE_AGE = 40;

const hex = (time: number) => Math.trunc(time).toString(16).toUpperCase().padStart(8, "0");

function sign(world: World, text: string): string {
  const key = [...world.nodes.values()].map((node) => node.fingerprint);
  return Buffer.from(digestOf([text, key])).toString("base64");
}

/** A ticket as PVE::Ticket writes one; `secret` is signed and not shown. */
function assemble(world: World, plain: string, now: number, secret = ""): string {
  const text = `${plain}:${hex(now)}`;
  return `${text}::${sign(world, `${text}:${secret}`)}`;
}

/** What a ticket of a kind says before its time; undefined when it is forged or too old. */
function verify(world: World, ticket: string, now: number, age: number, secret = ""): string | undefined {
  const [, plain = "", time = ""] = /^(.+):([0-9A-F]{8})::[^:\s]+$/s.exec(ticket) ?? [];
  const made = Number.parseInt(time, 16);
  if (plain === "" || ticket !== assemble(world, plain, made, secret)) return undefined;
  return now - made < age && made - now < 300 ? plain : undefined;
}

/** A login's ticket, with the user's name escaped as PVE does (`PVE:root@pam:...`). */
export const loginTicket = (world: World, userid: string, now: number): string =>
  assemble(world, `PVE:${userid}`, now);

/** The user of a login's ticket; undefined when it is not valid at `now` (Unix seconds). */
export function ticketUser(world: World, ticket: string, now: number): string | undefined {
  const plain = verify(world, ticket, now, LOGIN_AGE);
  const user = plain === undefined ? undefined : /^PVE:([^!].*)$/.exec(plain)?.[1];
  return user !== undefined && world.access.users.get(user)?.enable ? user : undefined;
}

/** What a login answers whose second factor is still to come; `challenge` is JSON. */
export const halfTicket = (world: World, userid: string, challenge: string, now: number): string =>
  assemble(world, `PVE:!tfa!${encodeURIComponent(challenge)}`, now, userid);

/** True for a ticket that `halfTicket` made for that user. */
export const isHalfTicket = (world: World, userid: string, ticket: string, now: number): boolean =>
  verify(world, ticket, now, LOGIN_AGE, userid)?.startsWith("PVE:!tfa!") ?? false;

/** The token against forged requests that goes with a login. */
export const csrfToken = (world: World, userid: string, now: number): string =>
  `${hex(now)}:${sign(world, `csrf:${hex(now)}:${userid}`)}`;

/** True when the token was made for that user no longer ago than a login lasts. */
export function isCsrfToken(world: World, userid: string, token: string, now: number): boolean {
  const made = Number.parseInt(token.slice(0, 8), 16);
  return now - made < LOGIN_AGE && token === csrfToken(world, userid, made);
}

/** What a console's ticket is good for. */
export interface ConsoleTicket {
  readonly user: string;
  readonly path: string;
  /** Absent: any. */
  readonly port?: number;
  /** `PVEVNC`, or `PVETUNNEL` for a migration's socket. */
  readonly kind?: string;
}

const scope = ({ user, path, port }: ConsoleTicket) => [user, path, port ?? ""].join(":");

/** A ticket for a console or a tunnel. */
export const consoleTicket = (world: World, what: ConsoleTicket, now: number): string =>
  assemble(world, what.kind ?? "PVEVNC", now, scope(what));

/** True when the ticket was made for exactly that, a moment ago; a VNC password in front of it counts for nothing. */
export function isConsoleTicket(world: World, ticket: string, what: ConsoleTicket, now: number): boolean {
  const kind = what.kind ?? "PVEVNC";
  const bare = /^.{8}:(PVEVNC:.*)$/s.exec(ticket)?.[1] ?? ticket;
  return verify(world, bare, now, CONSOLE_AGE, scope(what)) === kind;
}

const PASSWORDS = "passwords";

/** Sets what the user logs in with. A world begins without any: its API tokens are the only way in. */
export function setPassword(world: World, userid: string, password: string): void {
  objects(world, PASSWORDS).set(userid, { password });
}

/** True when the user has a password and it is this one. */
export function isPassword(world: World, userid: string, password: string): boolean {
  const known = objects(world, PASSWORDS).get(userid)?.password;
  return known !== undefined && known === password;
}

/** Forgets a user's password. */
export const dropPassword = (world: World, userid: string): boolean =>
  objects(world, PASSWORDS).delete(userid);
