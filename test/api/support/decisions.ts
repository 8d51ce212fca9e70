/** Two people who decide, and a clock that they can be late by. */
import type { DecisionKind } from '../../../src/domain/decisions.ts';
import { ROLES } from '../../../src/config/schema.ts';
import type { Role } from '../../../src/config/schema.ts';
import { startApi, textIn, tokenOf } from './api.ts';
import type { Answer, TestApi } from './api.ts';

/** Somebody else who may decide everything that two people decide. */
export const SECOND = { id: 't-second', token: 'second-token-for-tests-0123456789' } as const;

export type Who = Role | 'second';

export interface Deciders {
  readonly api: TestApi;
  /** Later by so much from now on; milliseconds. */
  readonly wait: (ms: number) => void;
  readonly now: () => Date;
  readonly ask: (as: Who, kind: DecisionKind, body?: object) => Promise<Answer>;
  readonly decide: (as: Who, verb: Verb, decision: Answer, body?: object) => Promise<Answer>;
  /** Asks, and has a second person approve. @throws when one of the two is refused. */
  readonly agree: (kind: DecisionKind, body?: object) => Promise<Answer>;
}

export type Verb = 'approve' | 'refuse' | 'withdraw';

export async function startDeciders(databaseUrl: string): Promise<Deciders> {
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const api = await startApi(databaseUrl, {
    clock: now,
    tokens: [
      ...ROLES.map((role) => ({ id: `t-${role}`, token: tokenOf(role), roles: [role] })),
      { ...SECOND, roles: ['approver', 'admin'] },
    ],
  });
  const call = (as: Who, path: string, body: object) => {
    const token = as === 'second' ? SECOND.token : tokenOf(as);
    return api.call('POST', `/api/v1${path}`, { headers: { authorization: `Bearer ${token}` }, body });
  };
  const ask: Deciders['ask'] = (as, kind, body = {}) =>
    call(as, `/decisions/${kind}`, { reason: 'ticket 4711', ...body });
  const decide: Deciders['decide'] = (as, verb, decision, body = {}) =>
    call(as, `/decisions/${textIn(decision, 'kind')}/${textIn(decision, 'id')}/${verb}`, body);
  return {
    api,
    now,
    wait: (ms) => {
      ahead += ms;
    },
    ask,
    decide,
    async agree(kind, body) {
      const asker = kind === 'change-policy' || kind === 'move-policy' ? 'admin' : 'approver';
      const made = await decide('second', 'approve', await ask(asker, kind, body));
      if (made.status !== 200) throw new Error(made.text);
      return made;
    },
  };
}
