/** A quarter as an auditor looks at it: a finished case among others, what sources listed, and what became of the installation. */
import type { FactData, FactType } from '../../../src/domain/fact-types.ts';
import {
  ACTORS_STREAM,
  AUDITS_STREAM,
  INSTALLATION_STREAM,
  SYSTEM_STREAM,
} from '../../../src/domain/fact.ts';
import type { PackContent } from '../../../src/ledger/pack/build.ts';
import { drawReport } from '../../../src/ledger/pack/report/draw.ts';
import { drawSample } from '../../../src/ledger/pack/period/sample.ts';
import { listDigest, POPULATION_BASIS, STATEMENT_BASIS } from '../../../src/ledger/pack/period/population.ts';
import type { Listed, Population, PopulationSource } from '../../../src/ledger/pack/period/population.ts';
import { relatedStreams } from '../../../src/ledger/pack/related-streams.ts';
import { noteVerifier } from '../../../src/ledger/signed-note.ts';
import { DAY, HOUR, iso, JUDGED, POLICY, T0 } from '../../unit/domain/support/history.ts';
import { caseOpened } from '../../unit/domain/support/history.ts';
import { CERTIFICATE, CERTIFICATE_DIGEST, playedCase, POLICY_DIGEST } from './played-case.ts';
import type { Keys } from './make-pack.ts';
import { ORIGIN } from './small-ledger.ts';
import type { SmallLedger } from './small-ledger.ts';

export const PERIOD_ID = 'prd_one';
const TERMS = {
  from: '2026-01-01',
  until: '2026-03-31',
  timeZone: 'Europe/Berlin',
  start: '2025-12-31T23:00:00.000Z',
  end: '2026-03-31T22:00:00.000Z',
  seed: 'drawn on the first day of the audit',
  seedBy: 'caller',
  sample: 2,
} as const;

const LISTED: readonly Listed[] = [
  { account: `acct_${'1'.repeat(32)}`, personId: 'per_one', leftAt: iso(T0), state: 'gone' },
  { account: `acct_${'2'.repeat(32)}`, personId: 'per_two', leftAt: iso(T0), state: 'gone' },
  { account: `acct_${'3'.repeat(32)}`, personId: null, leftAt: iso(T0 + DAY), state: 'gone' },
  { account: `acct_${'4'.repeat(32)}`, personId: null, leftAt: null, state: 'unclear' },
];

/** What a test may change about what happened. */
export interface PeriodChanges {
  readonly seed?: string;
  /** The directory's list as it is told; the ledger's digest is of the true one. */
  readonly told?: readonly Listed[];
}

/** The ledger of a quarter: `case_one` finished, `case_two` cancelled, `case_three` without devices, `case_four` under way. */
export function playedPeriod(): SmallLedger {
  const ledger = playedCase();
  let now = T0 + 2 * DAY;
  const add = <T extends FactType>(stream: string, type: T, data: FactData[T]): void => {
    ledger.add(stream, type, data, iso(now));
    now += HOUR;
  };
  const judged = { ...JUDGED, policyDigest: POLICY_DIGEST };
  const keys = { sign: ['key-1'], check: ['key-1'] };
  const described = {
    process: 'api',
    version: '0.1.0',
    code: 'c'.repeat(64),
    rulesVersion: JUDGED.rulesVersion,
    proposedPolicy: POLICY_DIGEST,
    connectors: [
      { name: 'directory', kind: 'okta', port: 'identity', mode: 'enforce', settings: 's'.repeat(64) },
    ],
    tokens: [{ id: 'desk', roles: ['operator'] }],
    signIn: null,
    keys: { checkpoints: keys, packs: keys },
    rest: 'r'.repeat(64),
  } as const;
  add(INSTALLATION_STREAM, 'policy.changed', { decisionId: null, from: null, to: POLICY_DIGEST });
  add(INSTALLATION_STREAM, 'installation.described', described);
  add(ACTORS_STREAM, 'actor.seen', { subject: 'handback', kind: 'token', roles: ['operator', 'approver'] });
  for (const name of ['two', 'three', 'four'] as const) {
    add(`person:per_${name}`, 'lifecycle.recorded', {
      personId: `per_${name}`,
      source: 'directory',
      eventId: `event-${name}`,
      kind: 'leaver',
      occurredAt: iso(T0),
      effectiveAt: iso(T0 + HOUR),
    });
    const stream = `case:case_${name}`;
    add(stream, 'case.opened', { ...caseOpened(), ...judged, personId: `per_${name}` });
    add(stream, 'case.started', { generation: 1, ...judged });
    if (name === 'two')
      add(stream, 'case.cancelled', {
        generation: 1,
        reason: 'withdrawn',
        source: 'directory',
        done: [],
        notDone: ['access-cut'],
      });
    if (name === 'three')
      add(stream, 'discovery.concluded', { generation: 1, devices: [], sources: ['directory'], ...judged });
    if (name === 'four') {
      const decided = {
        round: 1,
        decisionId: 'dcn_one',
        kind: 'waive-gate',
        subjectHash: 'h'.repeat(64),
      } as const;
      add(stream, 'decision.requested', { ...decided, expiresAt: iso(now + DAY), roles: ['operator'] });
      add(stream, 'decision.made', { ...decided, outcome: 'approved' });
      add(stream, 'gate.waived', {
        round: 1,
        decisionId: 'dcn_one',
        gate: 'access-cut',
        expiresAt: iso(now + 30 * DAY),
      });
      add(stream, 'deadline.breached', {
        round: 1,
        trigger: 'closed',
        owner: 'handback',
        startedAt: iso(T0),
        dueAt: iso(T0 + DAY),
      });
    }
  }
  add(INSTALLATION_STREAM, 'downtime.observed', {
    part: 'worker',
    lastSeenAt: iso(now - 2 * HOUR),
    seenAgainAt: iso(now),
    code: null,
  });
  add(INSTALLATION_STREAM, 'installation.described', { ...described, version: '0.2.0' });
  add(SYSTEM_STREAM, 'switch.changed', { name: 'kill', on: true, decisionId: null });
  now = T0 + 100 * DAY;
  add(AUDITS_STREAM, 'period.requested', {
    periodId: PERIOD_ID,
    ...TERMS,
    sources: [
      { connector: 'hr', kind: 'hr' },
      { connector: 'directory', kind: 'identity' },
    ],
  });
  add(AUDITS_STREAM, 'population.extracted', extracted('hr', 'hr', []));
  add(AUDITS_STREAM, 'population.extracted', extracted('directory', 'identity', LISTED));
  return ledger;
}

