/** A vendor's file that a command sends as it is, without reading it into memory. */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { CliError, reasonOf } from './errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/csv',
  '.txt': 'text/csv',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.ndjson': 'application/x-ndjson',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
};

/** @param type Of who knows better than the file's name says. @throws CliError when there is none of that name. */
export async function vendorFile(file: string, type?: string): Promise<Blob> {
  const contentType = type ?? TYPES[extname(file).toLowerCase()];
  if (contentType === undefined)
    throw new CliError(`${file}: its name does not say what it is; use --type, such as --type text/csv`);
  try {
    return await openAsBlob(file, { type: contentType });
  } catch (error) {
    throw new CliError(`${file} cannot be read (${reasonOf(error)})`, { cause: error });
  }
}

/** @throws CliError when it cannot be read. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read (${reasonOf(error)})`, { cause: error });
  }
}
