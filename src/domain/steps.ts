/** What the steps of all gates mean together. */
import type { Step } from './judgement.ts';
import { earliest } from './time.ts';

/** When time alone may change them, epoch milliseconds; `null`: never. */
export function untilOf(steps: Readonly<Record<string, Step>>): number | null {
  return earliest(...Object.values(steps).map((step) => (step.do === 'wait' ? step.until : null)));
}

/** Whether there is something to do at once, rather than to wait or to go on waiting. */
export function hasWork(steps: Readonly<Record<string, Step>>): boolean {
  return Object.values(steps).some((step) => step.do !== 'wait' && step.do !== 'pass');
}
