/** JSON as rows: an array of objects, `{"lines": […]}`, or an object a line. */
import { Readable, pipeline } from 'node:stream';
import { pick } from 'stream-json/filters/pick.js';
import { parser } from 'stream-json/parser.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import type { ImportLimits } from './limits.ts';
import { MOST_COLUMNS } from './limits.ts';
import { FileRefused } from './refused.ts';
import { isBlank } from './row.ts';
import type { Cell, Row } from './row.ts';

/** An array, or the array `lines` of an object. `line` is the place in it. */
export async function* jsonRows(text: AsyncIterable<string>): AsyncGenerator<Row> {
  const iterator = text[Symbol.asyncIterator]();
  let begun = '';
  while (begun.trim() === '') {
    const next = await iterator.next();
    if (next.done === true) throw new FileRefused('empty');
    begun += next.value;
  }
  async function* all(): AsyncGenerator<string> {
    yield begun;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  const first = begun.trimStart().charAt(0);
  if (first !== '[' && first !== '{') throw new FileRefused('not-a-list');
  const tokens = pipeline(Readable.from(all()), parser.asStream(), () => undefined);
  const list =
    first === '['
      ? tokens
      : pipeline(tokens, pick.asStream({ filter: 'lines', once: true }), () => undefined);
  let line = 0;
  try {
    for await (const item of pipeline(list, streamArray.asStream(), () => undefined)) {
      line += 1;
      const row = rowOf((item as { value: unknown }).value, line);
      if (row !== null) yield row;
    }
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new FileRefused('not-json', line + 1, { cause: error });
  }
}

/** One object a line. */
export async function* jsonLineRows(text: AsyncIterable<string>, limits: ImportLimits): AsyncGenerator<Row> {
  let line = 0;
  for await (const one of lines(text, limits)) {
    line += 1;
    if (one.trim() === '') continue;
    const row = rowOf(parsed(one, line), line);
    if (row !== null) yield row;
  }
}

async function* lines(text: AsyncIterable<string>, { lineChars }: ImportLimits): AsyncGenerator<string> {
  let rest = '';
  let line = 1;
  for await (const chunk of text) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.length > lineChars) throw new FileRefused('line-too-long', line);
      yield part;
      line += 1;
    }
    if (rest.length > lineChars) throw new FileRefused('line-too-long', line);
  }
  if (rest !== '') yield rest;
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileRefused('not-json', line, { cause: error });
  }
}

function rowOf(value: unknown, line: number): Row | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FileRefused('not-a-list', line);
  const cells: Record<string, Cell> = Object.create(null);
  flatten(value, '', cells, line);
  return isBlank(cells) ? null : { line, columns: null, cells };
}

/** Fields of an inner object are named with a dot: `sanitizedBy.name`. */
function flatten(value: object, prefix: string, cells: Record<string, Cell>, line: number): void {
  for (const [name, one] of Object.entries(value)) {
    if (Object.keys(cells).length >= MOST_COLUMNS) throw new FileRefused('too-many-columns', line);
    const path = `${prefix}${name}`;
    if (one === null || one === undefined) cells[path] = '';
    else if (typeof one === 'string') cells[path] = one.trim();
    else if (typeof one === 'number') cells[path] = { kind: 'number', text: String(one), date: null };
    else if (typeof one === 'boolean') cells[path] = String(one);
    else if (Array.isArray(one) || prefix !== '') continue;
    else flatten(one, `${path}.`, cells, line);
  }
}
