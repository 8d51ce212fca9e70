/** `handback case open --kind retirement`: hardware without a person, by serial or from a CSV file. */
import { readFile, stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { fit } from '../client/pages.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { session } from './session.ts';

export const RETIRED_KINDS = ['server', 'network', 'storage', 'other'];

export interface RetirementOptions extends GlobalOptions {
  readonly serial?: string;
  readonly drive: readonly string[];
  readonly of?: string;
  readonly noData?: boolean;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly assetTag?: string;
  readonly csv?: string;
}

const Opened = z.looseObject({
  caseId: z.string(),
  devices: z.array(z.looseObject({ deviceId: z.string(), serial: z.string() })),
});

/** Opens one case for all units; none is opened when one of them cannot be. */
export async function openRetirement(options: RetirementOptions, io: Io): Promise<void> {
  const { csv, serial } = options;
  if ((csv === undefined) === (serial === undefined))
    throw new CliError('name the hardware with exactly one of --serial or --csv', { exitCode: 2 });
  const units = csv === undefined ? [unitOf(options)] : await readUnits(csv);
  const { api, show } = session(options, io);
  const opened = fit(Opened, await api.post('/retirements', { units }), '/retirements');
  show(
    opened,
    () =>
      `Opened ${opened.caseId}: ${opened.devices.map((one) => `${one.serial} (${one.deviceId})`).join(', ')}.\n`,
  );
}

function unitOf({ serial, drive, of, noData, manufacturer, model, assetTag }: RetirementOptions): object {
  return {
    serial,
    ...(drive.length > 0 && { drives: drive }),
    ...(of !== undefined && { of }),
    ...(noData === true && { dataBearing: false }),
    ...(manufacturer !== undefined && { manufacturer }),
    ...(model !== undefined && { model }),
    ...(assetTag !== undefined && { assetTag }),
  };
}

const LARGEST_BYTES = 2_000_000;
const COLUMNS = ['serial', 'of', 'dataBearing', 'drives', 'manufacturer', 'model', 'assetTag'];

/** What a spreadsheet makes of a long number: the digits that it left out are gone. */
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E\+?\d+$/iu;

/** Reads the whole file before anything is opened. @throws CliError with every line that cannot be taken. */
async function readUnits(file: string): Promise<readonly object[]> {
  const rows = parseRows(file, await readText(file));
  if (rows.length === 0) throw new CliError(`${file} names no unit`);
  const problems: string[] = [];
  const units = rows.map((row, index) => {
    const line = index + 2;
    const drives = (row['drives'] ?? '').split(/[;\s]+/u).filter((one) => one !== '');
    const numbers = [row['serial'] ?? '', ...drives];
    if ((row['serial'] ?? '') === '') problems.push(`line ${line}: no serial`);
    for (const serial of numbers.filter((one) => SCIENTIFIC.test(one)))
      problems.push(`line ${line}: ${serial} is a number that a spreadsheet has shortened, not a serial`);
    const bearing = (row['dataBearing'] ?? '').toLowerCase();
    if (!['', 'yes', 'no', 'true', 'false'].includes(bearing))
      problems.push(`line ${line}: dataBearing is yes or no`);
    const texts = ['manufacturer', 'model', 'assetTag', 'of'].filter((name) => (row[name] ?? '') !== '');
    return {
      serial: row['serial'],
      ...(drives.length > 0 && { drives }),
      ...(bearing !== '' && { dataBearing: bearing === 'yes' || bearing === 'true' }),
      ...Object.fromEntries(texts.map((name) => [name, row[name]])),
    };
  });
  if (problems.length > 0) throw new CliError(`${file} was not taken:\n  ${problems.join('\n  ')}`);
  return units;
}

async function readText(file: string): Promise<string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new CliError(`${file} is no file`);
    if (found.size > LARGEST_BYTES)
      throw new CliError(`${file} has ${found.size} bytes, and at most ${LARGEST_BYTES} are taken`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof TypeError) throw new CliError(`${file} is not in UTF-8`, { cause: error });
    throw new CliError(`${file} cannot be read (${reasonOf(error)})`, { cause: error });
  }
}

function parseRows(file: string, text: string): readonly Readonly<Record<string, string>>[] {
  try {
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      columns: (head: readonly string[]) => {
        const strange = head.filter((name) => !COLUMNS.includes(name));
        if (strange.length > 0 || !head.includes('serial'))
          throw new CliError(
            `${file}: the first line names columns of ${COLUMNS.join(', ')}; serial is needed`,
          );
        return [...head];
      },
    });
  } catch (error) {
    if (error instanceof CsvError) throw new CliError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
