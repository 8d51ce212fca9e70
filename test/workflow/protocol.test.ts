/** What workflows do with judgements: order, waits, wakes, ends. The judgements are a script, so that months pass at once. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/engine/eventually.ts';
import { describeLocalTemporal, describeTimeSkipping } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';
import { timeSkippingEnv } from '../support/temporal/time-skipping-env.ts';
import { ENGINE_QUEUE } from '../../src/workflows/task-queues.ts';
import { scripted } from './support/scripted.ts';
import type { Script } from './support/scripted.ts';

const DAY_MS = 86_400_000;
const pass = { do: 'pass' } as const;
const CASE = { taskQueue: ENGINE_QUEUE, workflowId: 'case:case_1:1' };
const CUSTODY = { taskQueue: ENGINE_QUEUE, workflowId: 'custody:dev_1:1' };

describeTimeSkipping('a workflow', () => {
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    env = await timeSkippingEnv();
  });
  afterAll(async () => env?.teardown());

  async function play(script: Script, type: 'offboardingCase' | 'deviceCustody') {
    const run = await scripted(env, script);
    const options = type === 'offboardingCase' ? CASE : CUSTODY;
    await run.during(() => env.client.workflow.execute(type, { ...options, args: [] }));
    return run;
  }

  it('of a case passes leave, then discovery and access cut, then devices', async () => {
    const { asked } = await play({ judge: () => pass }, 'offboardingCase');
    expect(asked.map(({ at }) => at)).toEqual(['leave', 'discovery', 'access-cut', 'devices']);
  });

  it('of a case cuts access while discovery still waits, and asks for devices only after both', async () => {
    const { asked, acted } = await play(
      {
        judge: ({ at, now, before }) => {
          if (at === 'access-cut' && before === 0)
            return { do: 'act', acts: [{ act: 'cut-access', connector: 'vendor' }] };
          if (at === 'discovery' && before < 2) return { do: 'wait', until: now + 10 * DAY_MS };
          return pass;
        },
      },
      'offboardingCase',
    );
    expect(acted).toEqual(['cutAccess']);
    expect(asked.at(-1)?.at).toBe('devices');
    expect(asked.filter(({ at }) => at === 'devices')).toHaveLength(1);
    expect(asked.at(-1)?.now).toBeGreaterThanOrEqual((asked[0]?.now ?? 0) + 10 * DAY_MS);
  });

  it('of a custody wipes after data handover, beside the return, and hands off after both', async () => {
    const { asked } = await play(
      {
        judge: ({ at, now, before }) => {
          if (at === 'data-handover' && before === 0) return { do: 'wait', until: now + 5 * DAY_MS };
          if (at === 'return' && before === 0) return { do: 'wait', until: now + 20 * DAY_MS };
          return pass;
        },
      },
      'deviceCustody',
    );
    const first = (gate: string) => asked.findIndex(({ at }) => at === gate);
    const last = (gate: string) => asked.findLastIndex(({ at }) => at === gate);
    expect(first('return')).toBeLessThan(last('data-handover'));
    expect(last('data-handover')).toBeLessThan(first('wipe'));
    expect(first('wipe')).toBeLessThan(last('return'));
    expect(asked.slice(-2).map(({ at }) => at)).toEqual(['itad-handoff', 'inventory-closure']);
  });

  it('waits ninety days for the day of leave, and does not ask in between', async () => {
    const { asked } = await play(
      {
        judge: ({ at, now, before }) =>
          at === 'leave' && before === 0 ? { do: 'wait', until: now + 90 * DAY_MS } : pass,
      },
      'offboardingCase',
    );
    const [one, two] = asked.filter(({ at }) => at === 'leave');
    expect((two?.now ?? 0) - (one?.now ?? 0)).toBeGreaterThanOrEqual(90 * DAY_MS);
    expect(asked.filter(({ at }) => at === 'leave')).toHaveLength(2);
  });

  it('asks again at once when it is woken during a wait', async () => {
    const run = await scripted(env, {
      judge: ({ at, now, before }) =>
        at === 'leave' && before === 0 ? { do: 'wait', until: now + 90 * DAY_MS } : pass,
    });
    await run.during(async () => {
      const handle = await env.client.workflow.start('offboardingCase', { ...CASE, args: [] });
      await eventually('the first question', async () => run.asked.length === 1);
      await env.sleep(7 * DAY_MS);
      await handle.signal('wake');
      await handle.result();
    });
    const [one, two] = run.asked;
    expect(two?.at).toBe('leave');
    const waited = (two?.now ?? 0) - (one?.now ?? 0);
    expect(waited).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect(waited).toBeLessThan(8 * DAY_MS);
  });

  it('ends when its subject was cancelled, with the other gates still waiting', async () => {
    const { asked } = await play(
      {
        judge: ({ at, now, before }) => {
          if (at === 'data-handover')
            return before === 0 ? { do: 'wait', until: now + DAY_MS } : { do: 'stop' };
          return { do: 'wait', until: null };
        },
      },
      'deviceCustody',
    );
    // Two judgements, each of both gates that have begun.
    expect(asked.map(({ at }) => at)).toEqual(['data-handover', 'return', 'data-handover', 'return']);
  });

  it('asks by an ordinary activity when the database does not answer a local one', async () => {
    const { asked } = await play(
      {
        judge: ({ at, before }) => {
          if (at === 'discovery' && before < 3) throw new Error('the database is away');
          if (at === 'discovery' && before === 3)
            return { do: 'act', acts: [{ act: 'ask-source', connector: 'vendor' }] };
          return pass;
        },
      },
      'offboardingCase',
    );
    const discovery = asked.filter(({ at }) => at === 'discovery');
    expect(discovery.map(({ local }) => local)).toEqual([true, true, true, false, true]);
    expect(asked.at(-1)).toMatchObject({ at: 'devices', local: true });
  });

  it('does every act of a judgement, side by side, before it asks again', async () => {
    const { asked, acted } = await play(
      {
        judge: ({ at, before }) =>
          at === 'discovery' && before === 0
            ? {
                do: 'act',
                acts: [
                  { act: 'ask-source', connector: 'vendor' },
                  { act: 'look-up-serials', connector: 'vendor' },
                ],
              }
            : at === 'access-cut' && before === 0
              ? { do: 'wait', until: null }
              : pass,
      },
      'offboardingCase',
    );
    expect(acted.toSorted()).toEqual(['askSource', 'lookUpSerials']);
    // What discovery did is a reason to look at the waiting access cut again.
    expect(asked.filter(({ at }) => at === 'access-cut')).toHaveLength(2);
  });
});

describeLocalTemporal('a workflow whose history grows', () => {
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    env = await localTemporal({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 20 } });
  });
  afterAll(async () => env?.teardown());

  it('continues as new when it is idle, and never while a vendor is being asked', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const run = await scripted(env, {
      judge: ({ at, before }) => {
        if (at === 'data-handover') return pass;
        if (at === 'wipe' && before === 0)
          return { do: 'act', acts: [{ act: 'send-wipe', connector: 'vendor', approvalId: 'appr_1' }] };
        return over ? pass : { do: 'wait', until: null };
      },
      act: () => held,
    });
    let over = false;
    await run.during(async () => {
      const handle = await env.client.workflow.start('deviceCustody', { ...CUSTODY, args: [] });
      const first = handle.firstExecutionRunId;
      await eventually('the wipe', async () => run.acted.length === 1);
      for (let wakes = 0; wakes < 12; wakes += 1) await wakeAndWait(run, handle);
      expect((await env.client.workflow.getHandle(CUSTODY.workflowId).describe()).runId).toBe(first);
      release();
      await eventually('the next run', async () => {
        await handle.signal('wake');
        return (await env.client.workflow.getHandle(CUSTODY.workflowId).describe()).runId !== first;
      });
      over = true;
      await env.client.workflow.getHandle(CUSTODY.workflowId).signal('wake');
      await env.client.workflow.getHandle(CUSTODY.workflowId).result();
    });
    expect(run.acted).toEqual(['sendWipe']);
  });

  async function wakeAndWait(
    run: { readonly asked: readonly unknown[] },
    handle: { signal(name: string): Promise<void> },
  ) {
    const before = run.asked.length;
    await handle.signal('wake');
    await eventually('the question', async () => run.asked.length > before);
  }
});
