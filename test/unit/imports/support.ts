/** Files on the disk for readers, and what they come to. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { checkTable } from '../../../src/imports/check.ts';
import type { CheckedLine } from '../../../src/imports/check.ts';
import { DEFAULT_LIMITS } from '../../../src/imports/file/limits.ts';
import type { ImportLimits } from '../../../src/imports/file/limits.ts';
import { readRows } from '../../../src/imports/file/rows.ts';
import type { TableFile } from '../../../src/imports/file/rows.ts';
import type { Row } from '../../../src/imports/file/row.ts';
import { FieldMapping } from '../../../src/imports/mapping/schema.ts';

export async function withFile<T>(content: string | Buffer, use: (path: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-test-'));
  try {
    const path = join(directory, 'file');
    await writeFile(path, content);
    return await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export async function gather<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

type Given = Partial<Omit<TableFile, 'path'>> & { readonly limits?: Partial<ImportLimits> };

export function rowsOf(content: string | Buffer, given: Given = {}): Promise<readonly Row[]> {
  const { limits, ...file } = given;
  return withFile(content, (path) =>
    gather(
      readRows(
        { path, format: 'csv', encoding: 'utf-8', sheet: null, ...file },
        { ...DEFAULT_LIMITS, ...limits },
      ),
    ),
  );
}

export function checked(
  content: string | Buffer,
  mapping: object,
  format: TableFile['format'] = 'csv',
): Promise<readonly CheckedLine[]> {
  const fields = FieldMapping.parse(mapping);
  return withFile(content, (path) =>
    gather(
      checkTable({ path, format, encoding: fields.encoding, sheet: null }, fields, false, DEFAULT_LIMITS),
    ),
  );
}

/** Problems of lines as `[line, field, code]`. */
export function problemsIn(lines: readonly CheckedLine[]): readonly (readonly [number, string, string])[] {
  return lines.flatMap((line) =>
    line.kind === 'bad'
      ? line.problems.map((problem) => [problem.line, problem.field, problem.code] as const)
      : [],
  );
}

const PARTS = {
  'xl/workbook.xml': `<workbook xmlns:r="r"><sheets><sheet name="First" sheetId="1" r:id="rId1"/><sheet name="Other" sheetId="2" r:id="rId2"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd\\.mm\\.yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>`,
  'xl/sharedStrings.xml': `<sst><si><t>serial</t></si><si><r><t>Rich </t></r><r><t>text</t></r></si></sst>`,
} as const;

/** A workbook with these rows of its first sheet, in XML; parts can be replaced. */
export async function workbook(rows: string, parts: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-test-'));
  try {
    const path = join(directory, 'book.xlsx');
    const zip = new ZipFile();
    const all = {
      ...PARTS,
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      'xl/worksheets/sheet2.xml': `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>other</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`,
      ...parts,
    };
    for (const [name, text] of Object.entries(all)) zip.addBuffer(Buffer.from(text), name);
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(path));
    return await readFile(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
