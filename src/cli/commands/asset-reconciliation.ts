/** `handback reconcile assets`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { ASSET_FINDINGS } from '../../domain/reconciliation.ts';
import { fit, readList } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { Finding, Reconciliation, ReconciliationRun } from '../client/reconciliation-shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { findingsText, historyText, progressText, runText } from '../output/reconciliation.ts';
import { saved } from '../saved-file.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface AssetOptions extends GlobalOptions, ListOptions {
  readonly wait: boolean;
  readonly history?: boolean;
  readonly run?: string;
  readonly kind?: string;
  readonly csv?: string;
}

const PAUSE_MS = 1_000;

export function addAssetReconciliation(group: Command, io: Io, done: (code: number) => void): void {
  withListOptions(group.command('assets'))
    .description(
      'Holds the books of every inventory against receipts, certificates and dispositions, now: ghosts, unrecorded, overdue, ' +
        'still licensed, still written off. What does not fit becomes an exception with an owner; what fits again is closed. ' +
        'Exit code 1 when an inventory did not answer whole in time.',
    )
    .addOption(new Option('--kind <kind>', 'show only these').choices(ASSET_FINDINGS))
    .option('--csv <file>', 'write everything that was found into a file as well')
    .option('--run <id>', 'show a run that was made before (rcn_…)')
    .option('--history', 'show the figures of all runs, latest first')
    .option('--no-wait', 'do not wait for its end')
    .addHelpText(
      'after',
      examples([
        'handback reconcile assets',
        'handback reconcile assets --csv findings.csv --all',
        'handback reconcile assets --history',
        'handback reconcile assets --run rcn_01k… --kind ghost --json',
      ]),
    )
    .action(async (_options: object, command: Command) => {
      const options: AssetOptions = command.optsWithGlobals();
      if (options.history === true) return showHistory(options, io);
      done(await reconcileAssets(options, io));
    });
}

async function showHistory(options: AssetOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  await list({
    path: '/reconciliations',
    item: Reconciliation,
    options: listOptionsOf(options),
    text: (runs) => historyText(runs, paint),
    none: 'The books were never held against the records: handback reconcile assets does it now.',
  });
}

async function reconcileAssets(options: AssetOptions, io: Io): Promise<number> {
  const { api, show, paint } = session(options, io);
  const run = await runOf(options, io);
  if (run.state !== 'judged') {
    show({ run, findings: [], next: null }, () => runText(run, paint));
    return run.state === 'abandoned' ? 1 : 0;
  }
  const path = `/reconciliations/${encodeURIComponent(run.id)}/findings`;
  const query = { kind: options.kind };
  if (options.csv !== undefined) await saved(options.csv, await api.download(`${path}.csv`, query));
  const { items, next } = await readList(api, path, Finding, listOptionsOf(options), query);
  show({ run, findings: items, next }, () =>
    [
      runText(run, paint),
      items.length === 0 ? 'Nothing of the kind was found.\n' : `\n${findingsText(items, paint)}`,
    ].join(''),
  );
  if (next !== null && options.json !== true)
    io.err(`There is more: --run ${run.id} --all shows everything, --csv writes it into a file.\n`);
  return 0;
}

/** The run asked for, or a new one, whose progress is told until it ends. */
async function runOf(options: AssetOptions, io: Io): Promise<ReconciliationRun> {
  const { api } = session(options, io);
  const read = async (id: string) => {
    const path = `/reconciliations/${encodeURIComponent(id)}`;
    return fit(ReconciliationRun, await api.get(path), path);
  };
  if (options.run !== undefined) return read(options.run);
  let run = fit(ReconciliationRun, await api.post('/reconciliations', {}), '/reconciliations');
  let told = '';
  while (options.wait && run.finishedAt === null) {
    const line = progressText(run);
    if (options.json !== true && line !== told) io.err(`${line}\n`);
    told = line;
    await sleep(PAUSE_MS);
    run = await read(run.id);
  }
  return run;
}
