/** What stands in the report of a pack. */
import { inflateSync } from 'node:zlib';
import type { PackFiles } from '../../../src/ledger/pack/layout.ts';

/** The texts of a PDF as the writer put them: hex strings in compressed streams. */
export function textOf(files: PackFiles): string {
  const pdf = Buffer.from(files.get('report.pdf') ?? []).toString('latin1');
  const streams = [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/gu)].flatMap(([, body = '']) => {
    const bytes = Buffer.from(body, 'latin1');
    return bytes[0] === 0x78 ? [inflateSync(bytes).toString('latin1')] : [];
  });
  return streams
    .flatMap((stream) => [...stream.matchAll(/\[([^\]]*)\] TJ/gu)])
    .map(([, shown = '']) =>
      [...shown.matchAll(/<([0-9a-f]*)>/gu)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
        .join(''),
    )
    .join('\n');
}
