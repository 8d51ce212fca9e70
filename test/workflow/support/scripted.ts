/** Workflows alone: the real bundle, with judgements from a script and vendors that only take notes. */
import { activityInfo } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Answer, CaseQuestion, CustodyQuestion, Instruction } from '../../../src/activities/assess.ts';
import { DEVICE_GATES, GATES_BEFORE } from '../../../src/domain/gates.ts';
import type { DeviceGate } from '../../../src/domain/gates.ts';
import { CASE_STATIONS } from '../../../src/domain/rules/case.ts';
import type { CaseStation } from '../../../src/domain/rules/case.ts';
import { workflowsPath } from '../../../src/worker/workflows-path.ts';
import { connectorQueue, ENGINE_QUEUE } from '../../../src/workflows/task-queues.ts';

/** A script's word on one gate; a wait may have an end, epoch milliseconds. */
export type Scripting =
  | Exclude<Instruction, { do: 'wait' }>
  | { readonly do: 'wait'; readonly until: number | null };

/** One gate as it was judged. */
export interface Asked {
  /** The station or gate: those alone whose predecessors are through. */
  readonly at: string;
  /** The workflow's own time, epoch milliseconds. */
  readonly now: number;
  /** Whether it was asked as a local activity. */
  readonly local: boolean;
  /** How often this gate was judged before. */
  readonly before: number;
}

export interface Script {
  /** Judges one gate; throwing is the database being away. */
  readonly judge: (asked: Asked) => Scripting;
  /** What a vendor does; default nothing. */
  readonly act?: (name: string) => Promise<void>;
}

export interface Scripted {
  readonly asked: Asked[];
  /** Vendor activities in the order of their calls. */
  readonly acted: string[];
  /** Runs both workers while `use` runs. */
  during<T>(use: () => Promise<T>): Promise<T>;
}

let bundled: Promise<WorkflowBundleWithSourceMap> | undefined;

export async function scripted(env: TestWorkflowEnvironment, script: Script): Promise<Scripted> {
  bundled ??= bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const workflowBundle = await bundled;
  const asked: Asked[] = [];
  const acted: string[] = [];
  const judge = (at: string, now: number): Scripting => {
    const one = {
      at,
      now,
      local: activityInfo().isLocal,
      before: asked.filter((other) => other.at === at).length,
    };
    asked.push(one);
    return script.judge(one);
  };
  const act = (name: string) => async () => {
    acted.push(name);
    await script.act?.(name);
  };
  const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
  const engine = await Worker.create({
    ...common,
    taskQueue: ENGINE_QUEUE,
    workflowBundle,
    activities: {
      assessCase: async ({ now }: CaseQuestion) => answer(CASE_STATIONS, STATIONS_BEFORE, now, judge),
      assessCustody: async ({ now }: CustodyQuestion) => answer(DEVICE_GATES, GATES_BEFORE, now, judge),
      pickupConnector: async () => 'vendor',
    },
  });
  const names = [
    'askSource',
    'lookUpSerials',
    'cutAccess',
    'sendWipe',
    'resolveWipe',
    'makeLabel',
    'closeInventory',
    'bookPickup',
  ];
  const vendor = await Worker.create({
    ...common,
    taskQueue: connectorQueue('vendor'),
    activities: Object.fromEntries(names.map((name) => [name, act(name)])),
  });
  return { asked, acted, during: (use) => engine.runUntil(() => vendor.runUntil(use)) };
}

const STATIONS_BEFORE: Readonly<Record<CaseStation, readonly CaseStation[]>> = {
  leave: [],
  discovery: ['leave'],
  'access-cut': ['leave'],
  devices: ['discovery', 'access-cut'],
};

/** All gates in their order, as the rules judge them: one whose predecessors are not through waits. */
function answer<G extends CaseStation | DeviceGate>(
  gates: readonly G[],
  before: Readonly<Record<G, readonly G[]>>,
  now: number,
  judge: (at: string, now: number) => Scripting,
): Answer<G> {
  const at = new Map<G, Scripting>();
  for (const gate of gates) {
    const isReady = before[gate].every((one) => at.get(one)?.do === 'pass');
    at.set(gate, isReady ? judge(gate, now) : { do: 'wait', until: null });
  }
  const ends = [...at.values()].flatMap((one) =>
    one.do === 'wait' && one.until !== null ? [one.until] : [],
  );
  return {
    at: Object.fromEntries(at) as unknown as Answer<G>['at'],
    until: ends.length === 0 ? null : Math.min(...ends),
  };
}
