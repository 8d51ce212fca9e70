/** What a run is held to: ratios against something measured beside it, and counts. Absolute times are only reported. */
import type { Results } from './results.ts';

export interface Held {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  readonly isMet: boolean;
}

/** The engine must complete at least as many cases as the straightforward program. */
const LEAST_RATIO = 1;
/** Verifying, deduplicating, recording and queueing a webhook may cost this much over one bare INSERT. */
const MOST_LATENCY_RATIO = 3;
const MOST_PROCESSOR_RATIO = 3;
/** The design's target, held to here although this bench has a second identity provider. */
const MOST_CASE_EVENTS = 45;
const MOST_CUSTODY_EVENTS = 75;
/** A scan at a hundred times the lines may cost this much more. */
const MOST_SCAN_RATIO = 2;
/** Snipe-IT's limit is 120 a minute; a first burst comes on top. */
const ASKED_A_SECOND = 2;
const ASKED_AT_ONCE = 6;
/** A page of the device manager's listing holds 999; a token and a page that others fill come on top. */
const DEVICES_PER_CALL = 999;
const CALLS_BESIDE = 2;
/** One workflow with one activity. */
const MOST_SWEEP_EVENTS = 15;

/** A hundred times as many leaves are seven levels more: with the rest of a query, far below this. */
const MOST_PROOF_RATIO = 3;
/** Twenty batches of rows; it does not grow with the ledger. */
const MOST_VERIFY_MIB = 256;

/** Proofs read from the database, every check of the verifier and the rules, over hashes and one signature. */
const MOST_PACK_RATIO = 3;

/** Mapping, matching, ledger, judgement and report of a line, over what a straightforward program does with it. */
const MOST_IMPORT_RATIO = 2;
const MOST_IMPORT_MIB = 512;

export function heldTo({
  throughput,
  webhooks,
  sweep,
  ledger,
  packs,
  dock,
  imports,
}: Results): readonly Held[] {
  const held: Held[] = [];
  if (throughput !== undefined) {
    const { ratio, rounds } = throughput;
    held.push(least('cases a second, engine over straightforward', ratio, LEAST_RATIO, 2));
    const of = rounds.findLast(({ system }) => system === 'engine')?.history ?? {};
    held.push(most('history events of a case', of['case']?.events ?? Number.NaN, MOST_CASE_EVENTS));
    held.push(most('history events of a custody', of['custody']?.events ?? Number.NaN, MOST_CUSTODY_EVENTS));
    held.push({
      what: 'effects at the vendors',
      measured: sameEffects(throughput) ? 'the same' : 'different',
      wanted: 'the same',
      isMet: sameEffects(throughput),
    });
  }
  if (webhooks !== undefined) {
    const { acknowledged, rows } = webhooks.stored;
    held.push(most('webhook p50, over a bare handler', webhooks.p50Ratio, MOST_LATENCY_RATIO, 2));
    held.push(most('webhook p99, over a bare handler', webhooks.p99Ratio, MOST_LATENCY_RATIO, 2));
    const [each, bare] = [webhooks.api.processorMsPerRequest, webhooks.control.processorMsPerRequest];
    if (each !== null && bare !== null)
      held.push(most('webhook processor time, over a bare handler', each / bare, MOST_PROCESSOR_RATIO, 2));
    held.push({
      what: 'webhooks stored of those acknowledged',
      measured: `${rows} of ${acknowledged}`,
      wanted: 'all',
      isMet: rows === acknowledged,
    });
    held.push(most('webhooks refused', webhooks.api.refused, 0));
  }
  for (const one of sweep?.sweeps ?? []) {
    held.push(
      most(
        `vendor calls of the ${one.kind} sweep`,
        one.vendorCalls,
        Math.ceil((sweep?.pending ?? 0) / DEVICES_PER_CALL) + CALLS_BESIDE,
      ),
    );
    held.push(most(`history events of the ${one.kind} sweep`, one.historyEvents, MOST_SWEEP_EVENTS));
  }
  if (dock !== undefined) {
    held.push(most('dock scan p50, long manifest over a short one', dock.p50Ratio, MOST_SCAN_RATIO, 2));
    held.push(most('dock scan p99, long manifest over a short one', dock.p99Ratio, MOST_SCAN_RATIO, 2));
    held.push(most('dock scans with a wrong verdict', dock.wrong, 0));
    const { requests, seconds } = dock.asking;
    held.push(
      most(
        'requests to the inventory meanwhile',
        requests,
        Math.ceil(ASKED_AT_ONCE + ASKED_A_SECOND * seconds),
      ),
    );
  }
  if (ledger !== undefined) {
    const { plan } = ledger;
    held.push(
      most(
        `a proof among ${plan.large} facts, over one among ${plan.small}`,
        ledger.largeProofMs / ledger.smallProofMs,
        MOST_PROOF_RATIO,
        2,
      ),
    );
    held.push(most('MiB that verifying takes', ledger.grewMiB, MOST_VERIFY_MIB));
  }
  if (packs !== undefined) {
    const { exportSeconds, reportSeconds, verifySeconds, straightforward } = packs;
    held.push(
      most(
        'export of a pack without its report, over a straightforward program',
        (exportSeconds - reportSeconds) / straightforward.exportSeconds,
        MOST_PACK_RATIO,
        2,
      ),
      most(
        'verifying a pack, over a straightforward program',
        verifySeconds / straightforward.verifySeconds,
        MOST_PACK_RATIO,
        2,
      ),
      {
        what: 'verdict on the pack',
        measured: packs.verdict,
        wanted: 'proven',
        isMet: packs.verdict === 'proven',
      },
    );
  }
  if (imports !== undefined) {
    held.push(most('import of a file, over a straightforward program', imports.ratio, MOST_IMPORT_RATIO, 2));
    if (imports.peakMiB !== null)
      held.push(most('MiB at the most while importing', imports.peakMiB, MOST_IMPORT_MIB));
    held.push({
      what: 'lines of the file that matched',
      measured: `${imports.matched} of ${imports.ours}`,
      wanted: 'all',
      isMet: imports.matched === imports.ours,
    });
  }
  return held;
}

/** Both programs asked every vendor for the same, the same number of times. */
function sameEffects({ rounds }: NonNullable<Results['throughput']>): boolean {
  return new Set(rounds.map(({ effects }) => JSON.stringify(effects))).size === 1;
}

function least(what: string, measured: number, wanted: number, digits = 0): Held {
  return {
    what,
    measured: measured.toFixed(digits),
    wanted: `at least ${wanted}`,
    isMet: measured >= wanted,
  };
}

function most(what: string, measured: number, wanted: number, digits = 0): Held {
  return { what, measured: measured.toFixed(digits), wanted: `at most ${wanted}`, isMet: measured <= wanted };
}
