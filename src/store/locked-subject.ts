/** What the database says of a custody at the moment of a claim, held so that it stays so until the claim has committed. */
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import { DEFAULT_ROUTE } from '../domain/routes.ts';
import type { Route } from '../domain/routes.ts';
import { isTripped } from '../domain/wipe-limit.ts';
import type { Tx } from './database.ts';
import { lockStream } from './held-streams.ts';

export interface Subject {
  readonly deviceId: string;
  readonly epoch: number;
  readonly caseId: string;
  /** `null`: hardware without a person. */
  readonly personId: string | null;
}

export interface HeldSubject {
  readonly killSwitch: boolean;
  readonly caseOpen: boolean;
  readonly custodyOpen: boolean;
  readonly route: Route;
  readonly holds: 'none' | 'held';
}

export interface LockedSubject extends HeldSubject {
  readonly limitTripped: boolean;
}

/** In the order in which everybody locks: limit, switch, case, device stream, custody. */
export async function lockSubject(tx: Tx, { deviceId, epoch, opened }: CustodyState): Promise<LockedSubject> {
  const { caseId, personId } = opened.data;
  const { tripped_at: trippedAt, released_at: releasedAt } = await tx
    .selectFrom('wipe_limits')
    .select(['tripped_at', 'released_at'])
    .where('scope', '=', 'all')
    .forShare()
    .executeTakeFirstOrThrow();
  const held = await holdSubject(tx, { deviceId, epoch, caseId, personId });
  return { ...held, limitTripped: isTripped({ trippedAt, releasedAt }) };
}

/** All but the limit, which the caller has locked before. */
export async function holdSubject(
  tx: Tx,
  { deviceId, epoch, caseId, personId }: Subject,
): Promise<HeldSubject> {
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
    .select(['state', 'route'])
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
  return {
    killSwitch,
    caseOpen: theCase?.state === 'open',
    custodyOpen: custody?.state === 'open',
    // One that is not there is not open either.
    route: custody?.route ?? DEFAULT_ROUTE,
    holds: hold === undefined ? 'none' : 'held',
  };
}
