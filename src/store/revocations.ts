/** Whose access is revoked: from the commit on they are refused everything, and what they approved counts no more. */
import { ACCESS_STREAM } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { newId } from './ids.ts';

/** Whether the actor's access is revoked, as the given connection or transaction sees it. */
export async function isRevoked(db: Reader, actor: string): Promise<boolean> {
  const row = await db
    .selectFrom('actor_revocations')
    .select('id')
    .where('actor', '=', actor)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Everybody whose access is revoked, by actor id. */
export async function revokedActors(db: Reader): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('actor_revocations')
    .select('actor')
    .where('lifted_at', 'is', null)
    .execute();
  return new Set(rows.map(({ actor }) => actor));
}

/** A change of somebody's access: never one's own. */
export interface AccessChange {
  /** Must be known (see `actors.ts`). */
  readonly actor: string;
  readonly by: string;
  /** Kept beside the ledger. */
  readonly reason: string;
}

/** `unchanged`: it was so already. `own`: nobody changes their own access; the database refuses it too. */
export type AccessOutcome = 'done' | 'unchanged' | 'own';

/** Revokes the actor's access, with its fact. */
export async function revokeAccess(
  tx: Tx,
  { actor, by, reason }: AccessChange,
  now: Date,
): Promise<AccessOutcome> {
  if (actor === by) return 'own';
  // One at a time: two who revoke the same actor make one revocation.
  await lockStream(tx, ACCESS_STREAM);
  if (await isRevoked(tx, actor)) return 'unchanged';
  const id = newId('revocation');
  await tx
    .insertInto('actor_revocations')
    .values({ id, actor, reason, revoked_at: now, revoked_by: by })
    .execute();
  await record(tx, 'access.revoked', id, actor, by, now);
  return 'done';
}

/** Gives the access back, with its fact. */
export async function restoreAccess(
  tx: Tx,
  { actor, by, reason }: AccessChange,
  now: Date,
): Promise<AccessOutcome> {
  if (actor === by) return 'own';
  await lockStream(tx, ACCESS_STREAM);
  const lifted = await tx
    .updateTable('actor_revocations')
    .set({ lifted_at: now, lifted_by: by, lift_reason: reason })
    .where('actor', '=', actor)
    .where('lifted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (lifted === undefined) return 'unchanged';
  await record(tx, 'access.restored', lifted.id, actor, by, now);
  return 'done';
}

async function record(
  tx: Tx,
  type: 'access.revoked' | 'access.restored',
  revocationId: string,
  subject: string,
  actor: string,
  now: Date,
): Promise<void> {
  const data = { revocationId, subject };
  await appendFacts(tx, [{ stream: ACCESS_STREAM, key: `${type}:${revocationId}`, type, actor, data }], now);
}
