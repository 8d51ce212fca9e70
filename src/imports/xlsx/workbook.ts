/** What stands in a workbook beside its sheets: which sheet is where, shared texts, and which numbers are shown as dates. */
import { decode } from '../file/encoding.ts';
import type { ImportLimits } from '../file/limits.ts';
import { FileRefused } from '../file/refused.ts';
import { xmlReader } from '../file/xml.ts';
import type { XmlHandler } from '../file/xml.ts';
import type { Parts } from './parts.ts';

export interface Workbook {
  /** Part of the sheet to read. */
  readonly sheet: string;
  readonly texts: readonly string[];
  /** By index of a cell's style. */
  readonly dateStyles: readonly boolean[];
  /** Days are counted from 1904, as Excel for the Macintosh did. */
  readonly from1904: boolean;
}

/** @param wanted Name of the sheet; `null` takes the first. */
export async function readWorkbook(
  parts: Parts,
  wanted: string | null,
  limits: ImportLimits,
): Promise<Workbook> {
  const { sheets, from1904 } = await readSheets(parts);
  const sheet = wanted === null ? sheets[0] : sheets.find(({ name }) => name === wanted);
  if (sheet === undefined) throw new FileRefused(wanted === null ? 'not-xlsx' : 'sheet-unknown');
  const target = (await readTargets(parts)).get(sheet.id);
  if (target === undefined) throw new FileRefused('not-xlsx');
  return {
    sheet: target,
    texts: await readTexts(parts, limits),
    dateStyles: await readDateStyles(parts),
    from1904,
  };
}

export async function readXml(parts: Parts, name: string, handler: XmlHandler): Promise<void> {
  const reader = xmlReader(handler);
  for await (const text of decode(await parts.open(name), 'utf-8')) reader.write(text);
  reader.end();
}

const ignore = (): void => undefined;

async function readSheets(parts: Parts) {
  const sheets: { readonly name: string; readonly id: string }[] = [];
  let from1904 = false;
  await readXml(parts, 'xl/workbook.xml', {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      if (name === 'sheet') sheets.push({ name: attributes['name'] ?? '', id: attributes['r:id'] ?? '' });
    },
    text: ignore,
    close: ignore,
  });
  return { sheets, from1904 };
}

async function readTargets(parts: Parts): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  await readXml(parts, 'xl/_rels/workbook.xml.rels', {
    open(name, { Id: id, Target: target, TargetMode: mode }) {
      if (name !== 'Relationship' || id === undefined || target === undefined || mode === 'External') return;
      targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    },
    text: ignore,
    close: ignore,
  });
  return targets;
}

/** Texts that cells name by number. All of them are held, so what they may come to is limited. */
async function readTexts(parts: Parts, { lineChars, fileBytes }: ImportLimits): Promise<readonly string[]> {
  const name = 'xl/sharedStrings.xml';
  if (!parts.has(name)) return [];
  const texts: string[] = [];
  let total = 0;
  let text: string | null = null;
  let reads = false;
  await readXml(parts, name, {
    open(element) {
      if (element === 'si') text = '';
      // How a text is pronounced stands beside it, and is no part of it.
      if (element === 'rPh') reads = false;
      else if (element === 't') reads = true;
    },
    text(piece) {
      if (!reads || text === null) return;
      text += piece;
      total += piece.length;
      if (text.length > lineChars) throw new FileRefused('line-too-long');
      if (total > fileBytes) throw new FileRefused('zip-bomb');
    },
    close(element) {
      if (element === 't') reads = false;
      if (element !== 'si' || text === null) return;
      texts.push(text);
      text = null;
    },
  });
  return texts;
}

/** Numbers of formats that ISO/IEC 29500-1 §18.8.30 fixes as dates and times. */
const DATE_FORMATS: ReadonlySet<number> = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);

async function readDateStyles(parts: Parts): Promise<readonly boolean[]> {
  const name = 'xl/styles.xml';
  if (!parts.has(name)) return [];
  const own = new Set<number>();
  const styles: boolean[] = [];
  let inCells = false;
  await readXml(parts, name, {
    open(element, attributes) {
      const id = Number(attributes['numFmtId']);
      if (element === 'numFmt' && isDateFormat(attributes['formatCode'] ?? '')) own.add(id);
      if (element === 'cellXfs') inCells = true;
      if (element === 'xf' && inCells) styles.push(DATE_FORMATS.has(id) || own.has(id));
    },
    text: ignore,
    close(element) {
      if (element === 'cellXfs') inCells = false;
    },
  });
  return styles;
}

/** Whether a format shows day, month or year; texts in quotes and conditions in brackets do not count. */
function isDateFormat(code: string): boolean {
  return /[dmy]/iu.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./gu, ''));
}
