/**
 * What a vendor said of a closed device and what its closure says cannot both be true: somebody is to find out, with their own
 * deadline. Their case waits for it, open or opened again; where no case can, it is a matter of the pickup.
 */
import { sql } from 'kysely';
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { AnyFact, Fact } from '../domain/fact.ts';
import { wakeCase } from './cases.ts';
import type { CaseTerms } from './cases.ts';
import type { Reader, Tx } from './database.ts';
import { describeException, lockPickup, openPickupException } from './pickups.ts';
import { openException } from './exceptions.ts';
import { lockStream } from './held-streams.ts';
import { policyInForce } from './policy-in-force.ts';
import { reopenCase } from './reopen.ts';
import { readStream } from './streams.ts';

const CODE = 'disposition-contradicts';
const OWNER = 'asset-manager';

/** Reports that contradict a closure and that nobody was asked about yet, by their facts' keys. */
export async function contradictionsToRaise(db: Reader, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('late_reports')
    .select('fact_key')
    .where('contradicts', '=', true)
    .where('exception_id', 'is', null)
    .orderBy('fact_key')
    .limit(limit)
    .execute();
  return rows.map((row) => row.fact_key);
}

/** Where the exception was put. */
export type RaisedOn = 'case' | 'reopened-case' | 'pickup';

/** @returns `null` when another was faster. */
export async function raiseContradiction(
  tx: Tx,
  factKey: string,
  terms: CaseTerms,
  now: Date,
): Promise<RaisedOn | null> {
  const row = await tx
    .selectFrom('late_reports')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'late_reports.device_id')
        .onRef('custodies.epoch', '=', 'late_reports.epoch'),
    )
    .select([
      'late_reports.device_id as deviceId',
      'late_reports.pickup_id as pickupId',
      'custodies.case_id as caseId',
    ])
    .where('fact_key', '=', factKey)
    .where('exception_id', 'is', null)
    .forUpdate('late_reports')
    .executeTakeFirst();
  if (row === undefined) return null;
  const { deviceId, pickupId, caseId } = row;
  // A pickup's row comes before any stream.
  await lockPickup(tx, pickupId);
  const facts = await readStream(tx, deviceStream(deviceId));
  const about = wordsOf(facts, factKey);
  const { policy } = await policyInForce(tx);
  const dueAt = new Date(now.getTime() + policy.exceptions.dueMs);
  const raised = { deviceId, caseId, factKey, dueAt };
  const onCase = (await onOpenCase(tx, raised, now)) ?? (await onReopened(tx, raised, terms, now));
  const [exceptionId, where] = onCase ?? [
    await openPickupException(
      tx,
      pickupId,
      { code: CODE, occurrence: factKey, about, deviceId, owner: OWNER, blocking: false },
      dueAt,
      now,
    ),
    'pickup' as const,
  ];
  await describeException(tx, exceptionId, about);
  await tx
    .updateTable('late_reports')
    .set({ exception_id: exceptionId })
    .where('fact_key', '=', factKey)
    .execute();
  return where;
}

interface Raised {
  readonly deviceId: string;
  readonly caseId: string;
  readonly factKey: string;
  readonly dueAt: Date;
}

type Placed = readonly [exceptionId: string, where: RaisedOn];

/** The case still goes on for other devices, or was opened again already: it is not complete before this is decided. */
async function onOpenCase(
  tx: Tx,
  { deviceId, caseId, factKey, dueAt }: Raised,
  now: Date,
): Promise<Placed | null> {
  const stream = caseStream(caseId);
  // Held: a case that is being completed has been by then, or is not before.
  await lockStream(tx, stream);
  const row = await tx
    .selectFrom('cases')
    .select(['state', 'generation'])
    .where('id', '=', caseId)
    .executeTakeFirst();
  if (row === undefined || (row.state !== 'open' && row.state !== 'scheduled')) return null;
  const { generation } = row;
  const exceptionId = await openException(
    tx,
    {
      stream,
      code: CODE,
      gate: null,
      round: generation,
      owner: OWNER,
      blocking: true,
      dueAt,
      caseId,
      deviceId,
      occurrence: factKey,
    },
    now,
  );
  await wakeCase(tx, caseId, generation);
  return [exceptionId, 'case'];
}

/** `null` for a case that cannot be: of hardware without a person, or while another case of the person is open. */
async function onReopened(
  tx: Tx,
  { deviceId, caseId, factKey }: Raised,
  terms: CaseTerms,
  now: Date,
): Promise<Placed | null> {
  const reopening = { caseId, reason: CODE, seen: factKey, owner: OWNER, deviceId } as const;
  if (!(await reopenCase(tx, reopening, terms, now))) return null;
  const { rows } = await sql<{ id: string }>`
    select id from exceptions where stream = ${caseStream(caseId)} and code = ${CODE}
    order by round desc limit 1`.execute(tx);
  const [opened] = rows;
  if (opened === undefined) throw new Error(`no exception of the reopened ${caseId}`);
  return [opened.id, 'reopened-case'];
}

/** What its owner needs to know. */
function wordsOf(facts: readonly AnyFact[], factKey: string): string {
  const isIt = (fact: AnyFact): fact is Fact<'disposition.reported-late'> & AnyFact =>
    fact.type === 'disposition.reported-late' && fact.key === factKey;
  const report = facts.find(isIt);
  if (report === undefined) throw new Error(`no fact ${factKey}`);
  const { epoch, outcome, downstream, pickupId } = report.data;
  const opened = facts.find((fact) => fact.type === 'custody.opened' && fact.data.epoch === epoch);
  const closed = facts.find((fact) => fact.type === 'custody.closed' && fact.data.epoch === epoch);
  const serial = opened?.type === 'custody.opened' ? opened.data.serial : '';
  const ended = closed?.type === 'custody.closed' ? closed.data.disposition : '';
  return `serial ${serial}; closed as ${ended}; reported ${outcome}, ${downstream}; ${pickupId}`;
}
