import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Delivery } from '../../src/store/outbox.ts';
import { deliverWake } from '../../src/worker/relay.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';

const START: Delivery = { workflowId: 'case:relayed:1', workflowType: 'offboardingCase', onlyStart: true };
const WAKE: Delivery = { ...START, onlyStart: false };

// No worker runs: only what the server notes of a start, a signal, or neither, is looked at.
describeLocalTemporal('delivering wakes', () => {
  let temporal: TestWorkflowEnvironment;
  beforeAll(async () => {
    temporal = await localTemporal();
  });
  afterAll(async () => temporal?.teardown());

  const handle = () => temporal.client.workflow.getHandle(START.workflowId);
  async function history(): Promise<{ readonly runId: string; readonly events: number }> {
    const { runId } = await handle().describe();
    const { events } = await handle().fetchHistory();
    return { runId, events: events?.length ?? 0 };
  }

  it('a mere start starts what never ran, leaves what runs without an event, and starts what was lost', async () => {
    await deliverWake(temporal.client, START);
    const first = await history();
    await deliverWake(temporal.client, START);
    expect(await history()).toEqual(first);
    await deliverWake(temporal.client, WAKE);
    const woken = await history();
    expect(woken).toEqual({ runId: first.runId, events: first.events + 1 });
    await handle().terminate('lost');
    await deliverWake(temporal.client, START);
    expect((await history()).runId).not.toBe(first.runId);
  });
});
