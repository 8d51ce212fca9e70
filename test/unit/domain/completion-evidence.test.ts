/** Completion against an oracle of its own: the rules and a plain search of the raw facts must agree on what is missing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/domain/case-state.ts';
import { foldCustody } from '../../../src/domain/custody-state.ts';
import type { FactType } from '../../../src/domain/fact-types.ts';
import type { AnyFact } from '../../../src/domain/fact.ts';
import type { Platform } from '../../../src/domain/platform.ts';
import { caseSteps, isStuck } from '../../../src/domain/rules/case.ts';
import { custodyGates } from '../../../src/domain/rules/custody.ts';
import { certified, contextAt, DAY, DEVICE_ID, HOUR, iso, T0 } from './support/history.ts';
import {
  accessRead,
  booksRead,
  CASE_PATH,
  devicePath,
  exception,
  IRRELEVANT,
  judge,
  missing,
  seen,
  world,
  written,
} from './support/world.ts';
import type { Happening } from './support/world.ts';

const SPOILERS: readonly (readonly [string, Platform, readonly Happening[], readonly Happening[]])[] = [
  ['a read-back that shows the account open again', 'windows', [accessRead('open')], []],
  ['an exception of the case that blocks', 'windows', [exception('case-exception', null)], []],
  ['an exception of the device that blocks', 'windows', [], [exception('device-exception', null)]],
  ['an exception of a gate that is through', 'windows', [], [exception('wipe-doubted', 'wipe')]],
  ['a read-back of the books that differs', 'windows', [], [booksRead(false)]],
  ['a later word that the wipe failed', 'windows', [], [seen({ state: 'failed' })]],
  [
    'life of an Apple device after its erasure',
    'macos',
    [],
    [seen({ updatedAt: iso(T0), lastSeenAt: iso(T0 + 60 * DAY) })],
  ],
];

describe('completion', () => {
  test('never says complete while one proof is missing', () => {
    let complete = 0;
    fc.assert(
      fc.property(world, (given) => {
        const result = judge(given);
        complete += result.complete ? 1 : 0;
        expect(result.complete ? missing(given) : []).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
    // Else this test would show nothing.
    expect(complete).toBeGreaterThan(20);
  });

  test.each<Platform>(['windows', 'android', 'macos', 'ios'])(
    'the whole path on %s is complete, and each part of it is needed',
    (platform) => {
      const path = devicePath(platform);
      const apple = platform === 'macos' || platform === 'ios';
      const now = T0 + 100 * DAY;
      const judged = (ofCase: readonly Happening[], ofDevice: readonly Happening[]) =>
        judge({
          platform,
          caseFacts: written('case:case_one', ofCase),
          deviceFacts: written(`device:${DEVICE_ID}`, ofDevice),
          now,
        }).complete;
      expect(judged(CASE_PATH, path)).toBe(true);
      const spare = new Set<FactType>(['wipe.answered', ...(apple ? [] : (['wipe.silence'] as const))]);
      for (const [index, [type]] of path.entries()) {
        const without = path.filter((_, place) => place !== index);
        expect([type, judged(CASE_PATH, without)]).toEqual([type, spare.has(type)]);
      }
      for (const [index, [type]] of CASE_PATH.entries()) {
        if (type === 'case.opened' || type === 'access.cut' || type === 'source.answered') continue;
        const without = CASE_PATH.filter((_, place) => place !== index);
        expect([type, judged(without, path)]).toEqual([type, false]);
      }
    },
  );

  test.each(SPOILERS)('what is complete is so no more after %s', (_what, platform, ofCase, ofDevice) => {
    const now = T0 + 100 * DAY;
    const judged = (more: readonly Happening[], also: readonly Happening[]) =>
      judge({
        platform,
        caseFacts: written('case:case_one', [...CASE_PATH, ...more]),
        deviceFacts: written(`device:${DEVICE_ID}`, [...devicePath(platform), ...also]),
        now,
      }).complete;
    expect([judged([], []), judged(ofCase, ofDevice)]).toEqual([true, false]);
  });

  test.each([
    certified({ level: 'clear' }),
    certified({ outcome: 'not-erased' }),
    certified({ outcome: 'erased-with-exceptions' }),
    certified({ status: 'draft' }),
    certified({ status: 'expired' }),
    certified({ epoch: 2 }),
  ])('a certificate that is $level, $outcome, $status, of epoch $epoch stands for nothing', (data) => {
    const path = devicePath('windows').map((one): Happening =>
      one[0] === 'handoff.certified' ? ['handoff.certified', () => data] : one,
    );
    const facts = {
      caseFacts: written('case:case_one', CASE_PATH),
      deviceFacts: written(`device:${DEVICE_ID}`, path),
    };
    expect(judge({ platform: 'windows', ...facts, now: T0 + 100 * DAY }).complete).toBe(false);
  });

  test('on an unknown platform the whole path is never complete', () => {
    const given = {
      platform: 'unknown',
      caseFacts: written('case:case_one', CASE_PATH),
      deviceFacts: written(`device:${DEVICE_ID}`, devicePath('unknown')),
      now: T0 + 400 * DAY,
    } as const;
    expect(judge(given).complete).toBe(false);
  });

  test('is not concluded for a source that has not answered: its silence never counts as empty', () => {
    const sources = CASE_PATH.flatMap((one, index) => (one[0] === 'source.answered' ? [index] : []));
    for (const gone of sources) {
      const facts = written(
        'case:case_one',
        CASE_PATH.filter((one, index) => index !== gone && one[0] !== 'discovery.concluded'),
      );
      const state = foldCase(facts, 1);
      if (state === null) throw new Error('no case');
      expect(caseSteps(state, [], contextAt(T0 + HOUR)).discovery).toMatchObject({
        do: 'act',
        acts: [{ act: 'ask-source' }],
      });
    }
  });

  test('what is complete stays so, whatever irrelevant happens and however much time goes by', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Platform>('windows', 'macos'),
        fc.array(fc.constantFrom(...IRRELEVANT), { maxLength: 8 }),
        fc.nat(3_000),
        (platform, more, days) => {
          const deviceFacts = written(`device:${DEVICE_ID}`, [...devicePath(platform), ...more]);
          const caseFacts = written('case:case_one', CASE_PATH);
          expect(judge({ platform, caseFacts, deviceFacts, now: T0 + 30 * DAY + days * DAY })).toEqual({
            complete: true,
            outcome: 'completed',
            blockedBy: [],
          });
        },
      ),
    );
  });

  test('what is not complete names what blocks, whose move it is, since when, and by when', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { complete, blockedBy } = judge(given);
        const faults = complete || blockedBy.length > 0 ? [] : ['nothing is named'];
        for (const block of blockedBy) {
          if (block.owner === '' || block.code === '') faults.push('nobody is named');
          if (Number.isNaN(Date.parse(block.since))) faults.push(`${block.code} has no beginning`);
          if (!block.parked && block.dueAt === null && block.escalatesAt === null)
            faults.push(`${block.code} has no deadline`);
          if (block.parked && isStuck([block], given.now)) faults.push(`${block.code} is parked and stuck`);
          if (block.parked && (block.dueAt === null || Date.parse(block.dueAt) <= given.now))
            faults.push(`${block.code} is parked for ever`);
        }
        expect(faults).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });

  test('no gate is through before those that it comes after', () => {
    fc.assert(
      fc.property(world, ({ deviceFacts, now }) => {
        const custody = foldCustody(deviceFacts, 1);
        if (custody === null) throw new Error('no custody');
        const gates = custodyGates(custody, contextAt(now));
        const through = (gate: keyof typeof gates) =>
          ['satisfied', 'not-applicable'].includes(gates[gate].status.state);
        const early = [
          through('wipe') && !through('data-handover'),
          through('itad-handoff') && !(through('wipe') && through('return')),
          through('inventory-closure') && !through('itad-handoff'),
        ];
        expect(early).toEqual([false, false, false]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('an epoch and a generation read only their own facts', () => {
    fc.assert(
      fc.property(world, ({ deviceFacts, caseFacts }) => {
        const own = <T extends AnyFact>(facts: readonly T[], field: 'epoch' | 'generation') =>
          facts.filter(
            ({ data }) => !(field in data) || (data as Partial<Record<typeof field, number>>)[field] === 1,
          );
        expect(foldCustody(own(deviceFacts, 'epoch'), 1)).toEqual(foldCustody(deviceFacts, 1));
        expect(foldCase(own(caseFacts, 'generation'), 1)).toEqual(foldCase(caseFacts, 1));
        expect(foldCustody(deviceFacts, 7)).toBeNull();
        expect(foldCase(caseFacts, 7)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});
