/** Two people have a person erased: decided here, done by whoever comes first (`personal/erase.ts`). */
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { personStream } from '../../domain/fact.ts';
import type { Tx } from '../database.ts';
import { erasureObstacle } from '../personal/obstacles.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';

export async function bindErasure(tx: Tx, personId: string, now: Date): Promise<Bound> {
  const obstacle = await erasureObstacle(tx, personId, now);
  if (obstacle !== null) throw new NotToDecide(obstacle.why, obstacle.until);
  const underWay = await tx
    .selectFrom('person_erasures')
    .select('decision_id')
    .where('person_id', '=', personId)
    .where('state', '=', 'approved')
    .executeTakeFirst();
  if (underWay !== undefined) throw new NotToDecide('person-erased');
  const subject = { kind: 'erase-person', personId } as const;
  return { subject, stream: personStream(personId), round: 0, caseId: null, deviceId: null };
}

export async function approveErasure(
  tx: Tx,
  row: DecisionRow,
  { personId }: SubjectOf<'erase-person'>,
  by: string,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('person_erasures')
    .values({ decision_id: row.id, person_id: personId, approved_by: by, approved_at: now })
    .execute();
}
