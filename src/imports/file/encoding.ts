/** Bytes as text: UTF-8, UTF-16 with a byte order mark, windows-1252 where somebody says so. What does not decode is refused. */
import { FileRefused } from './refused.ts';

export const ENCODINGS = ['utf-8', 'windows-1252'] as const;
/** What can be declared; UTF-16 is told by its byte order mark alone. */
export type DeclaredEncoding = (typeof ENCODINGS)[number];
type Encoding = DeclaredEncoding | 'utf-16le' | 'utf-16be';

/**
 * Decodes as it comes. A byte order mark is believed before the declaration, and left out.
 *
 * @throws FileRefused `undecodable` or `binary`, with the line.
 */
export async function* decode(
  source: AsyncIterable<Buffer>,
  declared: DeclaredEncoding,
): AsyncGenerator<string> {
  let encoding: Encoding | null = null;
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of source) {
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (encoding === null) {
      if (bytes.length < 4) {
        rest = bytes;
        continue;
      }
      [encoding, bytes] = byMark(bytes, declared);
    }
    const end = wholeCharacters(bytes, encoding);
    rest = bytes.subarray(end);
    const text = decodeBlock(bytes.subarray(0, end), encoding, line);
    line += countLines(text);
    if (text !== '') yield text;
  }
  if (encoding === null) [encoding, rest] = byMark(rest, declared);
  const last = decodeBlock(rest, encoding, line);
  if (last !== '') yield last;
}

function byMark(bytes: Buffer, declared: DeclaredEncoding): [Encoding, Buffer] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ['utf-8', bytes.subarray(3)];
  const isUtf32 = bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfeff;
  if (isUtf32) throw new FileRefused('encoding-unknown');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le', bytes.subarray(2)];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be', bytes.subarray(2)];
  return [declared, bytes];
}

/** How many bytes hold no character in part. */
function wholeCharacters(bytes: Buffer, encoding: Encoding): number {
  const { length } = bytes;
  switch (encoding) {
    case 'windows-1252':
      return length;
    case 'utf-8':
      return length - openUtf8(bytes);
    case 'utf-16le':
    case 'utf-16be': {
      const even = length - (length % 2);
      if (even < 2) return even;
      const unit = encoding === 'utf-16le' ? bytes.readUInt16LE(even - 2) : bytes.readUInt16BE(even - 2);
      return unit >= 0xd800 && unit <= 0xdbff ? even - 2 : even;
    }
  }
}

/** Bytes at the end that begin a character without finishing it. */
function openUtf8(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return wanted > back ? back : 0;
  }
  return 0;
}

/** @param line Where the block begins. */
function decodeBlock(bytes: Buffer, encoding: Encoding, line: number): string {
  const text = tryDecode(bytes, encoding);
  if (text !== null) {
    const at = text.indexOf('\u0000');
    if (at >= 0) throw new FileRefused('binary', line + countLines(text.slice(0, at)));
    return text;
  }
  let start = 0;
  let bad = line;
  // A line break is the same in all of them and no part of another character.
  for (let end = lineEnd(bytes, 0, encoding); end > start; end = lineEnd(bytes, start, encoding)) {
    if (tryDecode(bytes.subarray(start, end), encoding) === null) break;
    start = end;
    bad += 1;
  }
  throw new FileRefused('undecodable', bad);
}

function lineEnd(bytes: Buffer, from: number, encoding: Encoding): number {
  if (encoding === 'utf-8' || encoding === 'windows-1252') {
    const at = bytes.indexOf(0x0a, from);
    return at < 0 ? bytes.length : at + 1;
  }
  for (let at = from; at + 1 < bytes.length; at += 2) {
    const unit = encoding === 'utf-16le' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    if (unit === 0x0a) return at + 2;
  }
  return bytes.length;
}

function tryDecode(bytes: Buffer, encoding: Encoding): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    // Five bytes of windows-1252 stand for nothing; the decoder of the web makes controls of them.
    return encoding === 'windows-1252' && /[\u0080-\u009f]/u.test(text) ? null : text;
  } catch {
    return null;
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
