import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { EngineContext } from '../../../src/activities/context.ts';
import { createDatabaseActivities } from '../../../src/activities/index.ts';

/** A database whose every error quotes a person, as PostgreSQL's do. */
const QUOTING = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error('duplicate key: (work_email)=(ada@example.com)');
    },
  },
);

describe('what a database activity fails with', () => {
  const activities = createDatabaseActivities({
    db: QUOTING,
    clock: () => new Date(),
    retryCapMs: 1,
  } as unknown as EngineContext);
  it.each([
    ['reconcileWorkflows', () => activities.reconcileWorkflows()],
    ['pickupConnector', () => activities.pickupConnector({ pickupId: 'pick_1' })],
    ['assessCase', () => activities.assessCase({ caseId: 'case_1', generation: 1, now: 0 })],
    ['assessCustody', () => activities.assessCustody({ deviceId: 'dev_1', epoch: 1, now: 0 })],
  ] as const)('%s quotes nothing of the error', async (_name, run) => {
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'internal', message: 'unexpected error' });
    expect(inspect(error, { depth: 10 })).not.toContain('ada@');
  });
});
