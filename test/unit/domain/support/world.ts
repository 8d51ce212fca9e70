/**
 * Everything that may happen to a case and its one device, shuffled, dropped and repeated; and an oracle that searches the
 * raw facts for the evidence that the rules ask for.
 */
import fc from 'fast-check';
import { foldCase } from '../../../../src/domain/case-state.ts';
import { foldCustody } from '../../../../src/domain/custody-state.ts';
import type { FactData, FactType } from '../../../../src/domain/fact-types.ts';
import type { AnyFact } from '../../../../src/domain/fact.ts';
import type { Platform } from '../../../../src/domain/platform.ts';
import { completion } from '../../../../src/domain/rules/case.ts';
import type { Completion } from '../../../../src/domain/rules/case.ts';
import {
  answered,
  caseOpened,
  certified,
  contextAt,
  custodyOpened,
  DAY,
  DEVICE_ID,
  discovered,
  historyOf,
  HOUR,
  iso,
  JUDGED,
  POLICY,
  T0,
} from './history.ts';

/** One thing that happens: how it is written down depends on when. */
export type Happening = { [T in FactType]: readonly [T, (now: number) => FactData[T]] }[FactType];

const at = (ms: number): string => iso(ms);
const cut = (state: 'cut' | 'open') => ({ item: 'account', state, basis: 'read-back', since: null }) as const;
export const exception = (exceptionId: string, gate: 'wipe' | null, blocking = true): Happening => [
  'exception.opened',
  () => ({
    exceptionId,
    code: exceptionId,
    gate,
    round: 1,
    owner: 'operator',
    dueAt: at(T0 + DAY),
    blocking,
  }),
];
const resolved = (exceptionId: string): Happening => [
  'exception.resolved',
  () => ({ exceptionId, outcome: 'retry', by: 'token:a' }),
];

export const accessRead = (state: 'cut' | 'open'): Happening => [
  'access.read-back',
  (now) => ({
    generation: 1,
    connector: 'directory',
    externalId: 'u1',
    readAt: at(now),
    items: [cut(state)],
  }),
];
export const booksRead = (matches: boolean): Happening => [
  'closure.read-back',
  (now) => ({ epoch: 1, connector: 'books', externalId: 'a', matches, readAt: at(now) }),
];

export const CASE_PATH: readonly Happening[] = [
  ['case.opened', () => caseOpened()],
  ['case.started', () => ({ generation: 1, ...JUDGED })],
  ['source.answered', () => answered('directory')],
  ['source.answered', () => answered('mdm', { sourceKind: 'mdm' })],
  ['source.answered', () => answered('books', { sourceKind: 'inventory' })],
  [
    'discovery.concluded',
    () => ({ generation: 1, devices: [discovered()], sources: ['directory', 'mdm', 'books'], ...JUDGED }),
  ],
  ['access.cut', (now) => ({ generation: 1, connector: 'directory', externalId: 'u1', cutAt: at(now) })],
  accessRead('cut'),
];

const CASE_NOISE: readonly Happening[] = [
  accessRead('open'),
  [
    'access.read-back',
    (now) => ({
      generation: 2,
      connector: 'directory',
      externalId: 'u1',
      readAt: at(now),
      items: [cut('cut')],
    }),
  ],
  ['source.unanswered', () => ({ generation: 1, connector: 'mdm', code: 'retryable' })],
  ['discovery.concluded', () => ({ generation: 2, devices: [], sources: [], ...JUDGED })],
  exception('case-exception', null),
  resolved('case-exception'),
];

export const seen = (
  changes: Partial<FactData['wipe.observed']['observation']>,
  intentId = 'int_1',
): Happening => [
  'wipe.observed',
  (now: number) => ({
    epoch: 1,
    intentId,
    connector: 'mdm',
    observation: {
      state: 'done' as const,
      startedAt: at(now),
      updatedAt: at(now),
      lastSeenAt: null,
      ...changes,
    },
  }),
];
const pickup = { epoch: 1, pickupId: 'pick_one' };
const silence = (lastSeen: boolean): Happening => [
  'wipe.silence',
  (now: number) => ({
    epoch: 1,
    intentId: 'int_1',
    connector: 'mdm',
    readAt: at(now + POLICY.wipe.appleSilenceMs),
    lastSeenAt: lastSeen ? at(now + HOUR) : null,
  }),
];

