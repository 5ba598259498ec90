import { objects } from "./config-objects.ts";
import { digestOf } from "./digest.ts";
import type { World } from "./world.ts";

/** A file that came with a request, as pveproxy lays it aside. */
export interface Upload {
  /** `/var/tmp/pveupload-...` */
  readonly path: string;
  readonly content: string;
}

const PART = /^Content-Disposition: form-data; name="([^"]+)"(?:; filename="([^"]*)")?/im;

/** The call's parameters and the file in a body of type multipart/form-data; undefined when it is none. */
export function readMultipart(
  type: string,
  body: string,
): { params: Record<string, string>; upload?: Upload } | undefined {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return undefined;
  const params: Record<string, string> = {};
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const cut = part.indexOf("\r\n\r\n");
    const [, name, filename] = PART.exec(part.slice(0, cut)) ?? [];
    const content = part.slice(cut + 4).replace(/\r\n$/, "");
    if (name === undefined) continue;
    if (filename === undefined) {
      params[name] = content;
      continue;
    }
    // pveproxy takes what stands before the file.
    const path = `/var/tmp/pveupload-${digestOf(content).slice(0, 32)}`;
    return { params: { ...params, filename, tmpfilename: path }, upload: { path, content } };
  }
  return { params };
}

const KIND = "uploads";

/** Keeps a file until a call takes it. */
export function keepUpload(world: World, { path, content }: Upload): void {
  objects(world, KIND).set(path, { content });
}

/** The content of a file that was laid aside, which is gone then; undefined when there is none. */
export function takeUpload(world: World, path: string): string | undefined {
  const content = objects(world, KIND).get(path)?.content;
  objects(world, KIND).delete(path);
  return typeof content === "string" ? content : undefined;
}
