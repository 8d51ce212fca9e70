/** What the steps of all gates mean together. */
import type { Step } from './judgement.ts';
import { earliest } from './time.ts';

/** When time alone may change them, epoch milliseconds; `null`: never. */
export function untilOf(steps: Readonly<Record<string, Step>>): number | null {
  return earliest(...Object.values(steps).map((step) => (step.do === 'wait' ? step.until : null)));
}

/** What is to be done at once, as a text to compare; empty when there is only to wait, or nothing any more. */
export function workOf(steps: Readonly<Record<string, Step>>): string {
  const work = Object.entries(steps).filter(([, step]) => step.do !== 'wait' && step.do !== 'pass');
  return work.length === 0 ? '' : JSON.stringify(work);
}
