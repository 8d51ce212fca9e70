/** Facts of the installation: what its processes ran as, and when a part of it was silent. */
import { INSTALLATION_STREAM } from '../../domain/fact.ts';
import type { FactData } from '../../domain/fact-types.ts';
import type { WatchedPart } from '../../domain/installation-facts.ts';
import { canonicalDigest } from '../../ledger/canonical.ts';
import type { Database, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { lockStream } from '../held-streams.ts';
import { readStream } from '../streams.ts';
import { inTransaction } from '../transactions.ts';

/** Silence that is longer than this is recorded, milliseconds: in good days each part is heard of every half minute. */
export const SILENCE_MS = 300_000;
/** How often a part says that it is there, milliseconds. */
export const BEAT_EVERY_MS = 30_000;

/** Records what a process runs as, unless it ran as the same before. @returns Whether it was recorded. */
export async function describeProcess(
  db: Database,
  data: FactData['installation.described'],
  now: Date,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { seq } = await lockStream(tx, INSTALLATION_STREAM);
    const facts = await readStream(tx, INSTALLATION_STREAM);
    const last = facts.findLast(
      (fact) => fact.type === 'installation.described' && fact.data.process === data.process,
    );
    if (last !== undefined && canonicalDigest(last.data) === canonicalDigest(data)) return false;
    const key = `installation.described:${data.process}:${seq + 1}`;
    await appendFacts(
      tx,
      [{ stream: INSTALLATION_STREAM, key, type: 'installation.described', actor: 'handback', data }],
      now,
    );
    return true;
  });
}

/** Records that another policy is in force. */
export async function recordPolicyChange(
  tx: Tx,
  data: FactData['policy.changed'],
  by: string,
  now: Date,
): Promise<void> {
  const key = `policy.changed:${data.decisionId ?? data.to}`;
  await appendFacts(tx, [{ stream: INSTALLATION_STREAM, key, type: 'policy.changed', actor: by, data }], now);
}

/** Says that a part is there. What was silent for too long is recorded by whoever is heard of again first. */
export async function beat(db: Database, part: WatchedPart, now: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await tx
      .selectFrom('heartbeats')
      .select('beat_at')
      .where('part', '=', part)
      .forUpdate()
      .executeTakeFirst();
    if (row !== undefined && now.getTime() - Date.parse(row.beat_at) > SILENCE_MS)
      await recordSilence(tx, part, row.beat_at, null, now);
    await tx
      .insertInto('heartbeats')
      .values({ part, beat_at: now })
      .onConflict((conflict) =>
        conflict
          .column('part')
          .doUpdateSet({ beat_at: now })
          .where('heartbeats.beat_at', '<', now.toISOString()),
      )
      .execute();
  });
}

/** A connector answers again: when it was silent for too long, that is recorded. To be called before its row is updated. */
export async function noteRecovery(db: Database, connector: string, now: Date): Promise<void> {
  const known = await db
    .selectFrom('connector_state')
    .select(['last_ok_at', 'last_error_at', 'last_error_code'])
    .where('connector', '=', connector)
    .executeTakeFirst();
  const silentSince = known?.last_ok_at ?? null;
  const failedAt = known?.last_error_at ?? null;
  if (silentSince === null || failedAt === null || Date.parse(failedAt) <= Date.parse(silentSince)) return;
  if (now.getTime() - Date.parse(silentSince) <= SILENCE_MS) return;
  await inTransaction(db, (tx) =>
    recordSilence(tx, `connector:${connector}`, silentSince, known?.last_error_code ?? null, now),
  );
}

/** The first to say so stands: two who notice the same silence record it once. */
async function recordSilence(
  tx: Tx,
  part: WatchedPart,
  lastSeenAt: string,
  code: string | null,
  now: Date,
): Promise<void> {
  await lockStream(tx, INSTALLATION_STREAM);
  const key = `downtime.observed:${part}:${lastSeenAt}`;
  const known = await tx.selectFrom('facts').select('key').where('key', '=', key).executeTakeFirst();
  if (known !== undefined) return;
  const data = { part, lastSeenAt, seenAgainAt: now.toISOString(), code };
  await appendFacts(
    tx,
    [{ stream: INSTALLATION_STREAM, key, type: 'downtime.observed', actor: 'handback', data }],
    now,
  );
}
