/** The tables on the terminal. */
import Table from 'cli-table3';
import type { RoundResult } from '../throughput/round.ts';
import type { Held } from './held.ts';
import type { Results } from './results.ts';
import { median } from './statistics.ts';

type Row = readonly (string | number)[];

export function printResults(
  { machine, throughput, webhooks, sweep, ledger, packs, dock, imports }: Results,
  held: readonly Held[],
): string {
  const parts = [
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, load before ${machine.loadBefore.toFixed(1)}, Node ${machine.node}, ${machine.temporal}, commit ${machine.commit}`,
  ];
  if (throughput !== undefined) parts.push(throughputTable(throughput), stepsTable(throughput.rounds));
  if (webhooks !== undefined) {
    const row = (name: string, of: typeof webhooks.api): Row => [
      name,
      of.requests,
      of.p50.toFixed(1),
      of.p99.toFixed(1),
      of.max.toFixed(1),
      of.processorMsPerRequest?.toFixed(2) ?? '',
    ];
    parts.push(
      table(
        [
          `webhooks at ${webhooks.plan.perSecond} a second`,
          'sent',
          'p50 ms',
          'p99 ms',
          'longest ms',
          'processor ms each',
        ],
        [row('API', webhooks.api), row('bare handler', webhooks.control)],
      ),
    );
  }
  if (ledger !== undefined)
    parts.push(
      table(
        ['ledger', ''],
        [
          [`facts a second by ${ledger.plan.writers} writers`, ledger.factsPerSecond.toFixed(0)],
          ['most behind, seconds', ledger.lagSeconds.toFixed(2)],
          [`proof among ${ledger.plan.small}, ms`, ledger.smallProofMs.toFixed(2)],
          [`proof among ${ledger.plan.large}, ms`, ledger.largeProofMs.toFixed(2)],
          [`facts verified a second, of ${ledger.verified}`, ledger.verifiedPerSecond.toFixed(0)],
          ['leaves hashed a second', ledger.hashedPerSecond.toFixed(0)],
          ['verifying grew the process by, MiB', ledger.grewMiB.toFixed(0)],
        ],
      ),
    );
  if (imports !== undefined) {
    const { straightforward: than, fileMiB, againSeconds } = imports;
    parts.push(
      table(
        [
          `import of ${imports.lines} lines (${imports.ours} of ours), ${fileMiB.toFixed(0)} MiB`,
          'seconds',
          'peak MiB',
        ],
        [
          ['API', imports.seconds.toFixed(1), imports.peakMiB?.toFixed(0) ?? ''],
          ['the same file again', againSeconds.toFixed(1), ''],
          ['straightforward program', than.seconds.toFixed(1), than.peakMiB?.toFixed(0) ?? ''],
        ],
      ),
    );
  }
  if (sweep !== undefined) {
    const rows = sweep.sweeps.map((one): Row => [
      one.kind,
      one.seconds.toFixed(1),
      one.vendorCalls,
      one.historyEvents,
      one.transactions,
      one.facts,
    ]);
    parts.push(
      table(
        [
          `sweep of ${sweep.pending} pending wipes`,
          'seconds',
          'vendor calls',
          'history events',
          'transactions',
          'facts',
        ],
        rows,
      ),
    );
  }
  if (packs !== undefined) {
    const seconds = (name: string, of: number, plain: number | null): Row => [
      name,
      of.toFixed(3),
      plain?.toFixed(3) ?? '',
    ];
    const { straightforward } = packs;
    parts.push(
      table(
        [
          `pack of ${packs.facts} facts, ${packs.MiB.toFixed(1)} MiB: seconds`,
          'Handback',
          'straightforward program',
        ],
        [
          seconds('export', packs.exportSeconds, straightforward.exportSeconds),
          seconds('of it, report.pdf', packs.reportSeconds, null),
          seconds('verify', packs.verifySeconds, straightforward.verifySeconds),
        ],
      ),
    );
  }
  if (dock !== undefined) {
    const rows = [dock.long, dock.short].map((one): Row => [
      `${one.lines} lines`,
      one.scans,
      one.p50.toFixed(1),
      one.p99.toFixed(1),
      one.max.toFixed(1),
    ]);
    parts.push(table(['a scan on the dock at', 'scans', 'p50 ms', 'p99 ms', 'longest ms'], rows));
    const { scanned, answered, requests, seconds } = dock.asking;
    parts.push(
      table(
        ['the inventory, live', 'serials', 'answered', 'requests', 'a second'],
        [['while they were scanned', scanned, answered, requests, (requests / seconds).toFixed(2)]],
      ),
    );
  }
  parts.push(
    table(
      ['held to', 'measured', 'wanted', ''],
      held.map((one) => [one.what, one.measured, one.wanted, one.isMet ? 'met' : 'NOT MET']),
    ),
  );
  return `${parts.join('\n\n')}\n`;
}

function throughputTable({ rounds, ratios, ratio }: NonNullable<Results['throughput']>): string {
  const of = (name: RoundResult['system']): readonly RoundResult[] =>
    rounds.filter(({ system }) => system === name);
  const [engine, straightforward] = [of('engine'), of('straightforward')];
  const rows = ratios.map((one, index): Row => [
    `pair ${index + 1}`,
    engine[index]?.casesPerSecond.toFixed(2) ?? '',
    straightforward[index]?.casesPerSecond.toFixed(2) ?? '',
    one.toFixed(2),
  ]);
  const medianOf = (results: readonly RoundResult[]): string =>
    median(results.map(({ casesPerSecond }) => casesPerSecond)).toFixed(2);
  return table(
    ['completed cases a second', 'engine', 'straightforward', 'ratio'],
    [...rows, ['median', medianOf(engine), medianOf(straightforward), ratio.toFixed(2)]],
  );
}

/** Medians over the rounds of each program. */
function stepsTable(rounds: readonly RoundResult[]): string {
  const over = (name: RoundResult['system'], pick: (round: RoundResult) => number | undefined): number =>
    median(rounds.filter(({ system }) => system === name).map((round) => pick(round) ?? 0));
  const row = (what: string, pick: (round: RoundResult) => number | undefined, digits = 0): Row => [
    what,
    over('engine', pick).toFixed(digits),
    over('straightforward', pick).toFixed(digits),
  ];
  const workflows = [...new Set(rounds.flatMap(({ history }) => Object.keys(history)))];
  const processes = [...new Set(rounds.flatMap(({ processorMsPerCase }) => Object.keys(processorMsPerCase)))];
  const all =
    (pick: 'events' | 'bytes') =>
    ({ history }: RoundResult): number =>
      Object.values(history).reduce((sum, one) => sum + one[pick], 0);
  return table(
    ['per case', 'engine', 'straightforward'],
    [
      ...workflows.map((name) =>
        row(`history events: ${name}`, ({ history }) => history[name]?.events, name === 'pickup' ? 1 : 0),
      ),
      row('history events: all', all('events'), 1),
      row('history bytes: all', all('bytes')),
      row('vendor calls', ({ vendorCallsPerCase }) => vendorCallsPerCase, 1),
      row('database transactions', ({ transactionsPerCase }) => transactionsPerCase, 1),
      ...processes.map((name) =>
        row(`processor ms: ${name}`, ({ processorMsPerCase }) => processorMsPerCase[name]),
      ),
      row('processor ms: all but sandbox and driver', ({ processorMsPerCase }) =>
        Object.entries(processorMsPerCase).reduce(
          (sum, [name, ms]) => (name === 'sandbox' || name === 'driver' ? sum : sum + ms),
          0,
        ),
      ),
      ...(['api', 'worker'] as const).flatMap((name) => [
        row(`MiB ${name}, at rest`, ({ memory }) => memory[name].atRest),
        row(`MiB ${name}, under load`, ({ memory }) => memory[name].underLoad),
      ]),
    ],
  );
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const colAligns = head.map((_text, index) => (index === 0 ? 'left' : 'right'));
  const made = new Table({
    head: [...head],
    colAligns,
    style: { head: [], border: [] },
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}
