import { request } from "node:https";

/** How a node's certificate is checked: against the system's authorities, against `ca` (PEM), or not at all. */
export interface Trust {
  readonly ca?: string;
  readonly insecure?: true;
}

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The body of an answer 200; rejects on any other status, on silence and beyond 16 MiB. */
function get(url: URL, trust: Trust): Promise<string> {
  return new Promise((resolve, reject) => {
    const tls = {
      rejectUnauthorized: trust.insecure !== true,
      ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    };
    const sent = request(url, { ...tls, timeout: TIMEOUT_MS }, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        size += part.length;
        if (size > MAX_BYTES) sent.destroy(new Error(`${url}: more than 16 MiB`));
        else parts.push(part);
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts).toString("utf8"));
        else reject(new Error(`${url}: HTTP ${response.statusCode}`));
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${url}: no answer for ${TIMEOUT_MS / 1_000} s`)));
    sent.on("error", reject);
    sent.end();
  });
}

/** A node's API description, which it serves without login. @param node `https://pve1.example.com:8006` */
export const fetchApidoc = (node: string, trust: Trust): Promise<string> =>
  get(new URL("/pve-docs/api-viewer/apidoc.js", node), trust);

/** A node's release, read off the login page, whose link to its own script carries the version (pve-manager, www/index.html.tpl). */
export async function fetchRelease(node: string, trust: Trust): Promise<string | undefined> {
  return /pvemanagerlib\.js\?ver=(\d+\.\d+)/.exec(await get(new URL("/", node), trust))?.[1];
}
