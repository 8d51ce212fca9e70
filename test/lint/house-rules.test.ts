/** Shows that the other rules of the house find a planted violation, and where they do not apply. */
import { beforeAll, describe, expect, test } from 'vitest';
import { lintPlanted, type Finding, type Planted } from './planted-project.ts';

const promise = `async function work(): Promise<number> {\n  return 1;\n}\n`;

/** Rule as the linter names it, to files that must break it. */
const violations: Readonly<Record<string, Planted>> = {
  'typescript(no-floating-promises)': {
    'src/api/floating.ts': `${promise}export function start(): void {\n  work();\n}\n`,
  },
  'typescript(no-misused-promises)': {
    'src/api/misused.ts': `${promise}export function start(): number {\n  return work() ? 1 : 2;\n}\n`,
  },
  'typescript(await-thenable)': {
    'src/api/thenable.ts': `export async function start(): Promise<number> {\n  return await Number('1');\n}\n`,
  },
  'typescript(switch-exhaustiveness-check)': {
    'src/api/switch.ts': `export function label(state: 'open' | 'closed'): string {\n  switch (state) {\n    case 'open':\n      return 'o';\n  }\n  return '';\n}\n`,
  },
  'typescript(no-explicit-any)': { 'src/api/any.ts': `export const thing: any = 1;\n` },
  'typescript(consistent-type-imports)': {
    'src/api/types.ts': `import { Thing } from './thing.ts';\nexport type Used = Thing;\n`,
    'src/api/thing.ts': `export interface Thing {\n  readonly id: string;\n}\n`,
  },
  'import(no-default-export)': { 'src/api/default.ts': `const thing = 1;\nexport default thing;\n` },
  'import(no-cycle)': {
    'src/api/cycle-one.ts': `import { two } from './cycle-two.ts';\nexport const one = (): number => two();\n`,
    'src/api/cycle-two.ts': `import { one } from './cycle-one.ts';\nexport const two = (): number => one();\n`,
  },
  'eslint(no-console)': { 'src/api/console.ts': `console.log('hello');\n` },
  'unicorn(filename-case)': { 'src/api/camelCase.ts': `export const thing = 1;\n` },
  'handback(given-time)': {
    'src/domain/now.ts': `export const now = (): number => Date.now();\n`,
    'src/domain/new-date.ts': `export const now = (): Date => new Date();\n`,
    'src/domain/date-call.ts': `export const now = (): string => Date();\n`,
    'src/domain/random.ts': `export const dice = (): number => Math.random();\n`,
  },
  'eslint(no-restricted-globals)': {
    'src/domain/timer.ts': `export const later = (f: () => void): unknown => setTimeout(f, 1);\n`,
    'src/domain/process.ts': `export const pid = process.pid;\n`,
    'src/ledger/fetch.ts': `export const get = (url: string): Promise<unknown> => fetch(url);\n`,
  },
  'handback(env-in-config)': {
    'src/api/env.ts': `export const home = process.env['HOME'];\n`,
    'src/store/env.ts': `export const { env } = process;\n`,
    'src/worker/env.ts': `import { env } from 'node:process';\nexport const home = env['HOME'];\n`,
  },
  'vitest(no-focused-tests)': {
    'test/unit/focus.test.ts': `import { expect, test } from 'vitest';\ntest.only('one', () => expect(1).toBe(1));\n`,
  },
};

const allowed: Planted = {
  'src/config/env.ts': `export const home = process.env['HOME'];\n`,
  'src/api/main.ts': `export const home = process.env['HOME'];\n`,
  'src/domain/parse.ts': `export const parse = (text: string): Date => new Date(text);\n`,
  'src/store/clock.ts': `export const now = (): number => Date.now();\n`,
  'src/cli/print.ts': `console.log('hello');\n`,
  'demo/print.ts': `console.log('hello');\n`,
};

const cases = Object.entries(violations).flatMap(([rule, files]) =>
  Object.keys(files)
    // Of a pair of files the helper is not the culprit.
    .filter((path) => path !== 'src/api/thing.ts')
    .map((path) => ({ rule, path })),
);

describe('the rules of the house', () => {
  let found: ReadonlyMap<string, readonly Finding[]>;

  beforeAll(async () => {
    found = await lintPlanted(Object.assign({}, allowed, ...Object.values(violations)) as Planted);
  });

  test.each(cases)('$rule finds $path', ({ rule, path }) => {
    expect((found.get(path) ?? []).map((finding) => finding.rule)).toContain(rule);
  });

  test.each(Object.keys(allowed))('%s breaks no rule', (path) => {
    expect(found.get(path) ?? []).toEqual([]);
  });
});
