/**
 * Makes workflows be as the rows say, in case a start or a timer was lost: whatever is open has a workflow, and whatever is
 * overdue for a look gets one. A workflow that runs and is not overdue hears nothing of it.
 */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import { OUTBOX_CHANNEL } from '../store/outbox.ts';
import { waiversRunOut } from '../store/post-closure.ts';
import type { EngineContext } from './context.ts';
import { raiseContradictions } from './late-reports.ts';
import { raiseOverdueCounts } from './overdue-counts.ts';
import { reopenFor } from './reopening.ts';
import { inTransaction } from '../store/transactions.ts';

/** A workflow whose own timer runs looks by itself: it is not woken for what came up just now, milliseconds. */
const GRACE_MS = 30_000;

/**
 * Queues a start for every open case, custody and pickup, and for every inbox that holds something new, which takes effect only where none runs; and a wake for those whose
 * next escalation has passed, since a workflow that waits for a vendor's answer has no timer of its own.
 *
 * @returns How many starts and wakes were queued.
 */
export async function reconcileWorkflows(context: EngineContext): Promise<{ readonly subjects: number }> {
  await reopenFor(context, await waiversRunOut(context.db, context.clock()));
  await raiseOverdueCounts(context);
  const overdue = new Date(context.clock().getTime() - GRACE_MS);
  const queued = await inTransaction(context.db, async (tx) => {
    const subjects =
      (await queueStarts(tx)) +
      (await queueOverdue(tx, overdue)) +
      (await queueNotices(tx, context)) +
      (await queueAskings(tx, context));
    if (subjects > 0) await sql`select pg_notify(${OUTBOX_CHANNEL}, '')`.execute(tx);
    return { subjects };
  });
  await raiseContradictions(context);
  return queued;
}

/** What waits in the outbox already is not queued again: while Temporal is away, nothing piles up. */
async function queueStarts(tx: Tx): Promise<number> {
  const { rows } = await sql<{ queued: number }>`
    with subjects (workflow_id, workflow_type) as (
      select 'case:' || id || ':' || generation, 'offboardingCase' from cases where state in ('scheduled', 'open')
      union all
      select 'custody:' || device_id || ':' || epoch, 'deviceCustody' from custodies where state = 'open'
      union all
      select 'pickup:' || id, 'itadPickup' from pickups
        where state = 'draft' or (manifest_sent_revision > 0 and manifest_sent_revision < manifest_revision)
      union all
      select 'backfill:' || backfill_id || ':' || connector, 'backfillLeavers' from backfill_parts where finished_at is null
      union all
      select 'assets:' || id, 'reconcileAssets' from asset_reconciliations where finished_at is null
      union all
      select 'period:' || period_id || ':' || connector, 'listLeavers' from audit_period_parts where finished_at is null
      union all
      select distinct 'intake:' || connector, 'connectorIntake' from inbox where state = 'new'
    ), queued as (
      insert into outbox (workflow_id, workflow_type, only_start)
      select workflow_id, workflow_type, true from subjects
      where not exists (select from outbox where outbox.workflow_id = subjects.workflow_id)
      returning 1
    ) select count(*) as queued from queued`.execute(tx);
  return rows[0]?.queued ?? 0;
}

/** Whoever waits to be told, where the wake for it was lost; a wake for a later moment may wait beside it. */
async function queueNotices(tx: Tx, { clock, connectors }: EngineContext): Promise<number> {
  const { rows } = await sql<{ queued: number }>`
    with subjects (workflow_id) as (
      select distinct 'notices:' || connector from notifications
      where connector = any(${[...connectors.notify.keys()]}::text[])
        and (state = 'sending' or (state = 'queued' and next_try_at <= ${clock()}))
    ), queued as (
      insert into outbox (workflow_id, workflow_type, only_start)
      select workflow_id, 'connectorNotices', true from subjects
      where not exists (
        select from outbox
        where outbox.workflow_id = subjects.workflow_id and next_attempt_at < now() + interval '1 minute'
      )
      returning 1
    ) select count(*) as queued from queued`.execute(tx);
  return rows[0]?.queued ?? 0;
}

/** What was scanned and an inventory has not been asked about, where the wake for it was lost. */
async function queueAskings(tx: Tx, { connectors }: EngineContext): Promise<number> {
  const { rows } = await sql<{ queued: number }>`
    with subjects (workflow_id) as (
      select distinct 'asking:' || connector from inventory_asks
      where waiting and connector = any(${[...connectors.inventory.keys()]}::text[])
    ), queued as (
      insert into outbox (workflow_id, workflow_type, only_start)
      select workflow_id, 'inventoryAsking', true from subjects
      where not exists (select from outbox where outbox.workflow_id = subjects.workflow_id)
      returning 1
    ) select count(*) as queued from queued`.execute(tx);
  return rows[0]?.queued ?? 0;
}

async function queueOverdue(tx: Tx, overdue: Date): Promise<number> {
  const { rows } = await sql<{ queued: number }>`
    with subjects (workflow_id, workflow_type) as (
      select 'case:' || id || ':' || generation, 'offboardingCase' from cases where state = 'open' and next_at < ${overdue}
      union all
      select 'custody:' || device_id || ':' || epoch, 'deviceCustody' from custodies where state = 'open' and next_at < ${overdue}
    ), queued as (
      insert into outbox (workflow_id, workflow_type)
      select workflow_id, workflow_type from subjects
      where not exists (select from outbox where outbox.workflow_id = subjects.workflow_id and not only_start)
      returning 1
    ) select count(*) as queued from queued`.execute(tx);
  return rows[0]?.queued ?? 0;
}
