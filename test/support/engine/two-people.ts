/** Decisions of two people, by the same store functions that the API calls. */
import { decide, requestDecision } from '../../../src/store/decisions/decisions.ts';
import type { DecisionRequest } from '../../../src/store/decisions/kinds.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import { eventually } from './eventually.ts';
import type { Engine } from './start-engine.ts';

/** One asks, another approves; as soon as there is something of the kind to decide. @returns The decision's id. */
export async function twoDecide({ db }: Engine, request: DecisionRequest): Promise<string> {
  const { id } = await eventually(`${request.kind} to be possible`, () =>
    inTransaction(db, (tx) =>
      requestDecision(tx, { request, reason: 'asked by a test', by: 'token:first' }, new Date()),
    ).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotToDecide') return undefined;
      throw error;
    }),
  );
  const verdict = { decisionId: id, kind: request.kind, outcome: 'approved', by: 'token:second' } as const;
  const result = await inTransaction(db, (tx) => decide(tx, verdict, new Date()));
  if (result.kind !== 'decided') throw new Error(`${request.kind}: ${result.kind}`);
  return id;
}
