/** What became of a wipe that was sent: the vendor's answer, what was read back, what its manager observed. Each once. */
import { deviceStream } from '../domain/fact.ts';
import type { RedactedAnswer } from '../domain/redacted-answer.ts';
import type { WipeObservation } from '../domain/wipe.ts';
import { canonicalDigest } from '../ledger/canonical.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { readStream } from './streams.ts';
import { keepAnswer } from './vendor-answers.ts';

export interface WipeAnswer {
  readonly deviceId: string;
  readonly epoch: number;
  readonly intentId: string;
  readonly sendStartedAt: string;
  readonly answer: 'accepted' | 'not-accepted' | 'unknown';
  readonly code: string | null;
  readonly settlesAt: string | null;
}

/** Records the vendor's answer, once. */
export async function recordWipeAnswer(tx: Tx, answer: WipeAnswer, now: Date): Promise<void> {
  const { deviceId, epoch, intentId, sendStartedAt, code, settlesAt } = answer;
  // Before the intent's row, as whoever records an observation does.
  await lockStream(tx, deviceStream(deviceId));
  const updated = await tx
    .updateTable('intents')
    .set({
      answer: answer.answer,
      answered_at: now,
      settled_at: answer.answer === 'not-accepted' ? now : null,
    })
    .where('id', '=', intentId)
    .where('answer', 'is', null)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return;
  const data = { epoch, intentId, answer: answer.answer, code, sendStartedAt, settlesAt };
  await appendFacts(
    tx,
    [
      {
        stream: deviceStream(deviceId),
        key: `wipe.answered:${intentId}`,
        type: 'wipe.answered',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
}

/** Records what the read-back after the settling time showed. A wipe that is not there was not accepted. */
export async function recordWipeResolution(
  tx: Tx,
  deviceId: string,
  epoch: number,
  intentId: string,
  found: boolean,
  now: Date,
): Promise<void> {
  const stream = deviceStream(deviceId);
  await appendFacts(
    tx,
    [
      {
        stream,
        key: `wipe.resolved:${intentId}`,
        type: 'wipe.resolved',
        actor: 'handback',
        data: { epoch, intentId, found },
      },
    ],
    now,
  );
  if (!found)
    await tx
      .updateTable('intents')
      .set({ settled_at: now, answer: 'not-accepted' })
      .where('id', '=', intentId)
      .execute();
}

/** Records an MDM's observation of our command; the same one again changes nothing. @returns Whether it was new. */
export async function recordObservation(
  tx: Tx,
  subject: {
    readonly deviceId: string;
    readonly epoch: number;
    readonly intentId: string;
    readonly connector: string;
  },
  observation: WipeObservation & { readonly answer?: RedactedAnswer },
  now: Date,
): Promise<boolean> {
  const { deviceId, epoch, intentId, connector } = subject;
  const seen = meaningful(observation);
  const key = `wipe.observed:${intentId}:${seen.state}:${seen.startedAt}:${seen.updatedAt}:${seen.lastSeenAt ?? ''}`;
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const known = (await readStream(tx, stream)).find((fact) => fact.key === key);
  // The first answer stands: read again, the same observation may stand among other words.
  const answerDigest = known?.type === 'wipe.observed' ? known.data.answerDigest : undefined;
  const kept =
    known === undefined
      ? await keepAnswer(tx, observation.answer)
      : { ...(answerDigest !== undefined && { answerDigest }) };
  const data = { epoch, intentId, connector, observation: seen, ...kept };
  const added = await appendFacts(
    tx,
    [{ stream, key, type: 'wipe.observed', actor: `connector:${connector}`, data }],
    now,
  );
  await tx
    .updateTable('intents')
    .set({ observed_digest: observationDigest(observation) })
    .where('id', '=', intentId)
    .execute();
  return added.length > 0;
}

/** Two observations with one digest tell the same: the second need not be recorded. */
export function observationDigest(observation: WipeObservation): string {
  return canonicalDigest(meaningful(observation));
}

/** Life of the device only matters after a terminal success: before it, each check-in would be a fact of its own. */
function meaningful(observation: WipeObservation): WipeObservation {
  const { state, startedAt, updatedAt, lastSeenAt } = observation;
  const matters = state === 'done' && lastSeenAt !== null && Date.parse(lastSeenAt) > Date.parse(updatedAt);
  return { state, startedAt, updatedAt, lastSeenAt: matters ? lastSeenAt : null };
}

/** No more is expected of these commands: the sweep passes them over. */
export async function settleWipes(tx: Tx, intentIds: readonly string[], now: Date): Promise<void> {
  if (intentIds.length === 0) return;
  await tx
    .updateTable('intents')
    .set({ settled_at: now })
    .where('id', 'in', [...intentIds])
    .execute();
}