export function devicePath(platform: Platform): readonly Happening[] {
  return [
    ['custody.opened', () => custodyOpened({ platform })],
    ['handover.not-required', () => ({ epoch: 1, basis: 'policy', ...JUDGED })],
    [
      'wipe.approved',
      () => ({
        epoch: 1,
        approvalId: 'appr_1',
        basis: 'policy',
        policyDigest: 'p',
        actionHash: 'h',
        expiresAt: at(T0 + DAY),
        attempt: 1,
      }),
    ],
    [
      'wipe.intended',
      () => ({ epoch: 1, approvalId: 'appr_1', intentId: 'int_1', connector: 'mdm', mdmId: 'mdm-1' }),
    ],
    [
      'wipe.answered',
      (now) => ({
        epoch: 1,
        intentId: 'int_1',
        answer: 'accepted',
        code: null,
        sendStartedAt: at(now),
        settlesAt: null,
      }),
    ],
    seen({}),
    silence(false),
    ['return.scanned', () => ({ epoch: 1, scanId: 's', site: 'hq', condition: 'good' })],
    ['handoff.scanned', (now) => ({ ...pickup, by: 'dock', scannedAt: at(now) })],
    ['handoff.scanned', (now) => ({ ...pickup, by: 'vendor', scannedAt: at(now) })],
    ['handoff.transferred', () => ({ ...pickup, confirmedBy: 'token:dock' })],
    ['handoff.certified', () => certified()],
    booksRead(true),
    [
      'custody.closed',
      () => ({ epoch: 1, caseId: 'case_one', disposition: 'sanitised', factCount: 1, ...JUDGED }),
    ],
  ];
}

/** What changes nothing about a completion: other epochs, news, reminders, and what is no evidence. */
export const IRRELEVANT: readonly Happening[] = [
  ['return.tracked', (now) => ({ epoch: 1, trackingCode: 'T1', status: 'delivered', occurredAt: at(now) })],
  ['return.chased', () => ({ epoch: 1, number: 1, to: 'leaver' })],
  [
    'escalation.raised',
    () => ({ gate: 'wipe', exceptionId: null, round: 1, rung: 0, to: 'manager', dueAt: at(T0) }),
  ],
  ['handoff.certified', () => certified({ level: 'clear' })],
  ['handoff.certified', () => certified({ status: 'draft' })],
  ['handoff.certified', () => certified({ outcome: 'not-erased' })],
  ['handoff.received', (now) => ({ ...pickup, receivedAt: at(now), documentDigest: 'd' })],
  ['closure.written', () => ({ epoch: 1, connector: 'books', externalId: 'a', reference: 'r' })],
  [
    'closure.read-back',
    (now) => ({ epoch: 2, connector: 'books', externalId: 'a', matches: false, readAt: at(now) }),
  ],
  ['return.scanned', () => ({ epoch: 2, scanId: 's2', site: 'hq', condition: 'good' })],
  ['custody.cancelled', () => ({ epoch: 2, caseId: 'case_two', reason: 'rehired' })],
  seen({}, 'int_other'),
  seen({ state: 'failed', updatedAt: at(T0 - 400 * DAY), startedAt: at(T0 - 400 * DAY) }),
  exception('not-blocking', null, false),
];

const DEVICE_NOISE: readonly Happening[] = [
  ...IRRELEVANT,
  ['return.tracked', (now) => ({ epoch: 1, trackingCode: 'T1', status: 'delivered', occurredAt: at(now) })],
  booksRead(false),
  ['handoff.certified', () => certified({ outcome: 'erased-with-exceptions' })],
  ['handoff.certified', () => certified({ status: 'expired' })],
  ['handoff.certified', () => certified({ level: 'destroy', epoch: 2 })],
  ['wipe.refused', () => ({ epoch: 1, approvalId: 'appr_1', codes: ['on-hold'], ...JUDGED })],
  seen({ state: 'pending' }),
  seen({ state: 'failed' }),
  seen({ startedAt: at(T0 - 30 * DAY) }),
  seen({ updatedAt: at(T0), lastSeenAt: at(T0 + 300 * DAY) }),
  silence(true),
  exception('device-exception', 'wipe'),
  resolved('device-exception'),
];

/** A path with some of it left out, repeated or moved, and other things in between. */
function mangled(
  path: readonly Happening[],
  noise: readonly Happening[],
): fc.Arbitrary<readonly Happening[]> {
  const [opened, ...rest] = path;
  const kept = fc.oneof(
    { weight: 6, arbitrary: fc.constant(rest) },
    {
      weight: 3,
      arbitrary: fc
        .nat(Math.max(0, rest.length - 1))
        .map((gone) => rest.filter((_, index) => index !== gone)),
    },
    { weight: 1, arbitrary: fc.shuffledSubarray([...rest], { minLength: 1 }) },
  );
  const extra = fc.array(fc.tuple(fc.nat(100), fc.constantFrom(...noise, ...rest)), { maxLength: 5 });
  return fc
    .tuple(kept, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: extra }))
    .map(([middle, extras]) => {
      const all: Happening[] = [...middle];
      for (const [place, one] of extras) all.splice(place % (all.length + 1), 0, one);
      return opened === undefined ? all : [opened, ...all];
    });
}

/** Everything an hour after the other, so that each has its own time. */
export function written(stream: string, all: readonly Happening[]): readonly AnyFact[] {
  const history = historyOf(stream);
  for (const [index, [type, dataOf]] of all.entries()) {
    const now = T0 + index * HOUR;
    history.add(type, dataOf(now), now);
  }
  return history.facts;
}

