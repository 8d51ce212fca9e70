import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Delivery } from '../../src/store/outbox.ts';
import { deliverWake } from '../../src/worker/relay.ts';
import { ensureSchedules } from '../../src/worker/schedules.ts';
import { eventually } from '../support/engine/eventually.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';
import { scripted } from './support/scripted.ts';

const START: Delivery = { workflowId: 'case:relayed:1', workflowType: 'offboardingCase', onlyStart: true };
const WAKE: Delivery = { ...START, onlyStart: false };

const PICKUP: Delivery = { workflowId: 'pickup:again', workflowType: 'itadPickup', onlyStart: false };

// No worker runs in the first: only what the server notes of a start, a signal, or neither, is looked at.
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

  it('a sweep comes at once, one that runs comes once more, and where none is planned nothing does', async () => {
    const delivery = {
      workflowId: 'sweep:sweepInventory:books',
      workflowType: 'sweepInventory',
      onlyStart: false,
    } as const;
    await deliverWake(temporal.client, delivery);
    const plan = {
      id: delivery.workflowId,
      workflowType: 'sweepInventory',
      args: [{ connector: 'books' }],
    } as const;
    await ensureSchedules(temporal.client, [{ ...plan, when: { everyMs: 86_400_000 }, atOnce: false }]);
    const schedule = temporal.client.schedule.getHandle(delivery.workflowId);
    const begun = async () => (await schedule.describe()).info.numActionsTaken;
    expect(await begun()).toBe(0);
    await deliverWake(temporal.client, delivery);
    // Nobody works on it, so it runs on.
    await eventually('the sweep', async () => (await begun()) === 1);
    await deliverWake(temporal.client, delivery);
    await deliverWake(temporal.client, delivery);
    const [running] = (await schedule.describe()).info.runningActions;
    await temporal.client.workflow.getHandle(running?.workflow.workflowId ?? '').terminate('done');
    await eventually('once more', async () => (await begun()) === 2);
    await schedule.delete();
  });

  it('a pickup is sent again when its manifest changes: after it was sent, and while it is being sent', async () => {
    let release: () => void = () => {};
    let sending: Promise<void> | null = new Promise<void>((resolve) => (release = resolve));
    const { acted, during } = await scripted(temporal, {
      judge: () => ({ do: 'pass' }),
      act: async () => sending ?? undefined,
    });
    const result = () => temporal.client.workflow.getHandle(PICKUP.workflowId).result();
    await during(async () => {
      await deliverWake(temporal.client, PICKUP);
      await eventually('the manifest on its way', async () => acted.length === 1);
      await deliverWake(temporal.client, PICKUP);
      release();
      sending = null;
      await result();
      expect(acted).toHaveLength(2);
      await deliverWake(temporal.client, PICKUP);
      await result();
    });
    expect(acted).toEqual(['bookPickup', 'bookPickup', 'bookPickup']);
  });
});
