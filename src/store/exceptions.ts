/** Exceptions: opened with a fact and a row, decided with a fact and a row. */
import type { NewFact } from '../domain/fact.ts';
import type { Gate } from '../domain/gates.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { derivedId } from './ids.ts';

export interface NewException {
  /** The stream whose facts do not add up. */
  readonly stream: string;
  readonly code: string;
  readonly gate: Gate | null;
  /** Custody epoch, case generation, or for a connector's stream the number of the delivery in the inbox. */
  readonly round: number;
  readonly owner: string;
  readonly blocking: boolean;
  readonly dueAt: Date;
  readonly caseId: string | null;
  readonly deviceId: string | null;
  readonly pickupId?: string | null;
  /** Tells apart exceptions of one code in one round; a number that counts them, or what they are about. */
  readonly occurrence: string;
}

/** Opens an exception once: the same one again changes nothing. Returns its id. */
export async function openException(tx: Tx, exception: NewException, now: Date): Promise<string> {
  const { stream, code, gate, round, owner, blocking } = exception;
  const id = idOf(exception);
  const known = await tx.selectFrom('exceptions').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined) return id;
  const dueAt = exception.dueAt.toISOString();
  const fact: NewFact = {
    stream,
    key: `exception.opened:${id}`,
    type: 'exception.opened',
    actor: 'handback',
    data: { exceptionId: id, code, gate, round, owner, dueAt, blocking },
  };
  await appendFacts(tx, [fact], now);
  await tx
    .insertInto('exceptions')
    .values({
      id,
      stream,
      code,
      gate,
      round,
      owner,
      blocking,
      case_id: exception.caseId,
      device_id: exception.deviceId,
      pickup_id: exception.pickupId ?? null,
      due_at: dueAt,
      opened_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return id;
}

/** Opens it also when the same one was decided before: one of them at a time. Returns its id. */
export async function openExceptionAgain(tx: Tx, exception: NewException, now: Date): Promise<string> {
  for (let time = 1; ; time += 1) {
    const occurrence = time === 1 ? exception.occurrence : `${exception.occurrence}#${time}`;
    const id = idOf({ ...exception, occurrence });
    const known = await tx
      .selectFrom('exceptions')
      .select('resolved_at')
      .where('id', '=', id)
      .executeTakeFirst();
    if (known === undefined) return openException(tx, { ...exception, occurrence }, now);
    if (known.resolved_at === null) return id;
  }
}

function idOf({ stream, round, code, occurrence }: NewException): string {
  return derivedId('exception', `${stream}:${round}:${code}:${occurrence}`);
}

export interface ExceptionResolution {
  readonly exceptionId: string;
  /** A short token such as `retry` or `recorded`; what is written in words goes to `reason`. */
  readonly outcome: string;
  /** May name people: kept beside the ledger, never in a fact. */
  readonly reason: string;
  readonly by: string;
}

/** What a resolved exception belonged to, so that the right workflow is woken. */
export interface ResolvedException {
  readonly stream: string;
  readonly round: number;
}

/** Decides an open exception. @returns `null` when there is no such open one. */
export async function resolveException(
  tx: Tx,
  resolution: ExceptionResolution,
  now: Date,
): Promise<ResolvedException | null> {
  const row = await tx
    .selectFrom('exceptions')
    .select(['stream', 'round'])
    .where('id', '=', resolution.exceptionId)
    .where('resolved_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return null;
  const { exceptionId, outcome, by } = resolution;
  const key = `exception.resolved:${exceptionId}`;
  await appendFacts(
    tx,
    [{ stream: row.stream, key, type: 'exception.resolved', actor: by, data: { exceptionId, outcome, by } }],
    now,
  );
  await tx
    .updateTable('exceptions')
    .set({ resolved_at: now, resolved_by: by, outcome, reason: resolution.reason })
    .where('id', '=', exceptionId)
    .execute();
  return row;
}
