/** Passing a gate: ask what is next, do it or wait, and ask again, until the gate is through. */
import { condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Instruction } from '../activities/assess.ts';
import type { Act } from '../domain/judgement.ts';
import type { Waker } from './waking.ts';

/** The case or custody has ended otherwise (cancelled): nothing of it goes on. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface Gatekeeper<G extends string> {
  readonly waker: Waker;
  /** The judgement of one gate at the workflow's own time. */
  readonly assess: (gate: G, now: number) => Promise<Instruction>;
  /** Does what the judgement asks for. */
  readonly perform: (act: Act) => Promise<void>;
}

/** Returns when the gate is through. @throws Stopped when the subject was cancelled. */
export async function pass<G extends string>(
  { waker, assess, perform }: Gatekeeper<G>,
  gate: G,
): Promise<void> {
  const acts = startsActs(waker, perform);
  for (;;) {
    const { seen, instruction } = await waker.inTurn(async () => {
      const count = waker.count;
      return { seen: count, instruction: await assess(gate, Date.now()) };
    });
    switch (instruction.do) {
      case 'pass':
        return;
      case 'stop':
        throw new Stopped();
      case 'wait':
        await waker.sleep(instruction.until, seen);
        break;
      case 'act':
        // A vendor may take days to answer: whatever wakes the workflow meanwhile is judged, and nothing is asked twice.
        await acts.start(instruction.acts);
        await condition(() => acts.idle() || waker.count > seen);
        break;
    }
    // Id and database are all a workflow needs to start, so it carries nothing over.
    if (workflowInfo().continueAsNewSuggested && waker.acting === 0) await continueAsNew();
  }
}

/** The acts of one gate that are under way. */
function startsActs(waker: Waker, perform: (act: Act) => Promise<void>) {
  const running = new Set<string>();
  let failure: Error | null = null;

  async function run(act: Act, key: string): Promise<void> {
    running.add(key);
    waker.acting += 1;
    try {
      await perform(act);
    } catch (error) {
      failure = error instanceof Error ? error : new Error('an act failed');
    }
    running.delete(key);
    waker.acting -= 1;
    // Another gate may wait for what this one has just done.
    if (running.size === 0) waker.nudge();
  }

  return {
    /** Starts what is not under way. @throws what an act that was started before ended in. */
    async start(acts: readonly Act[]): Promise<void> {
      if (failure !== null) throw failure;
      for (const act of acts) {
        const key = JSON.stringify(act);
        if (!running.has(key)) void run(act, key);
      }
    },
    idle: () => running.size === 0,
  };
}

/** Waits until no vendor is being asked any more: ending before would leave a command's answer unrecorded. */
export async function settled(waker: Waker): Promise<void> {
  await condition(() => waker.acting === 0);
}
