import { readMultipart, type Upload } from "./uploads.ts";

/** One HTTP request to the simulated pveproxy. */
export interface SimRequest {
  readonly method: string;
  /** `/api2/json/...` with the raw query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The simulated pveproxy's answer. */
export interface SimResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A refusal before any route is looked up: pveproxy answers without JSON. */
export class RawError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A parameter as it arrives: text, repeated keys as a list, anything in a JSON body. */
export type RawParams = Record<string, unknown>;

const UPLOAD = /^POST \/api2\/json\/nodes\/[^/]+\/storage\/[^/]+\/upload$/;
const BODY_TYPES = new Set(["", "application/x-www-form-urlencoded", "application/json"]);

/** A header by its lower-case name. */
export function header(request: SimRequest, name: string): string | undefined {
  for (const [key, value] of Object.entries(request.headers)) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** Percent decoding as Perl's uri_unescape does it: what is no escape stays. */
export function uriUnescape(text: string): string {
  const bytes: number[] = [];
  const source = Buffer.from(text, "utf8");
  for (let i = 0; i < source.length; i++) {
    const code = /^%[0-9a-fA-F]{2}$/.test(source.toString("latin1", i, i + 3))
      ? Number.parseInt(source.toString("latin1", i + 1, i + 3), 16)
      : undefined;
    bytes.push(code ?? source[i] ?? 0);
    if (code !== undefined) i += 2;
  }
  return Buffer.from(bytes).toString("utf8");
}

/** AnyEvent.pm decode_urlencoded: `&` and `;` separate, a raw `=` cuts the value, repeated keys make a list. */
export function decodeForm(text: string): RawParams {
  const params: RawParams = {};
  for (const pair of text.split(/[&;]/)) {
    if (pair === "") continue;
    const [rawKey = "", rawValue] = pair.split("=");
    if (rawValue === undefined) continue;
    const key = uriUnescape(rawKey.replaceAll("+", " "));
    const value = uriUnescape(rawValue.replaceAll("+", " "));
    const known = Object.hasOwn(params, key) ? params[key] : undefined;
    params[key] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  }
  return params;
}

function decodeJson(text: string): RawParams {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as RawParams;
  } catch {}
  throw new RawError(400, "unable to parse parameters");
}

/**
 * The path below the format, unescaped once, and the parameters of query and body (the query wins).
 * @param limit the largest body in bytes
 */
export function decodeRequest(
  request: SimRequest,
  limit = 512 * 1024,
): { path: string; params: RawParams; upload?: Upload } {
  const question = request.path.indexOf("?");
  const rawPath = question < 0 ? request.path : request.path.slice(0, question);
  const query = question < 0 ? "" : request.path.slice(question + 1);
  const path = uriUnescape(rawPath);
  const body = request.body ?? "";
  const writes = request.method === "POST" || request.method === "PUT";
  if (!writes && body !== "") throw new RawError(501, "Unexpected content for method");
  const contentType = header(request, "content-type") ?? "";
  const form = UPLOAD.test(`${request.method} ${path}`) ? readMultipart(contentType, body) : undefined;
  if (form) return { path, ...form };
  if (Buffer.byteLength(body) > limit) throw new RawError(501, "for data too large");
  const type = contentType.split(";")[0]?.trim() ?? "";
  if (writes && !BODY_TYPES.has(type))
    throw new RawError(506, `upload 'Content-Type ${contentType}' not implemented`);
  const fromBody = body === "" ? {} : type === "application/json" ? decodeJson(body) : decodeForm(body);
  const params = { ...fromBody, ...decodeForm(query) };
  delete params._dc;
  return { path, params };
}
