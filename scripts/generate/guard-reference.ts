/**
 * Writes the table of refusals in docs/wipe-proof.md from the guard.
 * Run: node scripts/generate/guard-reference.ts
 */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { REFUSALS } from '../../src/domain/guard.ts';
import { documentUrl, rendered } from './lib/generated-part.ts';
import type { Document } from './lib/generated-part.ts';
import { table } from './lib/setting-rows.ts';

export function guardDocument(): Document {
  return {
    path: 'docs/wipe-proof.md',
    parts: {
      refusals: table(
        ['code', 'meaning'],
        Object.entries(REFUSALS).map(([code, meaning]) => [`\`${code}\``, meaning]),
      ),
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = guardDocument();
  await writeFile(documentUrl(document), await rendered(document));
  console.log(document.path);
}
