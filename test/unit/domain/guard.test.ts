import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guard, REFUSALS } from '../../../src/domain/guard.ts';
import type { GuardInput, RefusalCode } from '../../../src/domain/guard.ts';
import { OWNERSHIPS } from '../../../src/domain/platform.ts';
import { ALLOWED } from './support/guard-input.ts';
import { MINUTE, T0 } from './support/history.ts';

const approval = { actionHash: 'hash', expiresAt: T0 + MINUTE, byPeople: false, revoked: false };
const live = { mdmId: 'mdm-1', serial: 'PF2ABC01', ownership: 'corporate' } as const;

/** One bad value at a time, and the code it must be refused with. */
const BAD: readonly (readonly [string, Partial<GuardInput>, RefusalCode])[] = [
  ['the kill switch is on', { killSwitch: true }, 'kill-switch'],
  ['the connector observes', { connectorMode: 'observe' }, 'connector-not-enforcing'],
  ['the connector recommends', { connectorMode: 'recommend' }, 'connector-not-enforcing'],
  [
    'the connector observes, though two people approved',
    { connectorMode: 'observe', approval: { ...approval, byPeople: true } },
    'connector-not-enforcing',
  ],
  ['the case has ended', { caseOpen: false }, 'case-not-open'],
  ['the custody has ended', { custodyOpen: false }, 'custody-not-open'],
  ['nobody approved', { approval: null }, 'approval-missing'],
  ['the approval expired a moment ago', { approval: { ...approval, expiresAt: T0 - 1 } }, 'approval-expired'],
  ['the approval expires this very moment', { approval: { ...approval, expiresAt: T0 } }, 'approval-expired'],
  [
    'the approval’s expiry is no time',
    { approval: { ...approval, expiresAt: Number.NaN } },
    'approval-expired',
  ],
  [
    'the approval is for another action',
    { approval: { ...approval, actionHash: 'other' } },
    'approval-mismatch',
  ],
  ['who approved may do so no more', { approval: { ...approval, revoked: true } }, 'approver-revoked'],
  [
    'the parameters keep the person’s data',
    { parameters: { keepUserData: true, keepEnrollmentData: false } },
    'parameters-keep-data',
  ],
  [
    'the parameters keep the enrolment',
    { parameters: { keepUserData: false, keepEnrollmentData: true } },
    'parameters-keep-data',
  ],
  ['the MDM offers no wipe for it', { canWipe: false }, 'wipe-not-offered'],
  ['it is kept as evidence', { route: 'legal-retention' }, 'route-keeps-device'],
  ['it is somebody’s own', { route: 'personal' }, 'route-keeps-device'],
  ['the MDM has no such record', { live: null }, 'device-not-found'],
  ['the MDM answers with another record', { live: { ...live, mdmId: 'mdm-2' } }, 'mdm-id-mismatch'],
  ['the record has another serial', { live: { ...live, serial: 'PF2ABC02' } }, 'serial-mismatch'],
  ['the record has no serial', { live: { ...live, serial: null } }, 'serial-unusable'],
  ['the record has a filler text', { live: { ...live, serial: 'Default string' } }, 'serial-unusable'],
  [
    'the case itself has a filler text, even the same one',
    { expected: { ...ALLOWED.expected, serial: 'None' }, live: { ...live, serial: 'None' } },
    'serial-unusable',
  ],
  ...OWNERSHIPS.filter((one) => one !== 'corporate').flatMap(
    (ownership) =>
      [
        [`discovery says ${ownership}`, { ownership }, 'ownership-not-corporate'],
        [`the MDM says ${ownership}`, { live: { ...live, ownership } }, 'ownership-not-corporate'],
      ] as const,
  ),
  [
    'one source named the leaver',
    { holdersAtDiscovery: [{ connector: 'intune', holder: 'leaver' }] },
    'holder-not-in-two-sources',
  ],
  [
    'one source named the leaver twice',
    {
      holdersAtDiscovery: [
        { connector: 'intune', holder: 'leaver' },
        { connector: 'intune', holder: 'leaver' },
      ],
    },
    'holder-not-in-two-sources',
  ],
  [
    'no source names the leaver now',
    { holdersNow: [{ connector: 'intune', holder: 'nobody' }] },
    'holder-now-unnamed',
  ],
  ['no source was read now', { holdersNow: [] }, 'holder-now-unnamed'],
  [
    'only a source that did not name the leaver then does now',
    { holdersNow: [{ connector: 'snipeit', holder: 'leaver' }] },
    'holder-now-unnamed',
  ],
  [
    'a source names somebody else now',
    { holdersNow: [...ALLOWED.holdersNow, { connector: 'books', holder: 'other' }] },
    'holder-now-other',
  ],
  ['the person is still there', { person: 'present' }, 'person-not-gone'],
  ['the person could not be read', { person: 'unreadable' }, 'person-unreadable'],
  ['somebody else has used it', { recentUse: 'by-other' }, 'recent-use-by-other'],
  ['there is a hold', { holds: 'held' }, 'on-hold'],
  ['holds could not be read', { holds: 'unreadable' }, 'holds-unreadable'],
  ['the limit is used up', { limitLeft: false }, 'limit-reached'],
];

