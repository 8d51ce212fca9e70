/** Passing a gate: ask what is next, do it or wait, and ask again, until the gate is through. */
import { continueAsNew, workflowInfo } from '@temporalio/workflow';
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
        await busy(waker, () => Promise.all(instruction.acts.map(perform)));
        // Another gate may wait for what this one just did.
        waker.nudge();
        break;
    }
    // Id and database are all a workflow needs to start, so it carries nothing over.
    if (workflowInfo().continueAsNewSuggested && waker.acting === 0) await continueAsNew();
  }
}

/** While a vendor is being asked, nothing may continue as new: that would drop the question. */
async function busy(waker: Waker, act: () => Promise<unknown>): Promise<void> {
  waker.acting += 1;
  try {
    await act();
  } finally {
    waker.acting -= 1;
  }
}
