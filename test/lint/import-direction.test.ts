/** Shows that each import rule of the design finds a planted violation, and lets through what it allows. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rooms } from '../../scripts/lint/rooms.ts';
import { lintPlanted, type Finding, type Planted } from './planted-project.ts';

const RULE = 'handback(import-direction)';

/** A planted file, with the room that its finding must name. */
interface Violation {
  readonly room: string;
  readonly path: string;
  readonly source: string;
}

const value = (specifier: string): string =>
  `import { thing } from '${specifier}';\nexport const used = thing;\n`;
const type = (specifier: string): string =>
  `import type { Thing } from '${specifier}';\nexport type Used = Thing;\n`;

function from(room: string, folder: string, ...sources: readonly string[]): Violation[] {
  return sources.map((source, index) => ({ room, path: `${folder}/bad-${index}.ts`, source }));
}

const violations: readonly Violation[] = [
  ...from(
    'domain',
    'src/domain',
    value('../ledger/merkle.ts'),
    type('../store/facts.ts'),
    value('node:crypto'),
    value('crypto'),
    value('zod'),
    `export * from '../config/load.ts';\n`,
    `export { thing } from '../adapters/errors.ts';\n`,
    `export const load = (): Promise<unknown> => import('../api/app.ts');\n`,
    `export type Used = import('../worker/tuning.ts').Thing;\n`,
  ),
  ...from(
    'ledger',
    'src/ledger',
    value('../store/facts.ts'),
    value('node:http'),
    value('undici'),
    value('pg'),
  ),
  ...from('ledger', 'src/ledger/packs', value('../../adapters/errors.ts'), value('@temporalio/client')),
  ...from(
    'store',
    'src/store',
    value('../adapters/errors.ts'),
    value('../config/load.ts'),
    value('@temporalio/client'),
  ),
  ...from(
    'outside',
    'src/outside',
    value('../adapters/errors.ts'),
    value('../worker/log.ts'),
    value('kysely'),
    value('@temporalio/client'),
  ),
  ...from('config', 'src/config', value('../store/facts.ts'), value('../adapters/identity/okta/client.ts')),
  ...from(
    'adapters (over SQL)',
    'src/adapters/inventory/sql',
    value('../snipeit/index.ts'),
    value('../../../store/facts.ts'),
    value('kysely'),
  ),
  ...from(
    'adapters (vendor)',
    'src/adapters/identity/okta',
    value('../entra/index.ts'),
    type('../../devices/intune/index.ts'),
    value('../../devices/port.ts'),
    value('../registry.ts'),
    value('../../../store/facts.ts'),
    value('@temporalio/activity'),
  ),
  ...from('adapters (clients)', 'src/adapters/clients/graph', value('../../identity/entra/index.ts')),
  ...from('adapters', 'src/adapters/identity', value('./okta/index.ts'), value('../../store/facts.ts')),
  ...from(
    'activities',
    'src/activities',
    value('../adapters/identity/okta/index.ts'),
    value('../adapters/identity/registry.ts'),
    value('../worker/tuning.ts'),
    value('../workflows/case.ts'),
    value('../config/load.ts'),
  ),
  ...from(
    'workflows',
    'src/workflows',
    value('../domain/completion.ts'),
    value('../activities/assess.ts'),
    value('@temporalio/client'),
    value('node:crypto'),
    // Written inside the braces, `type` still loads the module when the types are stripped.
    `import { type Thing } from '../domain/gates.ts';\nexport type Used = Thing;\n`,
  ),
  ...from('worker', 'src/worker', value('../api/app.ts'), value('../cli/output.ts')),
  ...from(
    'api',
    'src/api',
    value('../activities/assess.ts'),
    value('../worker/tuning.ts'),
    value('../workflows/case.ts'),
    value('../adapters/identity/okta/client.ts'),
    value('../adapters/identity/registry.ts'),
    value('@temporalio/worker'),
  ),
  ...from(
    'cli',
    'src/cli/commands',
    value('../../store/facts.ts'),
    value('../../activities/assess.ts'),
    value('pg'),
    value('@temporalio/client'),
  ),
  ...from('imports', 'src/imports/file', value('../../store/facts.ts'), value('pg'), value('node:http')),
  ...from('console', 'src/console', value('../store/facts.ts')),
  ...from('sandbox', 'sandbox/okta', value('../../src/domain/serial.ts'), type('../../src/domain/serial.ts')),
  ...from('demo', 'demo', value('../src/domain/serial.ts'), value('../sandbox/index.ts')),
];

const allowed: Planted = {
  'src/domain/good.ts': value('./gates.ts'),
  'src/ledger/good.ts': value('../domain/gates.ts') + `export { other } from 'canonicalize';\n`,
  'src/store/good.ts': value('../ledger/merkle.ts') + `export { other } from 'kysely';\n`,
  'src/imports/good.ts': value('../domain/gates.ts') + `export { other } from 'csv-parse';\n`,
  'src/config/good.ts': value('../adapters/identity/registry.ts'),
  'src/adapters/identity/okta/good.ts': value('../port.ts') + `export { other } from '../../errors.ts';\n`,
  'src/adapters/identity/entra/good.ts': value('../../clients/graph/client.ts'),
  'src/adapters/identity/entra/nested/good.ts': value('../delta.ts'),
  'src/adapters/inventory/sql/good.ts': value('pg') + `export { other } from '../port.ts';\n`,
  'src/adapters/identity/registry.ts': value('./okta/index.ts'),
  'src/adapters/clients/graph/good.ts': value('../../errors.ts'),
  'src/activities/good.ts':
    value('../adapters/identity/port.ts') + `export { other } from '../store/facts.ts';\n`,
  'src/workflows/good.ts': type('../domain/gates.ts') + `export { other } from '@temporalio/workflow';\n`,
  'src/worker/good.ts': value('../activities/assess.ts') + `export { other } from '../config/load.ts';\n`,
  'src/api/good.ts':
    value('../adapters/identity/okta/webhook.ts') + `export { other } from '../store/facts.ts';\n`,
  'src/api/main.ts': value('../adapters/identity/registry.ts'),
  'src/cli/commands/good.ts': value('../../domain/gates.ts'),
  'src/cli/migrate.ts': value('../store/facts.ts'),
  'sandbox/okta/good.ts': value('../core/effects.ts'),
  'demo/good.ts': value('./board.ts'),
};

describe('imports point one way', () => {
  let found: ReadonlyMap<string, readonly Finding[]>;

  beforeAll(async () => {
    const planted = Object.fromEntries(violations.map(({ path, source }) => [path, source]));
    found = await lintPlanted({ ...planted, ...allowed, 'src/attic/lost.ts': `export const lost = 1;\n` });
  });

  test.each(violations)('$room: $path is found ($source)', ({ room, path }) => {
    const messages = broken(path);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(`${room} must not import`);
  });

  test.each(Object.keys(allowed))('%s is allowed', (path) => {
    expect(broken(path)).toEqual([]);
  });

  test('a file in a room that the table does not know is found', () => {
    expect(broken('src/attic/lost.ts')[0]).toContain('is in no room');
  });

  test('every room of the table has a planted violation', () => {
    const shown = new Set(violations.map(({ room }) => room));
    // These only say what more they may import; their neighbours show that the rest is refused.
    const rest = rooms.map(({ name }) => name).filter((name) => !shown.has(name));
    expect(rest).toEqual(['adapters (registry)', 'api (main)', 'cli (processes and local commands)']);
  });

  function broken(path: string): string[] {
    return (found.get(path) ?? []).filter(({ rule }) => rule === RULE).map(({ message }) => message);
  }
});
