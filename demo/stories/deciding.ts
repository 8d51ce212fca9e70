/** People deciding: somebody asks, and somebody else approves. */
import type { PersonKey } from '../cast.ts';
import type { DecisionWish } from '../engine/two-people.ts';
import type { Stage } from './stage.ts';

/** Asked for by the operator on duty, approved by a second person some hours later. */
export async function twoDecide(
  stage: Stage,
  key: PersonKey,
  wish: DecisionWish,
  what: string,
): Promise<void> {
  const decision = await stage.twoPeople.ask(wish);
  stage.say(key, `the operator on duty asks: ${what} ("${wish.reason}")`);
  await stage.days(0.5);
  if (!(await stage.twoPeople.approve(decision))) return twoDecide(stage, key, wish, what);
  stage.say(key, `a second person approves: ${what}`);
}
