/**
 * Writes the tables of docs/api.md from the routes, the permissions and the problems themselves.
 * Run: node scripts/generate/api-reference.ts
 */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { permissionsTable } from '../../src/api/permissions.ts';
import { PROBLEMS } from '../../src/api/problem.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import { ROLES } from '../../src/config/schema.ts';
import { documentUrl, rendered } from './lib/generated-part.ts';
import type { Document } from './lib/generated-part.ts';
import { table } from './lib/setting-rows.ts';

export function apiDocument(): Document {
  return {
    path: 'docs/api.md',
    parts: {
      permissions: permissionsTable(ROLES),
      routes: table(
        ['route', 'action', 'what it does'],
        ROUTES.map(({ method, path, action, summary }) => [
          `\`${method.toUpperCase()} ${path}\``,
          `\`${action}\``,
          summary,
        ]),
      ),
      problems: table(
        ['code', 'status', 'title'],
        Object.entries(PROBLEMS).map(([code, [status, title]]) => [`\`${code}\``, String(status), title]),
      ),
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = apiDocument();
  await writeFile(documentUrl(document), await rendered(document));
  console.log(document.path);
}
