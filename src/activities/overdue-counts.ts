/** Pickups that nobody has counted in time: an exception of whoever the policy names, and a missed deadline. */
import { sql } from 'kysely';
import { ownerOf } from '../domain/deadlines.ts';
import { pickupStream } from '../domain/fact.ts';
import { countDueAt, recordBreach } from '../store/deadline-breaches.ts';
import { latestCount } from '../store/pickup-count.ts';
import { lockPickup, openPickupException } from '../store/pickups.ts';
import { policyInForce } from '../store/policy-in-force.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

/** Once per pickup, however often it is asked. */
export async function raiseOverdueCounts({ db, clock }: EngineContext): Promise<void> {
  const { policy } = await policyInForce(db);
  const { countDueMs } = policy.handoff;
  if (countDueMs === undefined) return;
  const now = clock();
  const before = new Date(now.getTime() - countDueMs);
  const { rows: late } = await sql<{ id: string }>`
    select id from pickups where state in ('draft', 'booked') and created_at < ${before}
      and not exists (select from pickup_counts where pickup_counts.pickup_id = pickups.id)
      and not exists (
        select from deadline_breaches where stream = 'pickup:' || pickups.id and trigger = 'counted'
      )`.execute(db);
  for (const { id: pickupId } of late)
    await inTransaction(db, async (tx) => {
      const pickup = await lockPickup(tx, pickupId);
      if (pickup === null || (await latestCount(tx, pickupId)) !== null) return;
      const dueAt = countDueAt(pickup.created_at, policy);
      if (dueAt === null) return;
      const owner = ownerOf('counted', policy);
      const startedAt = pickup.created_at;
      const deadline = { trigger: 'counted', owner, startedAt, dueAt } as const;
      await recordBreach(tx, pickupStream(pickupId), 0, deadline, now);
      const raised = {
        code: 'count-overdue',
        occurrence: dueAt,
        about: `due ${dueAt}`,
        deviceId: null,
        blocking: false,
        owner,
      };
      await openPickupException(tx, pickupId, raised, new Date(dueAt), now);
    });
}
