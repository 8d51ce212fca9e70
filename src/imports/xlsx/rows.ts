/** A sheet of a workbook as rows: one after the other, however many there are. */
import { headerOf } from '../file/csv.ts';
import { decode } from '../file/encoding.ts';
import type { ImportLimits } from '../file/limits.ts';
import { MOST_COLUMNS } from '../file/limits.ts';
import { FileRefused } from '../file/refused.ts';
import { isBlank } from '../file/row.ts';
import type { Cell, Row } from '../file/row.ts';
import { xmlReader } from '../file/xml.ts';
import { openParts } from './parts.ts';
import { sheetReader } from './sheet.ts';
import type { SheetRow } from './sheet.ts';
import { readWorkbook } from './workbook.ts';

/** @param sheet Its name; `null` takes the first. @throws FileRefused with the row. */
export async function* xlsxRows(
  file: string,
  sheet: string | null,
  limits: ImportLimits,
): AsyncGenerator<Row> {
  const parts = await openParts(file, limits);
  try {
    const workbook = await readWorkbook(parts, sheet, limits);
    const found: SheetRow[] = [];
    const xml = xmlReader(sheetReader(workbook, limits, (row) => found.push(row)));
    let columns: readonly string[] | null = null;
    for await (const text of decode(await parts.open(workbook.sheet), 'utf-8')) {
      xml.write(text);
      for (const { line, cells } of found.splice(0)) {
        if (columns === null) columns = headerIn(cells, line);
        else {
          const row = named(cells, columns, line);
          if (!isBlank(row.cells)) yield row;
        }
      }
    }
    xml.end();
  } catch (error) {
    if (error instanceof FileRefused) {
      if (error.code === 'not-xml') throw new FileRefused('not-xlsx', null, { cause: error });
      throw error;
    }
    throw new FileRefused('not-xlsx', null, { cause: error });
  } finally {
    parts.close();
  }
}

/** The first row with anything in it. */
function headerIn(cells: readonly (Cell | undefined)[], line: number): readonly string[] | null {
  const names = Array.from(cells, (cell) => {
    if (cell === undefined) return '';
    if (typeof cell !== 'string') throw new FileRefused('header', line);
    return cell;
  });
  return names.every((name) => name === '') ? null : headerOf(names);
}

function named(cells: readonly (Cell | undefined)[], columns: readonly string[], line: number): Row {
  if (cells.length > MOST_COLUMNS) throw new FileRefused('too-many-columns', line);
  if (cells.slice(columns.length).some((cell) => cell !== undefined && cell !== ''))
    throw new FileRefused('columns-uneven', line);
  const row: Record<string, Cell> = Object.create(null);
  for (const [index, name] of columns.entries()) row[name] = cells[index] ?? '';
  return { line, columns, cells: row };
}
