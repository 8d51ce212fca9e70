import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Connectors } from '../../../src/adapters/connectors.ts';
import { reconciliationOf } from '../../../src/domain/reconciliation-policy.ts';
import { PolicySchema } from '../../../src/config/policy-schema.ts';
import { planSweeps } from '../../../src/worker/sweep-plans.ts';

const EVERY = {
  devices: 1,
  identity: 1,
  snapshots: 1,
  holds: 1,
  inventory: 1,
  parcels: 1,
  pickups: 1,
  reconcile: 1,
};

const of = (name: string, port: object = {}) => new Map([[name, { name, port }]]);

/** One of each; plans look at names, and at what an inventory can do. */
function connectors(inventory: object): Connectors {
  return {
    identity: of('okta'),
    devices: of('intune'),
    enrolment: new Map(),
    inventory: of('books', inventory),
    disposition: of('itad'),
    carrier: of('post'),
    holds: of('legal'),
    hr: new Map(),
    notify: new Map(),
  } as unknown as Connectors;
}

describe('sweeps', () => {
  test('are workflows that the bundle has', async () => {
    const index = await readFile(new URL('../../../src/workflows/index.ts', import.meta.url), 'utf8');
    const exported = new Set(index.match(/\w+/gu));
    const planned = planSweeps(
      EVERY,
      connectors({ closes: false }),
      reconciliationOf(PolicySchema.parse({})),
    ).map(({ workflowType }) => workflowType);
    expect(planned).toEqual(expect.arrayContaining(['sweepHolds', 'sweepPickups']));
    expect(planned.filter((type) => !exported.has(type))).toEqual([]);
  });

  test.each([
    ['is only read', { closes: false }, 1],
    ['is told what has left', { closes: true, leaving: {} }, 1],
    ['is told what came late', { closes: true, dispositionPlace: {} }, 1],
    ['is closed by us and told nothing', { closes: true }, 0],
  ])('an inventory that %s', (_what, inventory, count) => {
    const plans = planSweeps(EVERY, connectors(inventory), reconciliationOf(PolicySchema.parse({})));
    expect(plans.filter(({ workflowType }) => workflowType === 'sweepInventory')).toHaveLength(count);
  });
});
