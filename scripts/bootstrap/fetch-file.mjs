/**
 * Run as a program, with a time limit and Node's own proxy support, by official-download.mjs:
 * `node fetch-file.mjs <url> <file>` writes the body of the answer to the file.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [url, file] = process.argv.slice(2);
try {
  const response = await fetch(url);
  if (!response.ok || response.body === null)
    throw new Error(`HTTP ${response.status} from ${new URL(url).host}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
} catch (error) {
  process.stderr.write(`${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
