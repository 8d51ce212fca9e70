import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 400;
const HEIGHT = 600;
const BAR = { top: 380, bottom: 520, left: 32, module: 2 } as const;

/** A small label as PNG: a frame and bars that encode the tracking code, bit by bit. */
export function labelPng(trackingCode: string): Buffer {
  const bits = [...Buffer.from(trackingCode)].flatMap((byte) =>
    Array.from({ length: 8 }, (_unused, bit) => (byte >> (7 - bit)) & 1),
  );
  const rows = Array.from({ length: HEIGHT }, (_unused, y) => {
    const row = Buffer.alloc(WIDTH + 1, 0xff);
    row[0] = 0;
    if (y < 4 || y >= HEIGHT - 4) row.fill(0, 1);
    row.fill(0, 1, 5);
    row.fill(0, WIDTH - 3);
    if (y < BAR.top || y >= BAR.bottom) return row;
    bits.forEach((bit, index) => {
      const start = 1 + BAR.left + index * BAR.module;
      if (bit === 1 && start + BAR.module <= WIDTH - BAR.left) row.fill(0, start, start + BAR.module);
    });
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // 8 bits a pixel, greyscale, no interlacing.
  header[8] = 8;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
