/** Documents that a command takes from a file. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { CliError, reasonOf } from './errors.ts';

/** What the API takes of one document: 200,000 characters of base64. */
const LARGEST_BYTES = 150_000;

/** What it takes of one photo. */
export const LARGEST_PHOTO_BYTES = 6_000_000;

const TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.txt': 'text/plain',
  '.html': 'text/html',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

export interface DocumentFile {
  readonly contentType: string;
  /** Base64. */
  readonly document: string;
}

/**
 * Reads it whole.
 *
 * @param contentType Of who knows better than the file's name says.
 * @throws CliError when it cannot be read, holds nothing, or is larger than the API takes.
 */
export async function readDocument(
  file: string,
  contentType?: string,
  largest = LARGEST_BYTES,
): Promise<DocumentFile> {
  const content = await readBytes(file, largest);
  if (content.length === 0) throw new CliError(`${file} is empty: it proves nothing`);
  const type = contentType ?? TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
  return { contentType: type, document: content.toString('base64') };
}

async function readBytes(file: string, largest: number): Promise<Buffer> {
  try {
    const found = await stat(file);
    // Before it is read: a wrong name may be of something huge, or without an end.
    if (!found.isFile()) throw new CliError(`${file} is no file`);
    if (found.size > largest)
      throw new CliError(
        `${file} has ${found.size} bytes, and at most ${largest} are taken: bring a smaller copy`,
      );
    return await readFile(file);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} cannot be read (${reasonOf(error)})`, { cause: error });
  }
}