function extracted(
  connector: string,
  kind: 'hr' | 'identity',
  live: readonly Listed[],
): FactData['population.extracted'] {
  return {
    periodId: PERIOD_ID,
    connector,
    kind,
    outcome: kind === 'hr' ? 'not-offered' : 'listed',
    query: 'every account; gone since the start and before the end',
    startedAt: iso(T0 + 100 * DAY),
    finishedAt: iso(T0 + 100 * DAY + HOUR),
    accounts: live.length * 10,
    leavers: live.length,
    listDigest: listDigest(live),
  };
}

function sourceOf(
  connector: string,
  kind: 'hr' | 'identity',
  live: readonly Listed[],
  recorded: PopulationSource['recorded'],
): PopulationSource {
  const { periodId: _period, leavers: _leavers, ...rest } = extracted(connector, kind, live);
  return { ...rest, live: [...live], recorded };
}

/** Single facts of cases that are not in the sample, and of leavers by the record. */
const EXCERPTED: ReadonlySet<FactType> = new Set<FactType>([
  'case.opened',
  'case.started',
  'case.cancelled',
  'case.completed',
  'discovery.concluded',
  'decision.requested',
  'decision.made',
  'gate.waived',
  'deadline.breached',
  'custody.opened',
  'custody.closed',
  'lifecycle.recorded',
]);

export async function periodContent(
  ledger: SmallLedger,
  keys: Keys,
  { seed = TERMS.seed, told = LISTED }: PeriodChanges = {},
): Promise<PackContent> {
  const all = Map.groupBy(
    ledger.leaves.map(({ fact }) => fact),
    (fact) => fact.stream,
  );
  const frame = [...all.keys()].flatMap((stream) =>
    stream.startsWith('case:') ? [stream.slice('case:'.length)] : [],
  );
  const drawn = drawSample(frame, { ...TERMS, seed }).cases.map(({ caseId }) => caseId);
  const subject = { kind: 'period', id: PERIOD_ID } as const;
  const whole = relatedStreams(subject, all, drawn);
  const every = await ledger.events(new Set(all.keys()));
  const events = every.filter(
    ({ fact }) =>
      whole.has(fact.stream) ||
      (/^(case|device|person):/u.test(fact.stream) &&
        fact.stream !== 'person:per_other' &&
        EXCERPTED.has(fact.type)),
  );
  const recordedBy = (source: string) =>
    events.flatMap(({ fact }) =>
      fact.type === 'lifecycle.recorded' && fact.data.source === source && fact.data.kind === 'leaver'
        ? [{ personId: fact.data.personId, leftAt: fact.data.effectiveAt, event: fact.key }]
        : [],
    );
  const population: Population = {
    basis: POPULATION_BASIS,
    period: { id: PERIOD_ID, ...TERMS, seed },
    sources: [
      sourceOf('hr', 'hr', [], recordedBy('hr')),
      sourceOf('directory', 'identity', told, recordedBy('directory')),
    ].map((source) =>
      source.connector === 'directory' ? { ...source, listDigest: listDigest(LISTED) } : source,
    ),
  };
  const hasCertificate = events.some(({ canonical }) => canonical.includes(CERTIFICATE_DIGEST));
  return {
    subject,
    exportedAt: new Date(iso(T0 + 101 * DAY)),
    checkpoint: await ledger.checkpoint(keys.ledger),
    ledgerKeys: [noteVerifier(ORIGIN, keys.ledger.publicKey.key)],
    events,
    policies: new Map([[POLICY_DIGEST, POLICY]]),
    documents:
      hasCertificate && drawn.includes('case_one')
        ? [{ digest: CERTIFICATE_DIGEST, contentType: 'text/csv', load: async () => CERTIFICATE }]
        : [],
    absent: [],
    consistency: [],
    report: drawReport,
    period: {
      population,
      statements: {
        basis: STATEMENT_BASIS,
        excluded: [
          { connector: 'directory', account: `acct_${'3'.repeat(32)}`, personId: null, reason: 'not-linked' },
        ],
        retirements: 0,
        actors: [{ id: 'token:desk', kind: 'token', knownAt: iso(T0), lastSeenAt: iso(T0), erased: false }],
        checkpoints: { signed: 4, longestGap: { from: iso(T0), until: iso(T0 + DAY) } },
        connectors: [],
      },
      excerpts: new Set(events.flatMap(({ fact }) => (whole.has(fact.stream) ? [] : [fact.stream]))),
    },
  };
}
