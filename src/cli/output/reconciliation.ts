/** The books held against our records, for people. */
import type { Finding, Reconciliation, ReconciliationRun } from '../client/reconciliation-shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain, table } from './table.ts';
import { localTime } from './time.ts';

const WORDS: Readonly<Record<string, string>> = {
  'custody-ended': 'its custody has ended',
  'vendor-says': 'a vendor has done away with it',
  'never-manifested': 'on no manifest',
  'not-in-books': 'in no books',
  'in-neither': 'on no manifest, in no books',
  'no-receipt': 'no receipt',
  'no-certificate': 'no certificate',
  'no-closure': 'certified, not closed',
  'ended-in-books': 'gone by the books',
  gone: 'gone by our records',
  'no-evidence': 'nothing proves it',
  'other-reference': 'names another document',
  'not-processed': 'the vendor did nothing with it',
  'other-disposition': 'the vendor reports something else',
};

/** How far the inventories are read, as one line. */
export function progressText({ state, parts }: ReconciliationRun): string {
  if (state === 'judging') return 'comparing';
  if (parts.length === 0) return 'no inventory is connected';
  return parts
    .map(
      ({ connector, assets, finishedAt }) =>
        `${connector}: ${assets} records${finishedAt === null ? ' so far' : ''}`,
    )
    .join(', ');
}

export function runText(run: Reconciliation, paint: Paint): string {
  if (run.state === 'abandoned')
    return `${paint('bad', 'Not compared')}: an inventory did not answer whole in time (${run.id}). See handback exception list.\n`;
  if (run.state !== 'judged') return `Under way (${run.id}).\n`;
  const counts = Object.entries(run.counts).filter(([, count]) => count > 0);
  return pairs(
    [
      ['run', paint('strong', run.id)],
      ['records', `${run.assets}${run.withoutSerial === 0 ? '' : `, ${run.withoutSerial} without a serial`}`],
      ['agree', percent(run.agreement)],
      ...counts.map(([kind, count]): [string, string] => [kind, paint('bad', String(count))]),
      ['exceptions', `${run.opened} opened, ${run.healed} healed`],
    ],
    paint,
  );
}

export function findingsText(findings: readonly Finding[], paint: Paint): string {
  const rows = findings.map((one) => [
    paint('bad', one.kind),
    WORDS[one.reason] ?? one.reason,
    plain(one.serial),
    one.connector === null ? '–' : plain(`${one.connector} ${one.externalId ?? ''}`),
    plain(one.label ?? '–'),
    one.deviceId ?? '–',
    localTime(one.since),
    plain(one.owner ?? '–'),
    one.exceptionId === null ? '–' : one.resolvedAt === null ? one.exceptionId : 'decided',
  ]);
  return table(
    ['finding', 'why', 'serial', 'record', 'stands as', 'device', 'since', 'whose move', 'exception'],
    rows,
    paint,
  );
}

/** The figure over time, latest first. */
export function historyText(runs: readonly Reconciliation[], paint: Paint): string {
  const kinds = [...new Set(runs.flatMap(({ counts }) => Object.keys(counts)))];
  const rows = runs.map((run) => [
    localTime(run.startedAt),
    run.state === 'judged' ? percent(run.agreement) : run.state,
    String(run.assets),
    ...kinds.map((kind) => String(run.counts[kind] ?? 0)),
    String(run.opened),
    String(run.healed),
    run.id,
  ]);
  return table(['started', 'agree', 'records', ...kinds, 'opened', 'healed', 'run'], rows, paint);
}

/** Rounded down: what does not agree whole never reads 100 %. */
function percent(share: number | null): string {
  return share === null ? '–' : `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;
}
