/** What a vendor says of a device whose custody is closed: a fact of its stream, and a row of what follows from it. */
import { sql } from 'kysely';
import { foldCustody } from '../domain/custody-state.ts';
import { contradictsEnd, endOf } from '../domain/disposal-end.ts';
import type { AnyFact, NewFact } from '../domain/fact.ts';
import type { DisposedUnit } from '../domain/vendor-lines.ts';
import type { Reader, Tx } from './database.ts';
import { reportedLateFact } from './handoff-facts.ts';
import type { Handed } from './handoff-facts.ts';

/** One report, on its way into the store. */
export interface LateReport {
  readonly fact: NewFact;
  readonly of: Handed;
  readonly contradicts: boolean;
  /** The inventory to enter it in; `null`: there is nothing to enter, or nowhere, or somebody decides first. */
  readonly enteredIn: string | null;
}

/**
 * @param facts The device's whole stream, which the caller holds.
 * @returns `null` where the custody is not closed, or the vendor had said this before it was.
 */
export function lateReportOf(of: Handed, unit: DisposedUnit, facts: readonly AnyFact[]): LateReport | null {
  const { epoch } = of;
  const custody = foldCustody(facts, epoch);
  if (custody === null || custody.closed === null) return null;
  if (facts.some((fact) => saysTheSame(fact, epoch, unit))) return null;
  const contradicts = contradictsEnd(custody.closed.data.disposition, unit);
  const readBack = custody.closureReadBack?.data;
  const isEntered =
    !contradicts && custody.route === 'dispose' && readBack?.matches === true && endOf(unit) !== null;
  return {
    fact: reportedLateFact(of, unit),
    of,
    contradicts,
    enteredIn: isEntered ? readBack.connector : null,
  };
}

function saysTheSame(fact: AnyFact, epoch: number, unit: DisposedUnit): boolean {
  return (
    (fact.type === 'handoff.disposed' || fact.type === 'disposition.reported-late') &&
    fact.data.epoch === epoch &&
    fact.data.outcome === unit.outcome &&
    fact.data.downstream === unit.downstream &&
    fact.data.processedAt === unit.processedAt
  );
}

/** To be called once their facts are appended. The same again changes nothing. */
export async function keepLateReports(tx: Tx, reports: readonly LateReport[]): Promise<void> {
  if (reports.length === 0) return;
  const rows = reports.map(({ fact, of: { deviceId, epoch, pickupId }, contradicts, enteredIn }) => ({
    fact_key: fact.key,
    device_id: deviceId,
    epoch,
    pickup_id: pickupId,
    contradicts,
    entered_in: enteredIn,
  }));
  await sql`
    insert into late_reports (fact_key, device_id, epoch, pickup_id, contradicts, entered_in)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row
      (fact_key text, device_id text, epoch integer, pickup_id text, contradicts boolean, entered_in text)
    on conflict (fact_key) do nothing`.execute(tx);
}

/** Closed in that inventory, and a late report is not entered there. */
export async function lateToEnter(
  db: Reader,
  connector: string,
): Promise<readonly { readonly deviceId: string; readonly epoch: number }[]> {
  return db
    .selectFrom('late_reports')
    .select(['device_id as deviceId', 'epoch'])
    .distinct()
    .where('entered_in', '=', connector)
    .where('entered_at', 'is', null)
    .orderBy('device_id')
    .execute();
}

/** Ends it for every report up to that one: the last word is what counts. The caller holds the stream. */
export async function markEntered(
  tx: Tx,
  { deviceId, epoch }: { readonly deviceId: string; readonly epoch: number },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('late_reports')
    .set({ entered_at: now })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('entered_in', 'is not', null)
    .where('entered_at', 'is', null)
    .execute();
}
