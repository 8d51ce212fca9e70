/**
 * Writes the tables of docs/policy.md from the schema that checks the `policy` section.
 * Run: node scripts/generate/policy-reference.ts
 */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { PolicySchema } from '../../src/config/policy-schema.ts';
import { documentUrl, rendered } from './lib/generated-part.ts';
import type { Document } from './lib/generated-part.ts';
import { settingRows, table } from './lib/setting-rows.ts';
import { POLICY_MEANINGS } from './lib/policy-meanings.ts';

export function policyDocument(): Document {
  const rows = settingRows(PolicySchema);
  const keys = rows
    .filter(({ path }) => !path.startsWith('escalation.'))
    .map(({ path, kind, standard }) => [
      `\`${path}\``,
      kind,
      standard,
      POLICY_MEANINGS[path] ?? missing(path),
    ]);
  const ladders = rows.filter(
    ({ path }) => path.startsWith('escalation.') && !path.includes('[]') && path.split('.').length === 2,
  );
  return {
    path: 'docs/policy.md',
    parts: {
      'policy keys': table(['key', 'kind', 'default', 'meaning'], keys),
      'policy ladders': table(
        ['key', 'default'],
        ladders.map(({ path, standard }) => [`\`${path}\``, inWords(standard)]),
      ),
    },
  };
}

/** `[{"after":"0s","to":"operator"}]` as `operator at 0s`. */
function inWords(standard: string): string {
  const rungs = z
    .array(z.object({ after: z.string(), to: z.string() }))
    .parse(JSON.parse(standard.replaceAll('`', '')));
  return rungs.map(({ after, to }) => `${to} after ${after}`).join(', ');
}

function missing(path: string): never {
  throw new Error(`policy-meanings.ts says nothing about ${path}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = policyDocument();
  await writeFile(documentUrl(document), await rendered(document));
  console.log(document.path);
}
