/** What an approved mismatch lets through, and what it does not; and whose devices are ours. */
import { describe, expect, test } from 'vitest';
import { guard } from '../../../src/domain/guard.ts';
import type { ApprovedMismatch, GuardInput, HolderReading } from '../../../src/domain/guard.ts';
import { ALLOWED } from './support/guard-input.ts';

const ONE_SOURCE: Partial<GuardInput> = { holdersAtDiscovery: [{ connector: 'intune', holder: 'leaver' }] };
const UNNAMED: Partial<GuardInput> = { holdersNow: [{ connector: 'intune', holder: 'nobody' }] };
const named = (other: string, connector = 'snipeit'): Partial<GuardInput> => ({
  holdersNow: [...ALLOWED.holdersNow, { connector, holder: 'other', other }],
});

function approved(codes: readonly string[], changes: Partial<ApprovedMismatch> = {}): Partial<GuardInput> {
  return {
    mismatch: { actionHash: 'hash', codes, others: [{ connector: 'snipeit', other: 'u7' }], ...changes },
  };
}

const asked = (...changes: readonly Partial<GuardInput>[]) =>
  guard(changes.reduce<GuardInput>((sum, change) => ({ ...sum, ...change }), ALLOWED));

describe('an approved mismatch', () => {
  test.each([
    ['holder-not-in-two-sources', ONE_SOURCE],
    ['holder-now-unnamed', UNNAMED],
    ['holder-now-other', named('u7')],
  ] as const)('of %s lets exactly that through', (code, change) => {
    expect(asked(change)).toEqual([code]);
    expect(asked(change, approved([code]))).toEqual([]);
    const others = ['holder-not-in-two-sources', 'holder-now-unnamed', 'holder-now-other'].filter(
      (another) => another !== code,
    );
    for (const another of others) expect(asked(change, approved([another]))).toEqual([code]);
    expect(asked(change, approved([]))).toEqual([code]);
    expect(asked(change, approved(['something-else', code]))).toEqual([]);
  });

  test.each([
    ['holder-mismatch', ONE_SOURCE, []],
    ['holder-mismatch', UNNAMED, []],
    ['holder-mismatch', named('u7'), []],
    ['holder-in-one-source-only', ONE_SOURCE, []],
    ['holder-in-one-source-only', UNNAMED, []],
    // That one source named them is no word about somebody else.
    ['holder-in-one-source-only', named('u7'), ['holder-now-other']],
    ['unknown-code', ONE_SOURCE, ['holder-not-in-two-sources']],
  ] as const)('of %s at discovery says as much of the moment of the send', (code, change, left) => {
    expect(asked(change, approved([code]))).toEqual(left);
  });

  test('counts for that very action alone', () => {
    expect(asked(ONE_SOURCE, approved(['holder-mismatch'], { actionHash: 'other' }))).toEqual([
      'holder-not-in-two-sources',
    ]);
    expect(asked(named('u7'), approved(['holder-mismatch'], { actionHash: 'other' }))).toEqual([
      'holder-now-other',
    ]);
  });

  test.each([
    ['another person', named('u8')],
    ['the same id at another source', named('u7', 'entra')],
    [
      'somebody whom the source gives no id',
      { holdersNow: [...ALLOWED.holdersNow, { connector: 'snipeit', holder: 'other' }] },
    ],
  ] as const)('does not cover %s', (_who, change) => {
    expect(asked(change, approved(['holder-mismatch']))).toEqual(['holder-now-other']);
    expect(asked(change, approved(['holder-now-other']))).toEqual(['holder-now-other']);
  });

  test('covers each of several whom the people were shown, and not one more', () => {
    const others = [
      { connector: 'snipeit', other: 'u7' },
      { connector: 'entra', other: 'u8' },
    ];
    const both: readonly HolderReading[] = [
      ...ALLOWED.holdersNow,
      { connector: 'snipeit', holder: 'other', other: 'u7' },
      { connector: 'entra', holder: 'other', other: 'u8' },
    ];
    const mismatch = approved(['holder-mismatch'], { others });
    expect(asked({ holdersNow: both }, mismatch)).toEqual([]);
    const third: HolderReading = { connector: 'intune', holder: 'other', other: 'u9' };
    expect(asked({ holdersNow: [...both, third] }, mismatch)).toEqual(['holder-now-other']);
    expect(asked({ holdersNow: both }, approved(['holder-mismatch'], { others: [] }))).toEqual([
      'holder-now-other',
    ]);
  });

  test('lifts nothing else', () => {
    const all = approved(['holder-mismatch', 'holder-in-one-source-only', 'holder-now-other']);
    expect(asked(all, { ownership: 'personal' })).toEqual(['ownership-not-corporate']);
    expect(asked(all, { person: 'present' })).toEqual(['person-not-gone']);
    expect(asked(all, { holds: 'held' })).toEqual(['on-hold']);
    expect(asked(all, { approval: null })).toEqual(['approval-missing']);
    expect(asked(all, { recentUse: 'by-other' })).toEqual(['recent-use-by-other']);
  });
});

describe('a device is ours', () => {
  const leased = (
    route: GuardInput['route'],
    live: NonNullable<GuardInput['live']>['ownership'] = 'corporate',
  ) => asked({ ownership: 'leased', route, live: { mdmId: 'mdm-1', serial: 'PF2ABC01', ownership: live } });

  test('when it is leased and on its way back to the lessor, and on no other route', () => {
    expect(leased('lessor-return')).toEqual([]);
    for (const route of ['dispose', 'redeploy', 'employee-sale', 'lost'] as const)
      expect(leased(route)).toEqual(['ownership-not-corporate']);
  });

  test('not because of the route: what is no lease is not wiped on it', () => {
    for (const ownership of ['personal', 'client-owned', 'unknown'] as const)
      expect(asked({ ownership, route: 'lessor-return' })).toEqual(['ownership-not-corporate']);
    expect(leased('lessor-return', 'personal')).toEqual(['ownership-not-corporate']);
  });

  test('by a serial on both sides: two that cannot serve do not agree', () => {
    expect(
      asked({
        expected: { ...ALLOWED.expected, serial: 'None' },
        live: { mdmId: 'mdm-1', serial: null, ownership: 'corporate' },
      }),
    ).toEqual(['serial-unusable']);
    expect(asked({ expected: { ...ALLOWED.expected, serial: 'None' } })).toEqual(['serial-unusable']);
  });
});

describe('a connector that only recommends', () => {
  const byPeople = (is: boolean): Partial<GuardInput> => ({
    approval: { actionHash: 'hash', expiresAt: ALLOWED.now + 1, revoked: false, byPeople: is },
  });

  test('sends what two people approved and nothing by itself; one that observes sends nothing', () => {
    expect(asked({ connectorMode: 'recommend' }, byPeople(true))).toEqual([]);
    expect(asked({ connectorMode: 'recommend' }, byPeople(false))).toEqual(['connector-not-enforcing']);
    expect(asked({ connectorMode: 'recommend', approval: null })).toEqual([
      'connector-not-enforcing',
      'approval-missing',
    ]);
    expect(asked({ connectorMode: 'observe' }, byPeople(true))).toEqual(['connector-not-enforcing']);
    expect(asked({ connectorMode: 'enforce' }, byPeople(false))).toEqual([]);
  });
});