export interface World {
  readonly platform: Platform;
  readonly caseFacts: readonly AnyFact[];
  readonly deviceFacts: readonly AnyFact[];
  readonly now: number;
}

export const world: fc.Arbitrary<World> = fc
  .constantFrom<Platform>('windows', 'android', 'macos', 'ios', 'unknown')
  .chain((platform) =>
    fc.record({
      platform: fc.constant(platform),
      ofCase: mangled(CASE_PATH, CASE_NOISE),
      ofDevice: mangled(devicePath(platform), DEVICE_NOISE),
      later: fc.nat(400 * 24),
    }),
  )
  .map(({ platform, ofCase, ofDevice, later }) => ({
    platform,
    caseFacts: written('case:case_one', ofCase),
    deviceFacts: written(`device:${DEVICE_ID}`, ofDevice),
    now: T0 + 40 * HOUR + later * HOUR,
  }));

export function judge({ caseFacts, deviceFacts, now }: World): Completion {
  const state = foldCase(caseFacts, 1);
  const custody = foldCustody(deviceFacts, 1);
  if (state === null) throw new Error('no case');
  return completion(state, custody === null ? [] : [custody], contextAt(now));
}

function of<T extends FactType>(
  facts: readonly AnyFact[],
  type: T,
): readonly Extract<AnyFact, { type: T }>[] {
  return facts.filter((fact): fact is Extract<AnyFact, { type: T }> => fact.type === type);
}

/** Proofs that are missing, by the words of the rules: nothing here knows of gates or folds. */
export function missing({ platform, caseFacts, deviceFacts }: World): readonly string[] {
  const gaps: string[] = [];
  const need = (what: string, there: boolean): void => void (there ? 0 : gaps.push(what));
  const mine = <T extends FactType>(type: T) =>
    of(deviceFacts, type).filter(({ data }) => 'epoch' in data && data.epoch === 1);
  const ours = <T extends FactType>(type: T) =>
    of(caseFacts, type).filter(({ data }) => 'generation' in data && data.generation === 1);

  need('a start', ours('case.started').length > 0);
  const conclusions = ours('discovery.concluded');
  need('a discovery', conclusions.length > 0);
  need(
    'cut access, as last read',
    ours('access.read-back')
      .at(-1)
      ?.data.items.every((item) => item.state === 'cut') ?? false,
  );
  if (conclusions.at(-1)?.data.devices.length === 0) return gaps;

  need('a closed custody', mine('custody.closed').length > 0);
  need('a handover', mine('handover.not-required').length > 0);
  need(
    'a wipe',
    mine('wipe.intended').some((intent) => isProven(intent, deviceFacts, platform)),
  );
  need('an intake scan', mine('return.scanned').length > 0);
  for (const by of ['dock', 'vendor'])
    need(
      `a scan by the ${by}`,
      mine('handoff.scanned').some(({ data }) => data.by === by),
    );
  need('a transfer', mine('handoff.transferred').length > 0);
  const good = mine('handoff.certified').filter(
    ({ data }) =>
      ['purge', 'destroy'].includes(data.level) &&
      data.outcome === 'erased' &&
      ['issued', 'verified'].includes(data.status),
  );
  need('a certificate', good.length > 0);
  need('closed books, as last read', mine('closure.read-back').at(-1)?.data.matches === true);
  for (const facts of [caseFacts, deviceFacts]) {
    const decided = new Map(of(facts, 'exception.resolved').map(({ data, seq }) => [data.exceptionId, seq]));
    for (const { data, seq } of of(facts, 'exception.opened'))
      need(`a decision of ${data.code}`, !data.blocking || (decided.get(data.exceptionId) ?? 0) > seq);
  }
  return gaps;
}

/** The MDM's last word on that very command is `done`; on Apple, silence was read after the time it must last. */
function isProven(
  intent: Extract<AnyFact, { type: 'wipe.intended' }>,
  facts: readonly AnyFact[],
  platform: Platform,
): boolean {
  if (platform === 'unknown') return false;
  const { intentId } = intent.data;
  const words = of(facts, 'wipe.observed')
    .filter(
      ({ data }) =>
        data.intentId === intentId &&
        Date.parse(data.observation.startedAt) >= Date.parse(intent.at) - 60_000,
    )
    .map(({ data }) => data.observation);
  const last = Math.max(...words.map((word) => Date.parse(word.updatedAt)));
  const done = words.some((word) => Date.parse(word.updatedAt) === last && word.state === 'done');
  if (!done || (platform !== 'macos' && platform !== 'ios')) return done;
  const alive = words.some((word) => word.lastSeenAt !== null && Date.parse(word.lastSeenAt) > last);
  const silent = of(facts, 'wipe.silence').filter(
    ({ data }) => data.intentId === intentId && Date.parse(data.readAt) >= last + POLICY.wipe.appleSilenceMs,
  );
  return !alive && silent.length > 0;
}
