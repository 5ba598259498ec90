import { isTotpCode, parseTotp } from "../schema/totp.ts";
import { objects } from "./config-objects.ts";
import type { JsonObject, World } from "./world.ts";

/** The second factors of a user (priv/tfa.cfg), by id; made at first use. */
export const factorsOf = (world: World, userid: string) => objects(world, `tfa/${userid}`);

/** What the API shows of a factor (proxmox-tfa TypedTfaInfo): `enable` only when it is off. */
export function shownFactor(id: string, factor: JsonObject): JsonObject {
  const { type = "", description = "", created = 0, enable } = factor;
  return { id, type, description, created, ...(enable === false ? { enable } : {}) };
}

/** The kinds a login has to choose from; empty: no second factor is asked for. */
export function enabledKinds(world: World, userid: string): string[] {
  const on = [...factorsOf(world, userid).values()].filter(({ enable }) => enable !== false);
  return [...new Set(on.map(({ type }) => String(type)))];
}

/** True when `totp:123456` or `recovery:xxxx-...` is right; a recovery key counts once. */
export function isSecondFactor(world: World, userid: string, answer: string, now: number): boolean {
  const [kind = "", value = ""] = answer.split(/:(.*)/s);
  const factors = [...factorsOf(world, userid)].filter(
    ([, { type, enable }]) => type === kind && enable !== false,
  );
  if (kind === "totp")
    return factors.some(([, { uri }]) => {
      const totp = parseTotp(String(uri));
      return totp !== undefined && isTotpCode(totp, value, now);
    });
  const [id, recovery] = factors[0] ?? [];
  const keys = recovery?.keys;
  if (kind !== "recovery" || id === undefined || !Array.isArray(keys) || !keys.includes(value)) return false;
  factorsOf(world, userid).set(id, { ...recovery, keys: keys.filter((key) => key !== value) });
  return true;
}
