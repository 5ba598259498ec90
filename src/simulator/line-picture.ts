import { deflateSync } from "node:zlib";

const WIDTH = 800;
const HEIGHT = 200;
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Background and the lines' colours. */
const PALETTE = [255, 255, 255, 0, 221, 255, 255, 0, 0];

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

/** A PNG of 800x200 with up to two lines; points without a value are left out. */
export function linePicture(lines: readonly (readonly (number | undefined)[])[]): Buffer {
  const rows = Array.from({ length: HEIGHT }, () => Buffer.alloc(WIDTH + 1));
  const top = Math.max(0, ...lines.flat().map((value) => value ?? 0)) || 1;
  for (const [at, points] of lines.entries())
    for (let x = 0; x < WIDTH; x++) {
      const value = points[Math.floor((x * points.length) / WIDTH)];
      if (value === undefined) continue;
      const y = HEIGHT - 1 - Math.round((value / top) * (HEIGHT - 1));
      for (const row of rows.slice(y, y + 2)) row[x + 1] = at + 1;
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits a point, by palette.
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(PALETTE)),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
