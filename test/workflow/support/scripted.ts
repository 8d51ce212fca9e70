/** Workflows alone: the real bundle, with judgements from a script and vendors that only take notes. */
import { activityInfo } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { CaseQuestion, CustodyQuestion, Instruction } from '../../../src/activities/assess.ts';
import { workflowsPath } from '../../../src/worker/workflows-path.ts';
import { connectorQueue, ENGINE_QUEUE } from '../../../src/workflows/task-queues.ts';

/** One judgement as it was asked for. */
export interface Asked {
  /** The station or gate. */
  readonly at: string;
  /** The workflow's own time, epoch milliseconds. */
  readonly now: number;
  /** Whether it was asked as a local activity. */
  readonly local: boolean;
  /** How often this station was asked before. */
  readonly before: number;
}

export interface Script {
  /** Answers one question; throwing is the database being away. */
  readonly judge: (asked: Asked) => Instruction;
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
  const judge = async (at: string, now: number): Promise<Instruction> => {
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
      assessCase: ({ station, now }: CaseQuestion) => judge(station, now),
      assessCustody: ({ gate, now }: CustodyQuestion) => judge(gate, now),
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
  ];
  const vendor = await Worker.create({
    ...common,
    taskQueue: connectorQueue('vendor'),
    activities: Object.fromEntries(names.map((name) => [name, act(name)])),
  });
  return { asked, acted, during: (use) => engine.runUntil(() => vendor.runUntil(use)) };
}
