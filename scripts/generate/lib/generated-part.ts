/** Documents that people write and that hold generated parts, between two comment lines. */
import { readFile } from 'node:fs/promises';
import { format } from 'oxfmt';
import { z } from 'zod';

const ROOT = new URL('../../../', import.meta.url);

/** One document and its generated parts by name. */
export interface Document {
  /** Path from the checkout's root. */
  readonly path: string;
  readonly parts: Readonly<Record<string, string>>;
}

export function documentUrl({ path }: Document): URL {
  return new URL(path, ROOT);
}

/** The document as it should be: what people wrote stays, every generated part is written anew. */
export async function rendered(document: Document): Promise<string> {
  let text = await readFile(documentUrl(document), 'utf8');
  for (const [name, part] of Object.entries(document.parts)) text = withPart(document.path, text, name, part);
  const style = z
    .object({ printWidth: z.number() })
    .parse(JSON.parse(await readFile(new URL('.oxfmtrc.json', ROOT), 'utf8')));
  const { code, errors } = await format(document.path, text, style);
  if (errors.length > 0) throw new Error(`${document.path} cannot be formatted: ${JSON.stringify(errors)}`);
  return code;
}

function withPart(path: string, text: string, name: string, part: string): string {
  const begin = `<!-- generated: ${name} -->`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = splitOnce(text, begin);
  const [, after] = rest === undefined ? [] : splitOnce(rest, end);
  if (before === undefined || after === undefined) throw new Error(`${path} has no part "${name}"`);
  return `${before}${begin}\n\n${part.trim()}\n\n${end}${after}`;
}

function splitOnce(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}
