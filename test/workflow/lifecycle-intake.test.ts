import { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { HookReader } from '../../src/adapters/webhook.ts';
import { drainInbox } from '../../src/activities/intake.ts';
import { pollIdentity } from '../../src/activities/poll.ts';
import { applyDeliveryDecision } from '../../src/store/held-hints.ts';
import { storeDelivery } from '../../src/store/inbox.ts';
import { overdueOthers } from '../../src/store/read/exceptions.ts';
import { account, caseStates, hint, intakeBench, openCodes, take } from '../support/engine/intake-bench.ts';
import type { IntakeBench } from '../support/engine/intake-bench.ts';

/** Bodies say in JSON what they mean. */
const reader: HookReader = (body) => JSON.parse(body.toString('utf8'));
const AT = '2026-03-02T09:00:00.000Z';
const broken = () => new ConnectorError('unexpected-answer', 'okta', 'read user');

describe('taking in what waits', () => {
  let bench: IntakeBench;
  let beats: number;

  beforeEach(async () => {
    bench = await intakeBench({ readers: { okta: reader, entra: reader } });
    beats = 0;
    for (const key of ['ada', 'bob']) bench.okta.accounts.set(key, account(key, { state: 'deactivated' }));
  });

  afterEach(async () => bench?.stop());

  const deliver = (content: object, connector = 'okta', id = String(Math.random())) =>
    storeDelivery(bench.db, connector, id, Buffer.from(JSON.stringify(content)));
  const leavers = (...keys: string[]) => ({
    kind: 'hints',
    hints: keys.map((key) => hint('leaver', key, AT)),
  });
  const drain = (connector = 'okta') => drainInbox(bench.context, { connector }, () => void (beats += 1));
  const rows = () =>
    bench.db.selectFrom('inbox').select(['id', 'state', 'attempts', 'reason']).orderBy('id').execute();
  const states = async () => (await rows()).map(({ state }) => state);
  /** Drains until nothing waits for its next try; the pauses between are over at once. */
  const drainOut = async () => {
    for (let time = 0; time < 20; time += 1) {
      await bench.db
        .updateTable('inbox')
        .set({ next_attempt_at: new Date(0) })
        .execute();
      try {
        return await drain();
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.type !== 'deferred') throw error;
      }
    }
    throw new Error('the inbox still waits');
  };
  const decide = async (outcome: string) => {
    const { id, stream, round } = await bench.db
      .selectFrom('exceptions')
      .select(['id', 'stream', 'round'])
      .where('resolved_at', 'is', null)
      .executeTakeFirstOrThrow();
    await bench.db
      .updateTable('exceptions')
      .set({ resolved_at: new Date(), outcome })
      .where('id', '=', id)
      .execute();
    await bench.db
      .transaction()
      .execute((tx) => applyDeliveryDecision(tx, stream.replace('connector:', ''), round, outcome));
  };

  it('goes on after a delivery that fails for its own reason, and after eight tries puts it aside with an exception', async () => {
    bench.okta.failures.set('ada', broken());
    await deliver(leavers('ada'));
    await deliver(leavers('bob'));
    await expect(drain()).rejects.toMatchObject({ type: 'deferred' });
    expect(await states()).toEqual(['new', 'done']);
    expect(await caseStates(bench)).toEqual(['scheduled']);
    await drainOut();
    expect(await rows()).toMatchObject([
      { state: 'quarantined', attempts: 7, reason: 'read user: unexpected-answer' },
      { state: 'done' },
    ]);
    expect(await openCodes(bench)).toEqual(['delivery-failed']);
    expect(bench.logged.filter(({ message }) => message.startsWith('delivery failed'))).toHaveLength(8);
    expect(JSON.stringify(bench.logged)).not.toContain('@example.com');
  });

  it('takes the other events of a delivery, and the failed one when it can be read again', async () => {
    bench.okta.failures.set('ada', broken());
    await deliver(leavers('ada', 'bob'));
    await expect(drain()).rejects.toMatchObject({ type: 'deferred' });
    expect(await caseStates(bench)).toEqual(['scheduled']);
    bench.okta.failures.clear();
    await drainOut();
    expect(await states()).toEqual(['done']);
    expect(await caseStates(bench)).toEqual(['scheduled', 'scheduled']);
  });

  it('is read again once its exception is decided, and is an exception again when it fails again', async () => {
    bench.okta.failures.set('ada', broken());
    await deliver(leavers('ada'));
    await drainOut();
    await decide('retry');
    await drainOut();
    expect(await openCodes(bench)).toEqual(['delivery-failed']);
    bench.okta.failures.clear();
    await decide('retry');
    await drainOut();
    expect(await states()).toEqual(['done']);
    expect(await openCodes(bench)).toEqual([]);
  });

  it.each([
    ['is away', new ConnectorError('retryable', 'okta', 'read user')],
    ['no longer takes our token', new ConnectorError('refused', 'okta', 'read user', { status: 401 })],
    ['gives us no right', new ConnectorError('refused', 'okta', 'read user', { status: 403 })],
  ])('waits with everything, and puts nothing aside, while the connector %s', async (_what, failure) => {
    bench.okta.failures.set('ada', failure);
    await deliver(leavers('ada'));
    await deliver(leavers('bob'));
    for (let time = 0; time < 10; time += 1)
      await expect(drain()).rejects.toMatchObject({ type: failure.code });
    expect(await rows()).toMatchObject([
      { state: 'new', attempts: 0 },
      { state: 'new', attempts: 0 },
    ]);
    bench.okta.failures.clear();
    await drain();
    expect(await states()).toEqual(['done', 'done']);
  });

  it('keeps a polled event that fails for its own reason, moves on, and takes it in later', async () => {
    bench.okta.failures.set('ada', broken());
    const { hints } = leavers('ada', 'bob');
    bench.okta.pages.push({ hints, cursor: 'after' });
    await pollIdentity(bench.context, { connector: 'okta' });
    const { cursor } = await bench.db
      .selectFrom('connector_state')
      .select('cursor')
      .executeTakeFirstOrThrow();
    expect(cursor).toBe('after');
    expect(await caseStates(bench)).toEqual(['scheduled']);
    const wakes = await bench.db.selectFrom('outbox').select('workflow_id').execute();
    expect(wakes.map((wake) => wake.workflow_id)).toContain('intake:okta');
    bench.okta.failures.clear();
    await drainOut();
    expect(await states()).toEqual(['done']);
    expect(await caseStates(bench)).toEqual(['scheduled', 'scheduled']);
  });

  it('does not move the cursor of a poll while the connector is away', async () => {
    bench.okta.failures.set('ada', new ConnectorError('retryable', 'okta', 'read user'));
    bench.okta.pages.push({ hints: leavers('ada').hints, cursor: 'after' });
    await expect(pollIdentity(bench.context, { connector: 'okta' })).rejects.toMatchObject({
      code: 'retryable',
    });
    expect(await bench.db.selectFrom('connector_state').selectAll().execute()).toEqual([]);
  });

  it('reports that it is alive while a nudge is polled, and polls once for the nudges of a batch', async () => {
    bench.okta.pages.push({ hints: leavers('ada', 'bob').hints, cursor: 'after' });
    await deliver({ kind: 'nudge' });
    await deliver({ kind: 'nudge' });
    await drain();
    // Two deliveries, two pages (the second empty), two events.
    expect(beats).toBe(6);
    expect(bench.okta.polls).toBe(2);
  });

  it('renews the push channel in mode enforce only', async () => {
    await deliver({ kind: 'reauthorize', subscriptionIds: ['s'] }, 'entra');
    await drain('entra');
    expect(bench.entra.subscribed).toBe(1);
    const observing = await intakeBench({ mode: 'observe', readers: { entra: reader } });
    try {
      await storeDelivery(
        observing.db,
        'entra',
        'r',
        Buffer.from('{"kind":"reauthorize","subscriptionIds":["s"]}'),
      );
      await drainInbox(observing.context, { connector: 'entra' });
      expect(observing.entra.subscribed).toBe(0);
    } finally {
      await observing.stop();
    }
  });

  describe('an account whose person cannot be told', () => {
    const ambiguous = async () => {
      await take(bench, 'okta', hint('joiner', 'ada', AT));
      // The next holder of the e-mail, with a number of their own.
      bench.okta.accounts.set('new', account('new', { workEmail: 'ada@example.com', state: 'deactivated' }));
      const leaving = hint('leaver', 'new', AT);
      expect(await take(bench, 'okta', leaving)).toBe('ambiguous');
      return leaving;
    };
    const mend = () => bench.okta.accounts.set('new', account('new', { state: 'deactivated' }));

    it('is shown when its date is past', async () => {
      await ambiguous();
      const later = new Date(Date.parse(AT) + 6 * 24 * 3_600_000);
      expect(await overdueOthers(bench.db, later)).toMatchObject([{ code: 'person-ambiguous' }]);
    });

    it('is a question for each event, and each is taken in once it is decided', async () => {
      await ambiguous();
      await take(bench, 'okta', hint('leaver', 'new', '2026-03-03T09:00:00.000Z'));
      expect(await openCodes(bench)).toEqual(['person-ambiguous', 'person-ambiguous']);
      mend();
      await decide('retry');
      await decide('retry');
      await drainOut();
      expect(await states()).toEqual(['done', 'done']);
      expect(await caseStates(bench)).toEqual(['scheduled']);
      const outcomes = await bench.db
        .selectFrom('lifecycle_events')
        .select(['outcome', 'person_id'])
        .where('kind', '=', 'leaver')
        .execute();
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).not.toContain('ambiguous');
      expect(outcomes.every((one) => one.person_id !== null)).toBe(true);
    });

    it('is a question again when it was decided and nothing was mended', async () => {
      await ambiguous();
      await decide('retry');
      await drainOut();
      expect(await openCodes(bench)).toEqual(['person-ambiguous']);
      expect(await states()).toEqual(['quarantined']);
    });

    it('is let go when it is dismissed', async () => {
      const leaving = await ambiguous();
      await decide('dismissed');
      mend();
      expect(await take(bench, 'okta', leaving)).toBe('dismissed');
      await drainOut();
      expect(await caseStates(bench)).toEqual([]);
      expect(await openCodes(bench)).toEqual([]);
    });
  });
});
