/** Which roles somebody had when they did something: as the decision recorded it, else as they were last seen before. */
import type { AnyFact } from '../../../domain/fact.ts';
import { isOf } from './pack-facts.ts';

export interface RolesThen {
  readonly roles: readonly string[];
  readonly from: 'decision' | 'last-seen' | 'not-recorded';
}

/** @param ordered All facts in the order of the ledger. */
export function rolesThen(ordered: readonly AnyFact[]): (fact: AnyFact) => RolesThen {
  const seen = Map.groupBy(ordered.filter(isOf('actor.seen')), ({ data }) => data.subject);
  return (fact) => {
    if ('roles' in fact.data && Array.isArray(fact.data.roles))
      return { roles: fact.data.roles.map(String), from: 'decision' };
    const last = seen.get(fact.actor)?.findLast(({ at }) => at <= fact.at);
    return last === undefined
      ? { roles: [], from: 'not-recorded' }
      : { roles: last.data.roles, from: 'last-seen' };
  };
}
