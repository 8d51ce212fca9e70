/** Passing a gate: ask what is next, do it or wait, and ask again, until the gate is through. */
import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Answer, Instruction } from '../activities/assess.ts';
import type { Act } from '../domain/judgement.ts';
import { listen } from './waking.ts';
import type { Waker } from './waking.ts';

/** The case or custody has ended otherwise (cancelled): nothing of it goes on. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface Subject<G extends string> {
  /** The judgement of all gates at the workflow's own time. */
  readonly assess: (now: number) => Promise<Answer<G>>;
  /** Does what the judgement asks for. */
  readonly perform: (act: Act) => Promise<void>;
}

/** Resolves when the named gate is through. */
export type Pass<G extends string> = (gate: G) => Promise<void>;

/**
 * Follows the protocol, in which gates are passed one after the other or side by side, to its end or to that of its subject.
 * Call before the first await.
 */
export async function follow<G extends string>(
  subject: Subject<G>,
  protocol: (pass: Pass<G>) => Promise<void>,
): Promise<void> {
  const waker = listen();
  const acts = startsActs(waker, subject.perform);
  const judge = judging(waker, subject.assess);

  async function pass(gate: G): Promise<void> {
    for (;;) {
      const judged = judge.latest();
      if (judged === null) {
        await judge.ask();
        continue;
      }
      const instruction = judged.answer.at[gate];
      if (instruction.do === 'pass') return;
      if (instruction.do === 'stop') throw new Stopped();
      // A vendor may take days to answer: whatever wakes the workflow meanwhile is judged, and nothing is asked twice.
      if (instruction.do === 'act') acts.start(instruction.acts);
      if (waker.count === judged.seen) await waker.woken();
      // Id and database are all a workflow needs to start, so it carries nothing over.
      if (workflowInfo().continueAsNewSuggested && acts.idle()) await continueAsNew();
    }
  }

  try {
    await protocol(pass);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  // Ending while a vendor is being asked would leave a command's answer unrecorded.
  while (!acts.idle()) await waker.woken();
}

/** A judgement of all gates, and how often the workflow had been woken before. */
interface Judged<G extends string> {
  readonly seen: number;
  readonly answer: Answer<G>;
}

/**
 * One judgement serves every gate that asks, until something wakes the workflow.
 *
 * And one is asked for at a time: two local activities at once end in activations of their own when they first run, yet in a
 * single one when their history is replayed, and whoever came later might then schedule first.
 */
function judging<G extends string>(waker: Waker, assess: Subject<G>['assess']) {
  let known: Judged<G> | null = null;
  let asking: Promise<void> | null = null;

  async function askOnce(): Promise<void> {
    const seen = waker.count;
    try {
      const answer = await assess(Date.now());
      known = { seen, answer };
      if (needsAlarm(answer, Date.now())) waker.setAlarm(answer.until);
    } finally {
      asking = null;
    }
  }

  return {
    /** `null` when the workflow was woken since. */
    latest: (): Judged<G> | null => (known !== null && known.seen === waker.count ? known : null),
    ask: (): Promise<void> => (asking ??= askOnce()),
  };
}

/**
 * While a vendor is being asked, which takes seconds but for outages, a moment further ahead than this is left to the
 * reconcile sweep: a timer for it would nearly always be cancelled again (docs/decisions/0011).
 */
const SOON_MS = 3_600_000;

function needsAlarm<G extends string>({ at, until }: Answer<G>, now: number): boolean {
  const doing = new Set(Object.values<Instruction>(at).map((instruction) => instruction.do));
  // At its end the workflow takes its timer along.
  if (!doing.has('act')) return doing.has('wait');
  return until !== null && until < now + SOON_MS;
}

/** The acts under way, of all gates: none is begun a second time before its end. */
function startsActs(waker: Waker, perform: (act: Act) => Promise<void>) {
  const running = new Set<string>();
  let failure: Error | null = null;

  async function run(act: Act, key: string, besides: readonly string[]): Promise<void> {
    running.add(key);
    try {
      await perform(act);
    } catch (error) {
      failure = error instanceof Error ? error : new Error('an act failed');
    }
    running.delete(key);
    // One look at what all of them have done; another gate may wait for it, too.
    if (!besides.some((one) => running.has(one))) waker.nudge();
  }

  return {
    /** Starts what is not under way. @throws what an act that was started before ended in. */
    start(acts: readonly Act[]): void {
      if (failure !== null) throw failure;
      const keys = acts.map((act) => JSON.stringify(act));
      for (const [index, act] of acts.entries()) {
        const key = keys[index] ?? '';
        if (!running.has(key)) void run(act, key, keys);
      }
    },
    idle: () => running.size === 0,
  };
}
