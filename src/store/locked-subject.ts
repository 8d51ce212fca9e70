/** What the database says of a custody at the moment of a claim, held so that it stays so until the claim has committed. */
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { lockStream } from './held-streams.ts';

export interface LockedSubject {
  readonly killSwitch: boolean;
  readonly limitTripped: boolean;
  readonly caseOpen: boolean;
  readonly custodyOpen: boolean;
  readonly holds: 'none' | 'held';
}

/** In the order in which everybody locks: limit, switch, case, device stream, custody. */
export async function lockSubject(tx: Tx, { deviceId, epoch, opened }: CustodyState): Promise<LockedSubject> {
  const { caseId, personId } = opened.data;
  const limit = await tx
    .selectFrom('wipe_limits')
    .select(['tripped_at', 'released_at'])
    .where('scope', '=', 'all')
    .forShare()
    .executeTakeFirstOrThrow();
  const { is_on: killSwitch } = await tx
    .selectFrom('switches')
    .select('is_on')
    .where('name', '=', 'kill')
    .forShare()
    .executeTakeFirstOrThrow();
  const theCase = await tx
    .selectFrom('cases')
    .select('state')
    .where('id', '=', caseId)
    .forShare()
    .executeTakeFirst();
  await lockStream(tx, deviceStream(deviceId));
  const custody = await tx
    .selectFrom('custodies')
    .select('state')
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .forShare()
    .executeTakeFirst();
  const hold = await tx
    .selectFrom('holds')
    .select('id')
    .where('lifted_at', 'is', null)
    .where((on) => on.or([on('person_id', '=', personId), on('device_id', '=', deviceId)]))
    .limit(1)
    .executeTakeFirst();
  const { tripped_at: trippedAt, released_at: releasedAt } = limit;
  return {
    killSwitch,
    limitTripped: trippedAt !== null && (releasedAt === null || releasedAt < trippedAt),
    caseOpen: theCase?.state === 'open',
    custodyOpen: custody?.state === 'open',
    holds: hold === undefined ? 'none' : 'held',
  };
}
