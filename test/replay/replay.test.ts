import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows, readHistories, replay } from './histories.ts';
import { SHAPES } from './shapes.ts';

const RUNS = readHistories();

describe('histories of running cases', () => {
  let bundle: WorkflowBundleWithSourceMap;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  it('are checked in for every shape', () => {
    const shapes = new Set(RUNS.map(({ name }) => name.split('.')[0]));
    expect(shapes).toEqual(new Set(SHAPES.map(({ name }) => name)));
  });

  it('stay within the budget of events for one device: 45 of the case, 75 of the custody', () => {
    const events = (name: string) => RUNS.find((run) => run.name === name)?.history.events.length;
    expect(events('plain.case.1')).toBeLessThanOrEqual(45);
    expect(events('plain.custody-1.1')).toBeLessThanOrEqual(75);
  });

  it('include a custody that continued as new', () => {
    const last = RUNS.map(({ history }) => history.events.at(-1)?.eventType);
    expect(last).toContain('EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
  });

  it('replay with the workflows of today', async () => {
    expect(await replay(RUNS, bundle)).toEqual(RUNS.map(({ name }) => ({ name, error: null })));
  });

  it('replay without a cache of workflows', async () => {
    expect(await replay(RUNS, bundle, { maxCachedWorkflows: 0 })).toEqual(
      RUNS.map(({ name }) => ({ name, error: null })),
    );
  });
});

describe('a workflow that was changed without a patch', () => {
  const planted = (name: string) =>
    bundleWorkflows({ workflowsPath: fileURLToPath(new URL(`planted/${name}.ts`, import.meta.url)) });

  it('is caught when it asks the gates in another order', async () => {
    const custodies = RUNS.filter(({ name }) => name.startsWith('plain.custody'));
    const [replayed] = await replay(custodies, await planted('reordered-custody'));
    expect(replayed?.error).toBe('DeterminismViolationError');
  });

  it('is caught when it waits before it begins', async () => {
    const cases = RUNS.filter(({ name }) => name.startsWith('plain.case'));
    const [replayed] = await replay(cases, await planted('sleepy-case'));
    expect(replayed?.error).toBe('DeterminismViolationError');
  });
});
