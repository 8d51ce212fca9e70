/**
 * Tests by folder: one vitest project each, so that `npx vitest run --project unit` runs one kind alone.
 * Time limits are generous because machines are noisy; no test asserts the clock.
 */
import { defineConfig } from 'vitest/config';

const seconds = (n: number): number => n * 1000;

interface Kind {
  readonly name: string;
  readonly testTimeout: number;
  readonly hookTimeout: number;
  /** Its tests use the run's PostgreSQL, which starts when the first of them asks for a database. */
  readonly database?: boolean;
  /** Whole processes and servers: one file at a time. */
  readonly serial?: boolean;
}

const kinds: readonly Kind[] = [
  { name: 'unit', testTimeout: seconds(30), hookTimeout: seconds(30) },
  { name: 'lint', testTimeout: seconds(60), hookTimeout: seconds(60) },
  { name: 'contract', testTimeout: seconds(60), hookTimeout: seconds(180), database: true },
  { name: 'sandbox', testTimeout: seconds(60), hookTimeout: seconds(60) },
  { name: 'store', testTimeout: seconds(90), hookTimeout: seconds(180), database: true },
  { name: 'api', testTimeout: seconds(60), hookTimeout: seconds(180), database: true },
  { name: 'workflow', testTimeout: seconds(180), hookTimeout: seconds(180), database: true },
  { name: 'model', testTimeout: seconds(180), hookTimeout: seconds(180), database: true },
  { name: 'replay', testTimeout: seconds(180), hookTimeout: seconds(180) },
  { name: 'cli', testTimeout: seconds(300), hookTimeout: seconds(300), database: true, serial: true },
  { name: 'e2e', testTimeout: seconds(600), hookTimeout: seconds(300), database: true, serial: true },
];

export default defineConfig({
  test: {
    passWithNoTests: false,
    pool: 'forks',
    maxWorkers: 2,
    projects: kinds.map(({ name, testTimeout, hookTimeout, database = false, serial = false }) => ({
      extends: true as const,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        environment: 'node' as const,
        globalSetup: database ? ['test/support/postgres/global-setup.ts'] : [],
        testTimeout,
        hookTimeout,
        teardownTimeout: seconds(30),
        // Serial kinds come last and alone: their servers want the machine for themselves.
        fileParallelism: !serial,
        sequence: { groupOrder: serial ? 1 : 0 },
      },
    })),
  },
});
