import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelCase } from '../../src/store/cases.ts';
import {
  account,
  begin,
  caseStates,
  hint,
  hrHint,
  intakeBench,
  openCodes,
  take,
} from '../support/engine/intake-bench.ts';
import type { IntakeBench } from '../support/engine/intake-bench.ts';

/** A moment of the test's month. */
const on = (day: number, time = '09:00') => `2026-03-${String(day).padStart(2, '0')}T${time}:00.000Z`;

describe('several sources about one leave', () => {
  let bench: IntakeBench;

  beforeEach(async () => {
    bench = await intakeBench();
    bench.okta.accounts.set('ada', account('ada'));
    bench.entra.accounts.set('ada', account('ada'));
    await take(bench, 'okta', hint('joiner', 'ada', on(1)));
    await take(bench, 'entra', hint('joiner', 'ada', on(1), { fromState: true }));
  });

  afterEach(async () => bench?.stop());

  const oktaState = (state: 'active' | 'suspended' | 'deactivated') =>
    bench.okta.accounts.set('ada', account('ada', { state }));
  const entraState = (state: 'active' | 'deactivated' | 'deleted', leaveAt: string | null = null) =>
    bench.entra.accounts.set('ada', account('ada', { state, leaveAt }));
  const entraLeave = (occurredAt: string, leaveAt: string) =>
    hint('leaver', 'ada', occurredAt, { effectiveAt: leaveAt, fromState: true });
  const cancelByHand = (at: string) =>
    bench.db.transaction().execute(async (tx) => {
      const { id } = await tx
        .selectFrom('cases')
        .select('id')
        .where('closed_at', 'is', null)
        .executeTakeFirstOrThrow();
      await cancelCase(tx, id, 'withdrawn', 'token:ann', new Date(at));
    });

  describe('coming back', () => {
    it('an account suspended and enabled again does not call off the leave that HR has scheduled', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(31)));
      expect(await take(bench, 'okta', hint('rehire', 'ada', on(20)))).toBe('not-concerned');
      expect(await caseStates(bench)).toEqual(['scheduled']);
      expect(await openCodes(bench)).toEqual([]);
    });

    it('an account enabled again after the leave of HR has begun is a question, once until it is decided', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(10)));
      await begin(bench, on(10));
      expect(await take(bench, 'okta', hint('rehire', 'ada', on(11)))).toBe('sources-disagree');
      expect(await take(bench, 'okta', hint('rehire', 'ada', on(12)))).toBe('sources-disagree');
      expect(await caseStates(bench)).toEqual(['open']);
      expect(await openCodes(bench)).toEqual(['sources-disagree']);
      await bench.db
        .updateTable('exceptions')
        .set({ resolved_at: on(13) })
        .execute();
      await take(bench, 'okta', hint('rehire', 'ada', on(14)));
      expect(await openCodes(bench)).toEqual(['sources-disagree']);
      const wakes = await bench.db.selectFrom('outbox').select('workflow_type').execute();
      expect(wakes.at(-1)?.workflow_type).toBe('offboardingCase');
    });

    it('an account that is merely still active is no question; enabled again after our cut it is', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(10)));
      const edited = () => hint('rehire', 'ada', on(11), { fromState: true });
      await begin(bench, on(10));
      expect(await take(bench, 'entra', edited())).toBe('not-concerned');
      await bench.db.updateTable('cases').set({ state: 'scheduled' }).execute();
      await begin(bench, on(10), 'entra');
      expect(await take(bench, 'entra', edited())).toBe('sources-disagree');
    });

    it('a provider calls off its own case, and HR anybody’s', async () => {
      oktaState('deactivated');
      await take(bench, 'okta', hint('leaver', 'ada', on(5)));
      oktaState('active');
      expect(await take(bench, 'okta', hint('rehire', 'ada', on(6)))).toBe('cancelled');
      oktaState('deactivated');
      await take(bench, 'okta', hint('leaver', 'ada', on(7)));
      expect(await take(bench, 'hr', hrHint('cancellation', 'ada', on(8), on(8)))).toBe('cancelled');
      expect(await caseStates(bench)).toEqual(['cancelled', 'cancelled']);
    });
  });

  describe('a leave that was called off', () => {
    it('does not come back by the echo of our own cut, and does by a later deactivation', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(10)));
      await begin(bench, on(10), 'okta');
      oktaState('deactivated');
      // HR said so before our cut, and was heard after it.
      await take(bench, 'hr', hrHint('cancellation', 'ada', on(10, '08:59'), on(10)), on(10, '09:05'));
      expect(await take(bench, 'okta', hint('leaver', 'ada', on(10, '09:01')), on(10, '09:06'))).toBe(
        'superseded',
      );
      expect(await caseStates(bench)).toEqual(['cancelled']);
      oktaState('active');
      await take(bench, 'okta', hint('rehire', 'ada', on(11)));
      oktaState('deactivated');
      expect(await take(bench, 'okta', hint('leaver', 'ada', on(12)))).toBe('opened');
    });

    it('comes back by HR’s own next word, though the withdrawal was heard after it was said', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(20)));
      await take(bench, 'hr', hrHint('cancellation', 'ada', on(3), on(3)), on(3, '10:00'));
      expect(await take(bench, 'hr', hrHint('leaver', 'ada', on(3, '09:30'), on(25)), on(3, '10:01'))).toBe(
        'opened',
      );
    });

    it('an account active elsewhere does not make an earlier leave old', async () => {
      await take(bench, 'entra', hint('rehire', 'ada', on(6), { fromState: true }));
      oktaState('deactivated');
      expect(await take(bench, 'okta', hint('leaver', 'ada', on(5)), on(7))).toBe('opened');
    });

    it('a leave date that stays at the provider opens nothing, round after round; another date does', async () => {
      entraState('active', on(20));
      expect(await take(bench, 'entra', entraLeave(on(2), on(20)))).toBe('opened');
      await cancelByHand(on(3));
      expect(await take(bench, 'entra', entraLeave(on(4), on(20)))).toBe('superseded');
      expect(await take(bench, 'entra', entraLeave(on(5), on(20)))).toBe('superseded');
      expect(await caseStates(bench)).toEqual(['cancelled']);
      entraState('active', on(25));
      expect(await take(bench, 'entra', entraLeave(on(6), on(25)))).toBe('opened');
    });

    it('a passed leave date on the account that we cut opens nothing, until it was enabled and disabled again', async () => {
      await take(bench, 'hr', hrHint('leaver', 'ada', on(2), on(10)));
      entraState('active', on(10));
      await take(bench, 'entra', entraLeave(on(3), on(10)));
      await begin(bench, on(10), 'entra');
      entraState('deactivated', on(10));
      await take(bench, 'hr', hrHint('cancellation', 'ada', on(11), on(11)));
      expect(await take(bench, 'entra', entraLeave(on(12), on(10)))).toBe('superseded');
      expect(await take(bench, 'entra', entraLeave(on(13), on(10)))).toBe('superseded');
      entraState('active', on(10));
      expect(await take(bench, 'entra', entraLeave(on(14), on(10)))).toBe('not-confirmed');
      entraState('deactivated', on(10));
      expect(await take(bench, 'entra', entraLeave(on(15), on(10)))).toBe('opened');
    });

    it('an account disabled for the first time after the withdrawal is news, with the old date too', async () => {
      entraState('active', on(10));
      await take(bench, 'entra', entraLeave(on(2), on(10)));
      await cancelByHand(on(3));
      entraState('deactivated', on(10));
      expect(await take(bench, 'entra', entraLeave(on(12), on(10)))).toBe('opened');
    });
  });

  describe('a second leave', () => {
    beforeEach(async () => {
      oktaState('deactivated');
      await take(bench, 'okta', hint('leaver', 'ada', on(2)));
      await bench.db
        .updateTable('cases')
        .set({ state: 'completed', closed_at: on(5) })
        .execute();
      await bench.db
        .updateTable('person_links')
        .set({ seen_at: on(2) })
        .execute();
    });

    it('is not the account deleted weeks later, nor the date that HR names late', async () => {
      bench.okta.accounts.delete('ada');
      expect(await take(bench, 'okta', hint('leaver', 'ada', on(25)))).toBe('already-offboarded');
      expect(await take(bench, 'hr', hrHint('leaver', 'ada', on(25), on(5)))).toBe('already-offboarded');
    });

    it('is a leave that takes effect well after the first was closed', async () => {
      expect(await take(bench, 'hr', hrHint('leaver', 'ada', on(8), on(20)))).toBe('opened');
    });

    it('is the leave of somebody whose account was seen active since, though nobody told of a return', async () => {
      await bench.db
        .updateTable('person_links')
        .set({ state: 'active', seen_at: on(5, '12:00') })
        .where('connector', '=', 'okta')
        .execute();
      expect(await take(bench, 'okta', hint('leaver', 'ada', on(5, '18:00')))).toBe('opened');
    });
  });
});
