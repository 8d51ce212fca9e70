/** What a run came to: findings with their exceptions, batch by batch, and the figures at its end. */
import { sql } from 'kysely';
import { RECONCILIATION_STREAM } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import type { AssetFinding } from '../domain/reconciliation.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import { findingKey, healAbandoned, holdFindings } from './asset-exceptions.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { dropRecords } from './reconciliations.ts';
import type { RunUnderWay } from './reconciliations.ts';
import type { FindingCounts } from './schema-reconciliation.ts';

/** Keeps the findings of the serials up to `judgedTo`, with the exception of each. */
export async function keepFindings(
  tx: Tx,
  run: RunUnderWay,
  findings: readonly AssetFinding[],
  judgedTo: string,
  policy: Policy,
  now: Date,
): Promise<void> {
  const ids = await holdFindings(tx, run, findings, policy, now);
  if (findings.length > 0)
    await tx
      .insertInto('asset_findings')
      .values(
        findings.map((finding) => ({
          reconciliation_id: run.id,
          kind: finding.kind,
          reason: finding.reason,
          serial: finding.serial,
          connector: finding.record?.connector ?? '',
          external_id: finding.record?.externalId ?? '',
          label: finding.record?.label ?? null,
          device_id: finding.deviceId,
          epoch: finding.epoch,
          since: finding.since === null ? null : new Date(finding.since),
          exception_id: ids.get(findingKey(finding)) ?? null,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  await tx
    .updateTable('asset_reconciliations')
    .set({ judged_to: judgedTo })
    .where('id', '=', run.id)
    .execute();
}

interface Figures {
  readonly assets: number;
  readonly without_serial: number;
  readonly agreeing: number;
  readonly opened: number;
  readonly healed: number;
  readonly counts: Partial<FindingCounts> | null;
}

/** Counts, records and ends the run. What it has read is dropped. */
export async function finishReconciliation(tx: Tx, run: RunUnderWay, now: Date): Promise<void> {
  const { rows } = await sql<Figures>`
    select
      (select count(*) from asset_records where reconciliation_id = ${run.id}) as assets,
      (select count(*) from asset_records where reconciliation_id = ${run.id} and serial = '') as without_serial,
      (select count(*) from asset_records as record where reconciliation_id = ${run.id} and serial <> '' and not exists (
        select from asset_findings as found where found.reconciliation_id = ${run.id} and found.serial = record.serial
      )) as agreeing,
      (select count(*) from asset_exceptions where opened_in = ${run.id}) as opened,
      (select count(*) from asset_exceptions where ended_in = ${run.id} and ending = 'healed') as healed,
      (select jsonb_object_agg(kind, n) from (
        select kind, count(distinct serial) as n from asset_findings where reconciliation_id = ${run.id} group by kind
      ) as counted) as counts`.execute(tx);
  const [figures] = rows;
  if (figures === undefined) throw new Error('no row of figures');
  const { assets, without_serial: withoutSerial, agreeing, opened, healed } = figures;
  const counts = allKinds(figures.counts ?? {});
  const ended = await tx
    .updateTable('asset_reconciliations')
    .set({
      finished_at: now,
      outcome: 'judged',
      assets_read: assets,
      without_serial: withoutSerial,
      agreeing,
      opened,
      healed,
      counts: JSON.stringify(counts),
    })
    .where('id', '=', run.id)
    .where('finished_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (ended === undefined) return;
  const data = {
    reconciliationId: run.id,
    assets,
    agreeing,
    withoutSerial,
    counts,
    opened,
    healed,
    rulesVersion: RULES_VERSION,
    policyDigest: run.policy_digest,
  };
  const key = `reconciliation.finished:${run.id}`;
  await appendFacts(
    tx,
    [
      {
        stream: RECONCILIATION_STREAM,
        key,
        type: 'reconciliation.finished',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
  await healAbandoned(tx, run, now);
  await dropRecords(tx, run.id);
}

/** Kinds that were not found are 0, and said so. */
export function allKinds(counts: Partial<FindingCounts>): FindingCounts {
  return {
    ghost: 0,
    unrecorded: 0,
    overdue: 0,
    'still-licensed': 0,
    'still-depreciating': 0,
    unproven: 0,
    ...counts,
  };
}
