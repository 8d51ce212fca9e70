/** Files of every shape as rows: what is read, and what is refused with its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../src/imports/file/encoding.ts';
import { formatOf } from '../../../src/imports/file/rows.ts';
import { gather, rowsOf, workbook } from './support.ts';

const refusal = (code: string, line: number | null = expect.anything()) =>
  expect.objectContaining({ name: 'FileRefused', code, line });

describe('text', () => {
  const table = 'a,b\né,2\n';
  test.each([
    ['UTF-8', Buffer.from(table)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${table}`)],
    ['UTF-16 little-endian', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['UTF-16 big-endian', Buffer.from(`\ufeff${table}`, 'utf16le').swap16()],
  ])('%s is read', async (_name, bytes) => {
    expect(await rowsOf(bytes)).toMatchObject([{ line: 2, cells: { a: 'é', b: '2' } }]);
  });

  test('windows-1252 is read where it is declared, and refused with the line where it is not', async () => {
    const bytes = Buffer.from([...Buffer.from('a,b\n1,2\n'), 0xe9, 0x2c, 0x80, 0x0a]);
    expect((await rowsOf(bytes, { encoding: 'windows-1252' }))[1]?.cells).toMatchObject({ a: 'é', b: '€' });
    await expect(rowsOf(bytes)).rejects.toEqual(refusal('undecodable', 3));
    const unused = Buffer.from([...Buffer.from('a,b\n'), 0x81, 0x2c, 0x32, 0x0a]);
    await expect(rowsOf(unused, { encoding: 'windows-1252' })).rejects.toEqual(refusal('undecodable', 2));
  });

  test('a broken surrogate, and UTF-16 without a mark, are refused', async () => {
    const broken = Buffer.concat([
      Buffer.from('\ufeffa,b\n1,', 'utf16le'),
      Buffer.from([0x00, 0xd8, 0x0a, 0x00]),
    ]);
    await expect(rowsOf(broken)).rejects.toEqual(refusal('undecodable', 2));
    await expect(rowsOf(Buffer.from('a,b\n1,2\n', 'utf16le'))).rejects.toEqual(refusal('binary', 1));
  });

  test('wherever a chunk ends, the text is the same', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '€', '😀', '\n', ','),
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 7 })), fc.boolean(), async (said, cuts, wide) => {
        const bytes = wide ? Buffer.from(`\ufeff${said}`, 'utf16le') : Buffer.from(said);
        async function* chunks(): AsyncGenerator<Buffer> {
          let from = 0;
          for (const cut of cuts) {
            yield bytes.subarray(from, from + cut);
            from += cut;
          }
          yield bytes.subarray(from);
        }
        expect((await gather(decode(chunks(), 'utf-8'))).join('')).toBe(said);
      }),
    );
  });

  test('the content type says the format and the encoding', () => {
    expect(formatOf('text/csv; charset=Windows-1252')).toEqual({ format: 'csv', encoding: 'windows-1252' });
    expect(() => formatOf('text/csv; charset=ebcdic')).toThrow(/encoding/u);
    expect(() => formatOf('application/zip')).toThrow(/content type/u);
  });
});

describe('CSV', () => {
  test.each([';', '\t', ','])('is separated as its header shows (%j)', async (mark) => {
    const rows = await rowsOf([`a${mark}b`, `"x${mark}\ny"${mark}2`, mark, `3${mark}4`].join('\r\n'));
    expect(rows).toMatchObject([
      { line: 2, cells: { a: `x${mark}\ny`, b: '2' } },
      { line: 5, cells: { a: '3', b: '4' } },
    ]);
  });

  test.each([
    ['columns-uneven', 'a,b\n1,2\n1,2,3\n', 3],
    ['header', 'a,a\n1,2\n', 1],
    ['header', 'a,,b\n1,2,3\n', 1],
    ['not-csv', 'a,b\n"x,2\n', expect.anything()],
    ['empty', 'a,b\n', null],
    ['empty', '', null],
  ])('%s: %j', async (code, text, line) => {
    await expect(rowsOf(text)).rejects.toEqual(refusal(code, line));
  });

  test('limits hold: lines, length of a line, size, columns', async () => {
    await expect(rowsOf('a\n1\n2\n3\n', { limits: { lines: 2 } })).rejects.toEqual(
      refusal('too-many-lines', 4),
    );
    const long = `a\n${'x'.repeat(500)}\n`;
    await expect(rowsOf(long, { limits: { lineChars: 300 } })).rejects.toEqual(refusal('line-too-long', 2));
    await expect(rowsOf(long, { limits: { fileBytes: 100 } })).rejects.toEqual(refusal('too-large', null));
    const wide = Array.from({ length: 501 }, (_, index) => `c${index}`).join(',');
    await expect(rowsOf(`${wide}\n`)).rejects.toEqual(refusal('too-many-columns', 1));
  });
});

describe('JSON', () => {
  const rows = [{ serial: 'A', sanitizedBy: { name: 'T' }, n: 7, b: true, gone: null, list: [1] }];
  const read = {
    line: 1,
    cells: { serial: 'A', 'sanitizedBy.name': 'T', n: { text: '7' }, b: 'true', gone: '' },
  };
  test.each([
    ['an array', 'json', JSON.stringify(rows)],
    ['an object with lines', 'json', JSON.stringify({ pickupId: 'x', lines: rows, more: [1] }, null, 1)],
    ['a line each', 'json-lines', `${JSON.stringify(rows[0])}\n\n`],
  ] as const)('%s is read', async (_name, format, text) => {
    expect(await rowsOf(text, { format })).toMatchObject([read]);
  });

  test.each([
    ['not-json', 'json', '[{"a":"1"},{"a":'],
    ['not-json', 'json-lines', '{"a":"1"}\n{'],
    ['not-a-list', 'json', '"text"'],
    ['not-a-list', 'json', '[1]'],
    ['empty', 'json', '{"other": []}'],
    ['empty', 'json', '[]'],
  ] as const)('%s (%s): %s', async (code, format, text) => {
    await expect(rowsOf(text, { format })).rejects.toMatchObject({ code });
  });
});

describe('XLSX', () => {
  const header =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>date</t></is></c></row>';

  test('shared, rich and inline texts, numbers, dates, formulas and gaps are told apart', async () => {
    const book = await workbook(
      `${header}
       <row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>46057</v></c></row>
       <row r="5"><c r="A5"><v>1.23E+11</v></c><c r="B5" s="2"><v>46057.5</v></c></row>
       <row r="6"><c r="B6" t="str"><f>A1</f><v>x</v></c></row>
       <row r="7"><c r="A7" t="inlineStr"><is><t> </t></is></c></row>`,
    );
    expect(await rowsOf(book, { format: 'xlsx' })).toMatchObject([
      { line: 3, cells: { serial: 'Rich text', date: { kind: 'number', date: '2026-02-04T00:00:00' } } },
      {
        line: 5,
        cells: {
          serial: { kind: 'number', text: '1.23E+11', date: null },
          date: { date: '2026-02-04T12:00:00' },
        },
      },
      { line: 6, cells: { serial: '', date: { kind: 'formula' } } },
    ]);
    expect(await rowsOf(book, { format: 'xlsx', sheet: 'Other' })).toMatchObject([{ cells: { other: 'x' } }]);
    await expect(rowsOf(book, { format: 'xlsx', sheet: 'None' })).rejects.toEqual(
      refusal('sheet-unknown', null),
    );
  });

  test('a zip bomb is refused before anything is unpacked: too tightly packed, too much, too many parts', async () => {
    const bomb = await workbook(header, { 'xl/media/x': '0'.repeat(20_000_000) });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(rowsOf(bomb, { format: 'xlsx' })).rejects.toEqual(refusal('zip-bomb', null));
    const limits = { zipRatio: 10_000, inflatedBytes: 1_000_000 };
    await expect(rowsOf(bomb, { format: 'xlsx', limits })).rejects.toEqual(refusal('zip-bomb', null));
    const plain = await workbook(header);
    await expect(rowsOf(plain, { format: 'xlsx', limits: { zipEntries: 3 } })).rejects.toEqual(
      refusal('zip-bomb', null),
    );
  });

  test('a size that lies in the directory of the zip is found out while unpacking', async () => {
    const book = await workbook(
      `${header}<row r="2"><c r="A2" t="inlineStr"><is><t>${'x'.repeat(5_000)}</t></is></c></row>`,
    );
    const at = book.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml'));
    // The uncompressed size stands 22 bytes before the name in the central directory.
    book.writeUInt32LE(100, at - 22);
    await expect(rowsOf(book, { format: 'xlsx' })).rejects.toEqual(refusal('not-xlsx', null));
  });

  test('entities and document types inside are refused; so is what is no workbook', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>';
    const book = await workbook('', { 'xl/worksheets/sheet1.xml': bomb });
    await expect(rowsOf(book, { format: 'xlsx' })).rejects.toMatchObject({ code: 'doctype' });
    await expect(rowsOf('no zip at all', { format: 'xlsx' })).rejects.toEqual(refusal('not-xlsx', null));
  });
});
