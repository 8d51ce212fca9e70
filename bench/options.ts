/** What is measured, and how long. The defaults give figures that hold still; `--quick` shows in a minute that everything works. */
import { parseArgs } from 'node:util';

export const PARTS = ['throughput', 'webhooks', 'sweep', 'ledger', 'packs', 'dock', 'imports'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly cases: number;
  readonly warmUp: number;
  readonly pickupSize: number;
  readonly webhookSeconds: number;
  readonly webhooksPerSecond: number;
  readonly pending: number;
  readonly dockLines: number;
  readonly dockScans: number;
  readonly leaves: number;
  readonly ledgerSeconds: number;
  readonly verified: number;
  readonly packFacts: number;
  readonly packTimes: number;
  readonly lines: number;
  readonly ours: number;
}

export const HELP = `Usage: npm run bench -- [options]

  --only <parts>      of throughput, webhooks, sweep, ledger, packs, dock, imports, comma-separated (all)
  --rounds <n>        pairs of rounds, one of each program (3)
  --cases <n>         leavers of one device each in a round (80)
  --pickup <n>        devices of one pickup (10)
  --seconds <n>       of webhooks at each receiver (20)
  --rate <n>          webhooks a second (200)
  --pending <n>       pending wipes of the sweep (10000)
  --manifest-lines <n>  lines of the manifest that is scanned (5000)
  --scans <n>         scans of it, and of a short one beside it (1000)
  --leaves <n>        of the large tree that proofs are made in (1000000); the small one has a hundredth
  --ledger-seconds <n>  of recording facts (30)
  --verified <n>      facts of the ledger that is verified, at least (200000)
  --pack-facts <n>    of the pack that is exported and verified (1000)
  --pack-times <n>    how often (9)
  --lines <n>         lines of the certificate file that is imported (100000)
  --ours <n>          how many of them are of devices that were handed over (all)
  --quick             one short pair, few of everything: shows that it works, its figures say nothing
`;

/** @throws Error for an option that is not known, or no whole number. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      cases: { type: 'string' },
      pickup: { type: 'string' },
      seconds: { type: 'string' },
      rate: { type: 'string' },
      pending: { type: 'string' },
      lines: { type: 'string' },
      scans: { type: 'string' },
      leaves: { type: 'string' },
      'ledger-seconds': { type: 'string' },
      verified: { type: 'string' },
      'pack-facts': { type: 'string' },
      'pack-times': { type: 'string' },
      'manifest-lines': { type: 'string' },
      ours: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  return {
    parts: values.only === undefined ? PARTS : partsOf(values.only),
    rounds: whole('rounds', values.rounds, quick ? 1 : 3),
    cases: whole('cases', values.cases, quick ? 10 : 80),
    warmUp: quick ? 2 : 5,
    pickupSize: whole('pickup', values.pickup, 10),
    webhookSeconds: whole('seconds', values.seconds, quick ? 4 : 20),
    webhooksPerSecond: whole('rate', values.rate, 200),
    pending: whole('pending', values.pending, quick ? 500 : 10_000),
    dockLines: whole('manifest-lines', values['manifest-lines'], quick ? 500 : 5_000),
    dockScans: whole('scans', values.scans, quick ? 100 : 1_000),
    leaves: whole('leaves', values.leaves, quick ? 20_000 : 1_000_000),
    ledgerSeconds: whole('ledger-seconds', values['ledger-seconds'], quick ? 3 : 30),
    verified: whole('verified', values.verified, quick ? 5_000 : 200_000),
    packFacts: whole('pack-facts', values['pack-facts'], quick ? 200 : 1_000),
    packTimes: whole('pack-times', values['pack-times'], quick ? 3 : 9),
    lines: whole('lines', values.lines, quick ? 2_000 : 100_000),
    ours: whole('ours', values.ours ?? values.lines, quick ? 2_000 : 100_000),
  };
}

function partsOf(text: string): readonly Part[] {
  return text.split(',').map((name) => {
    const found = PARTS.find((part) => part === name);
    if (found === undefined) throw new Error(`no part ${name}; there are ${PARTS.join(', ')}`);
    return found;
  });
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number of at least 1`);
  return value;
}
