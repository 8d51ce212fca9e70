/** What a sweep over wipes cannot explain becomes somebody's to decide: once for each command. */
import { deviceStream } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import { wakeCustody } from '../store/cases.ts';
import type { Database } from '../store/database.ts';
import { openException } from '../store/exceptions.ts';
import type { PendingWipe } from '../store/pending-wipes.ts';
import type { EngineContext } from './context.ts';
import { inTransaction } from '../store/transactions.ts';

type SweepException = 'wipe-target-vanished' | 'wipe-state-unreadable';

/** Those of which this was not said yet, since their command was sent: a decision about it is not asked for again. */
export async function withoutException(
  db: Database,
  code: SweepException,
  wipes: Iterable<PendingWipe>,
): Promise<readonly PendingWipe[]> {
  const all = [...wipes];
  if (all.length === 0) return [];
  const rows = await db
    .selectFrom('exceptions')
    .select(['device_id', 'round', 'opened_at'])
    .where('code', '=', code)
    .execute();
  const said = Map.groupBy(rows, (row) => `${row.device_id}:${row.round}`);
  return all.filter(({ deviceId, epoch, sendStartedAt }) =>
    (said.get(`${deviceId}:${epoch}`) ?? []).every(
      ({ opened_at }) => Date.parse(opened_at) < Date.parse(sendStartedAt),
    ),
  );
}

/** Opens a blocking exception of the wipe and wakes the custody. */
export async function raiseOnWipe(
  { db, clock }: EngineContext,
  { deviceId, epoch, caseId, intentId }: PendingWipe,
  policy: Policy,
  { code, owner }: { readonly code: SweepException; readonly owner: 'approver' | 'operator' },
): Promise<void> {
  const now = clock();
  await inTransaction(db, async (tx) => {
    await openException(
      tx,
      {
        stream: deviceStream(deviceId),
        code,
        gate: 'wipe',
        round: epoch,
        owner,
        blocking: true,
        dueAt: new Date(now.getTime() + policy.exceptions.dueMs),
        caseId,
        deviceId,
        occurrence: intentId,
      },
      now,
    );
    await wakeCustody(tx, deviceId, epoch);
  });
}
