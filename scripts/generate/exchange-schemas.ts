/**
 * Writes docs/exchange/*.schema.json, the published formats, from the schemas that check them.
 * Run: node scripts/generate/exchange-schemas.ts
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { format } from 'oxfmt';
import { z } from 'zod';
import {
  CertificateDocument,
  DispositionDocument,
  ManifestDocument,
  ReceiptDocument,
} from '../../src/adapters/disposition/exchange.ts';
import { HrMessage } from '../../src/adapters/hr/webhook/schema.ts';

const SCHEMAS = {
  manifest: ManifestDocument,
  receipt: ReceiptDocument,
  certificate: CertificateDocument,
  disposition: DispositionDocument,
  'hr-webhook': HrMessage,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** Where the files are. */
export const FOLDER = new URL('../../docs/exchange/', import.meta.url);

/** The files as they should be: name to text. What a sender writes is described, not what we make of it. */
export async function exchangeSchemas(): Promise<ReadonlyMap<string, string>> {
  const style = z
    .object({ printWidth: z.number() })
    .parse(JSON.parse(await readFile(new URL('../../.oxfmtrc.json', import.meta.url), 'utf8')));
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const file = `${name}.schema.json`;
    const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }), null, 2);
    const { code, errors } = await format(file, text, style);
    if (errors.length > 0) throw new Error(`${file} cannot be formatted: ${JSON.stringify(errors)}`);
    files.set(file, code);
  }
  return files;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, text] of await exchangeSchemas()) {
    await writeFile(new URL(name, FOLDER), text);
    console.log(`docs/exchange/${name}`);
  }
}
