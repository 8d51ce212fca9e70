/** Periods that were asked for, for an audit, and how far their sources are. */
import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { AUDITS_STREAM } from '../../domain/fact.ts';
import { periodWorkflowId } from '../../domain/ids.ts';
import { toIso } from '../../domain/time.ts';
import { dayBegins } from '../../domain/working-days.ts';
import type { Reader, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { newId } from '../ids.ts';
import { queueStarts } from '../outbox.ts';
import type { Schema } from '../schema.ts';

export interface PeriodRequest {
  /** Its id, when it is to have a certain one; `null`: a new one. */
  readonly id: string | null;
  /** Calendar dates, `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly until: string;
  readonly timeZone: string;
  /** `null`: one is drawn here. */
  readonly seed: string | null;
  readonly sample: number;
  readonly sources: readonly { readonly connector: string; readonly kind: 'hr' | 'identity' }[];
  readonly by: string;
}

export type PeriodRow = Readonly<Selectable<Schema['audit_periods']>>;
export type PeriodPartRow = Readonly<Selectable<Schema['audit_period_parts']>>;

/** Records what is asked for, seed and all, and has every source listed. @returns Its id. */
export async function requestPeriod(tx: Tx, request: PeriodRequest, now: Date): Promise<string> {
  const { from, until, timeZone, sample, by } = request;
  const sources = request.sources.toSorted(inOrder);
  const id = request.id ?? newId('period');
  const seed = request.seed ?? randomBytes(16).toString('hex');
  const seedBy = request.seed === null ? 'handback' : 'caller';
  const start = toIso(dayBegins(from, timeZone));
  const end = toIso(dayBegins(until, timeZone, 1));
  await tx
    .insertInto('audit_periods')
    .values({
      id,
      from_date: from,
      until_date: until,
      time_zone: timeZone,
      start_at: start,
      end_at: end,
      seed,
      seed_by: seedBy,
      sample,
      account_key: randomBytes(32),
      requested_by: by,
      requested_at: now,
    })
    .execute();
  const data = { periodId: id, from, until, timeZone, start, end, seed, seedBy, sample, sources } as const;
  await appendFacts(
    tx,
    [{ stream: AUDITS_STREAM, key: `period.requested:${id}`, type: 'period.requested', actor: by, data }],
    now,
  );
  if (sources.length === 0) return id;
  await tx
    .insertInto('audit_period_parts')
    .values(sources.map(({ connector, kind }) => ({ period_id: id, connector, kind, cursor: null })))
    .execute();
  await queueStarts(
    tx,
    sources.map(({ connector }) => ({
      workflowId: periodWorkflowId(id, connector),
      workflowType: 'listLeavers' as const,
    })),
  );
  return id;
}

/** The period with its parts; leavers are counted. `null` when there is none. */
export async function readPeriod(db: Reader, id: string) {
  const period = await db.selectFrom('audit_periods').selectAll().where('id', '=', id).executeTakeFirst();
  if (period === undefined) return null;
  const parts = await db
    .selectFrom('audit_period_parts as part')
    .selectAll()
    .select((on) =>
      on
        .selectFrom('audit_period_leavers as leaver')
        .whereRef('leaver.period_id', '=', 'part.period_id')
        .whereRef('leaver.connector', '=', 'part.connector')
        .select(({ fn }) => fn.countAll<number>().as('leavers'))
        .as('leavers'),
    )
    .where('period_id', '=', id)
    .execute();
  return { ...period, parts: parts.toSorted(inOrder) };
}

/** By code units, as everywhere: a database may sort by the rules of a language. */
function inOrder<T extends { readonly kind: string; readonly connector: string }>(a: T, b: T): number {
  const [one, other] = [a, b].map(({ kind, connector }) => `${kind} ${connector}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
}