describe('guard', () => {
  test('lets a wipe through when every condition holds', () => {
    expect(guard(ALLOWED)).toEqual([]);
    expect(guard({ ...ALLOWED, recentUse: 'unknown' })).toEqual([]);
    const byPeople = { ...approval, byPeople: true };
    expect(guard({ ...ALLOWED, connectorMode: 'recommend', approval: byPeople })).toEqual([]);
  });

  test.each(BAD)('refuses when %s', (_what, change, code) => {
    expect(guard({ ...ALLOWED, ...change })).toEqual([code]);
  });

  test('every refusal that there is can be produced, and has a text', () => {
    const produced = new Set(BAD.map(([, , code]) => code));
    expect([...produced].toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
  });

  test('names every reason at once: no bad value hides another', () => {
    const byInput = new Map<string, (typeof BAD)[number][]>();
    // A record that is not there says nothing more about itself.
    for (const bad of BAD.filter(([, , code]) => code !== 'device-not-found')) {
      const input = Object.keys(bad[1]).toSorted().join();
      byInput.set(input, [...(byInput.get(input) ?? []), bad]);
    }
    const choices = [...byInput.values()].map((group) => fc.option(fc.constantFrom(...group), { nil: null }));
    fc.assert(
      fc.property(fc.tuple(...choices), (picked) => {
        const chosen = picked.filter((one) => one !== null);
        const input = chosen.reduce<GuardInput>((sum, [, change]) => ({ ...sum, ...change }), ALLOWED);
        const inputs = chosen.flatMap(([, change]) => Object.keys(change));
        fc.pre(new Set(inputs).size === inputs.length);
        const expected = new Set(chosen.map(([, , code]) => code));
        const refused = guard(input);
        for (const code of expected) expect(refused).toContain(code);
        expect(refused.length === 0).toBe(expected.size === 0);
      }),
    );
  });

  test('allows only where every condition holds, whatever the input', () => {
    const holder = fc.record({
      connector: fc.constantFrom('entra', 'intune', 'snipeit'),
      holder: fc.constantFrom('leaver' as const, 'other' as const, 'nobody' as const),
    });
    const mostly = <T>(good: T, ...bad: readonly T[]): fc.Arbitrary<T> =>
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(good) },
        { weight: 1, arbitrary: fc.constantFrom(good, ...bad) },
      );
    const input: fc.Arbitrary<GuardInput> = fc.record({
      killSwitch: mostly(false, true),
      connectorMode: mostly<GuardInput['connectorMode']>('enforce', 'observe', 'recommend'),
      caseOpen: mostly(true, false),
      custodyOpen: mostly(true, false),
      expected: fc.constant(ALLOWED.expected),
      approval: mostly<GuardInput['approval']>(
        approval,
        null,
        { ...approval, expiresAt: T0 },
        { ...approval, actionHash: 'x' },
      ),
      live: mostly<GuardInput['live']>(
        live,
        null,
        { ...live, mdmId: 'x' },
        { ...live, serial: 'PF2ABC09' },
        { ...live, ownership: 'leased' },
      ),
      ownership: mostly<GuardInput['ownership']>('corporate', 'personal', 'unknown'),
      holdersAtDiscovery: fc.oneof(
        fc.constant(ALLOWED.holdersAtDiscovery),
        fc.array(holder, { maxLength: 4 }),
      ),
      holdersNow: fc.oneof(fc.constant(ALLOWED.holdersNow), fc.array(holder, { maxLength: 4 })),
      person: mostly<GuardInput['person']>('gone', 'present', 'unreadable'),
      recentUse: mostly<GuardInput['recentUse']>('none', 'unknown', 'by-other'),
      holds: mostly<GuardInput['holds']>('none', 'held', 'unreadable'),
      limitLeft: mostly(true, false),
      parameters: mostly(ALLOWED.parameters, { keepUserData: true, keepEnrollmentData: false }),
      canWipe: mostly(true, false),
      mismatch: fc.constant(null),
      route: fc.constant('dispose' as const),
      now: fc.constant(T0),
    });
    fc.assert(
      fc.property(input, (given) => {
        const then = new Set(
          given.holdersAtDiscovery.filter((one) => one.holder === 'leaver').map((one) => one.connector),
        );
        const holds =
          !given.killSwitch &&
          given.connectorMode === 'enforce' &&
          given.caseOpen &&
          given.custodyOpen &&
          given.approval === approval &&
          given.parameters === ALLOWED.parameters &&
          given.canWipe &&
          given.live === live &&
          given.ownership === 'corporate' &&
          then.size >= 2 &&
          given.holdersNow.some((one) => one.holder === 'leaver' && then.has(one.connector)) &&
          given.holdersNow.every((one) => one.holder !== 'other') &&
          given.person === 'gone' &&
          given.recentUse !== 'by-other' &&
          given.holds === 'none' &&
          given.limitLeft;
        expect(guard(given).length === 0).toBe(holds);
      }),
      { numRuns: 1_000 },
    );
  });
});
