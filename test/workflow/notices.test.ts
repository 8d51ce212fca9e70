import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { resendNotification } from '../../src/store/notifications.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { runWorker } from '../../src/worker/main.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';
import { eventually } from '../support/engine/eventually.ts';
import { scanReturn } from '../support/engine/evidence.ts';
import { custodyWhere, factsOf, openCaseOf, seed, wiped } from '../support/engine/leavers.ts';
import { bring, IMPATIENT, mailFault, mails, notices, posts } from '../support/engine/notices.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine, EngineOptions } from '../support/engine/start-engine.ts';

describeLocalTemporal('messages to people', () => {
  let temporal: TestWorkflowEnvironment;
  beforeAll(async () => {
    temporal = await localTemporal();
  });
  afterAll(async () => temporal?.teardown());

  /** An engine of its own for each test, one after the other on one server. */
  async function during(options: EngineOptions, play: (engine: Engine) => Promise<void>): Promise<void> {
    const engine = await startEngine({ policy: IMPATIENT, notices: {}, ...options, temporal });
    try {
      await play(engine);
    } finally {
      await engine.stop();
    }
  }

  /** A leaver with a laptop and a manager; the leaver's mailbox is their own. */
  async function leaves(engine: Engine, key = 'ada', more: object = {}): Promise<string> {
    await seed(engine, [{ key }]);
    const { caseId } = await openCaseOf(engine, key);
    await bring(engine, [
      { key: 'maya', workEmail: 'maya@work.example', displayName: 'Maya Boss' },
      { key, privateEmail: `${key}@home.example`, managerEmployeeNumber: 'E-maya', ...more },
    ]);
    return caseId;
  }

  const settled = (engine: Engine, caseId: string, count: number) =>
    eventually(`${count} messages to be settled`, async () => {
      const rows = await notices(engine, caseId);
      const open = rows.filter((row) => row.state === 'queued' || row.state === 'sending');
      return rows.length >= count && open.length === 0 && rows;
    });

  it('a late return is chased by mail, then escalated rung by rung, each once', async () => {
    await during(
      { notices: { notify: { countries: { US: { language: 'de', notice: { de: 'Nach § 1.' } } } } } },
      async (engine) => {
        const caseId = await leaves(engine, 'ada', { timeZone: 'Europe/Berlin' });
        const rows = await settled(engine, caseId, 5);
        expect(
          rows.map((row) => [row.kind, row.role, row.state].join(' ')).toSorted((a, b) => a.localeCompare(b)),
        ).toEqual([
          'gate-overdue asset-manager sent',
          'gate-overdue manager sent',
          'gate-overdue security sent',
          'return-chaser leaver sent',
          'return-chaser leaver sent',
        ]);
        const [first, second, ...rest] = await mails(engine, 'ada@home.example');
        expect(rest).toEqual([]);
        expect(first).toMatchObject({
          subject: expect.stringContaining('ThinkPad X1'),
          messageId: expect.stringMatching(/^<ntf_\w+@it\.example>$/u),
        });
        expect(first?.text).toContain('Guten Tag Seraphina,');
        expect(first?.text).toContain('Nach § 1.');
        expect(first?.text).not.toMatch(/Quillfeather|PF0ADALAPTOP/u);
        expect(second?.messageId).not.toBe(first?.messageId);
        expect(await mails(engine, 'maya@work.example')).toHaveLength(1);
        expect(await mails(engine, 'assets@it.example')).toHaveLength(1);
        expect(await posts(engine, 'teams')).toMatchObject([{ channel: 'security' }]);

        const facts = await factsOf(engine);
        const sent = facts.filter((fact) => fact.type === 'notice.sent');
        expect(sent).toHaveLength(5);
        expect(sent.every((fact) => fact.stream.startsWith('device:'))).toBe(true);
        expect(JSON.stringify(facts)).not.toMatch(/@|Seraphina|Maya/u);
        expect(rows.every((row) => /^[0-9a-f]{64}$/u.test(row.text_digest ?? ''))).toBe(true);
        expect(JSON.stringify(rows)).not.toMatch(/@|Seraphina|Maya/u);
      },
    );
  });

  it('without a private address the leaver is not written to, and the manager hears of each chaser', async () => {
    await during({ policy: { ...IMPATIENT, escalation: { return: [] } } }, async (engine) => {
      const caseId = await leaves(engine, 'ada', { privateEmail: null });
      const rows = await settled(engine, caseId, 4);
      expect(
        rows.map((row) => `${row.role} ${row.state} ${row.why}`).toSorted((a, b) => a.localeCompare(b)),
      ).toEqual([
        'leaver suppressed no-private-address',
        'leaver suppressed no-private-address',
        'manager sent null',
        'manager sent null',
      ]);
      expect((await mails(engine)).flatMap(({ to }) => to)).toEqual([
        'maya@work.example',
        'maya@work.example',
      ]);
    });
  });

  it('after a death in service nobody writes to the person, and the manager learns no name', async () => {
    await during({ policy: { ...IMPATIENT, escalation: { return: [] } } }, async (engine) => {
      const caseId = await leaves(engine, 'ada', { noContact: true });
      await settled(engine, caseId, 4);
      expect(await mails(engine, 'ada@home.example')).toEqual([]);
      const [mail] = await mails(engine, 'maya@work.example');
      expect(mail?.text).not.toContain('Seraphina');
    });
  });

  it.each(['observe', 'recommend'] as const)(
    'in %s nobody is told, by the sandbox’s own count',
    async (mode) => {
      await during({ notices: { mode } }, async (engine) => {
        const caseId = await leaves(engine);
        const rows = await settled(engine, caseId, 5);
        expect(new Set(rows.map((row) => `${row.state} ${row.why}`))).toEqual(
          new Set([`suppressed mode-${mode}`]),
        );
        const { effects } = await engine.control.get<{ effects: { kind: string }[] }>('/effects');
        expect(effects.filter(({ kind }) => kind === 'mail' || kind === 'chat.message')).toEqual([]);
        expect(await factsOf(engine)).not.toContainEqual(expect.objectContaining({ type: 'notice.sent' }));
      });
    },
  );

  it('a notifier that is down delays nothing else, and is caught up with when it is back', async () => {
    await during({}, async (engine) => {
      await mailFault(engine, { at: 'connect', reply: 421 });
      const caseId = await leaves(engine);
      // The wipe goes on, and other notifiers do too.
      await wiped(engine, caseId);
      await eventually('the message in Teams', async () => (await posts(engine, 'teams')).length === 1);
      const waiting = await eventually('tries of the mail', async () => {
        const rows = await notices(engine, caseId);
        return rows.filter((row) => row.connector === 'mail').some((row) => row.tries > 0) && rows;
      });
      expect(waiting.filter((row) => row.connector === 'mail' && row.state === 'sent')).toEqual([]);
      expect(await mails(engine)).toEqual([]);
      await engine.control.delete('/instances/mail/faults');
      await settled(engine, caseId, 5);
      expect(await mails(engine)).toHaveLength(4);
    });
  });

  it('a message that waited until the device was back is not sent any more', async () => {
    await during({}, async (engine) => {
      await mailFault(engine, { at: 'connect', reply: 421 });
      const caseId = await leaves(engine);
      await eventually('four mails to wait', async () => (await notices(engine, caseId)).length === 5);
      const custody = await custodyWhere(engine, caseId, 'a custody', () => true);
      await scanReturn(engine, custody);
      // While nothing can be sent: one that was claimed before the scan must not slip out.
      const rows = await settled(engine, caseId, 5);
      await engine.control.delete('/instances/mail/faults');
      expect(rows.filter((row) => row.connector === 'mail').map((row) => row.why)).toEqual(
        Array.from({ length: 4 }, () => 'no-longer-needed'),
      );
      expect(await mails(engine)).toEqual([]);
    });
  });

  it('a lost answer is shown as unknown and never sent again by itself; by a decision it is, once', async () => {
    await during(
      { policy: { ...IMPATIENT, return: { due: '1s', chases: 1 }, escalation: { return: [] } } },
      async (engine) => {
        await mailFault(engine, { at: 'text', instead: 'drop', times: 1 });
        const caseId = await leaves(engine);
        const [lost] = await settled(engine, caseId, 1);
        expect(lost).toMatchObject({ state: 'unknown', why: 'outcome-unknown' });
        expect(await mails(engine)).toHaveLength(1);
        const ordered = await inTransaction(engine.db, (tx) =>
          resendNotification(tx, lost?.id ?? '', 'token:desk', new Date()),
        );
        expect(ordered?.kind).toBe('ordered');
        const rows = await settled(engine, caseId, 2);
        expect(rows.map((row) => row.state)).toEqual(['unknown', 'sent']);
        expect(await mails(engine)).toHaveLength(2);
        const types = (await factsOf(engine))
          .map(({ type }) => type)
          .filter((type) => type.startsWith('notice.'));
        expect(types).toEqual(['notice.failed', 'notice.resend-ordered', 'notice.sent']);
      },
    );
  });

  it('a refused address fails, is not tried again, and keeps nobody else from hearing', async () => {
    await during({}, async (engine) => {
      await mailFault(engine, { at: 'rcpt', reply: 550, times: 1 });
      const caseId = await leaves(engine);
      const rows = await settled(engine, caseId, 5);
      expect(rows.filter((row) => row.state === 'failed')).toMatchObject([{ why: 'refused', tries: 1 }]);
      expect(rows.filter((row) => row.state === 'sent')).toHaveLength(4);
    });
  });

  it('a notifier that does not come back is given up, and that is shown', async () => {
    await during({ notices: { notify: { giveUpAfter: '2s' } } }, async (engine) => {
      await mailFault(engine, { at: 'connect', reply: 421 });
      const caseId = await leaves(engine);
      const rows = await settled(engine, caseId, 5);
      expect(rows.filter((row) => row.connector === 'mail').map((row) => [row.state, row.why])).toEqual(
        Array.from({ length: 4 }, () => ['failed', 'retryable']),
      );
    });
  });

  it('a throttled chat is asked again after the delay that it named, and counts each message once', async () => {
    const policy = {
      ...IMPATIENT,
      return: { due: '1s', chases: 0 },
      escalation: { return: [{ after: '0s', to: 'security' }] },
    };
    await during({ policy }, async (engine) => {
      await engine.control.post('/faults', {
        instance: 'teams',
        fault: { type: 'rate-limit', retryAfterSeconds: 2 },
        times: 2,
      });
      const caseId = await leaves(engine);
      const [row] = await settled(engine, caseId, 1);
      expect(row).toMatchObject({ state: 'sent', tries: 3 });
      // Twice two seconds, by the messages' own times.
      const took = Date.parse(row?.send_started_at ?? '') - Date.parse(row?.created_at ?? '');
      expect(took).toBeGreaterThanOrEqual(4_000);
      expect(await posts(engine, 'teams')).toHaveLength(1);
    });
  });

  describe('two workers', () => {
    it('tell everybody once', async () => {
      await during({}, async (engine) => {
        const deps = { databaseUrl: engine.databaseUrl, temporalAddress: engine.temporalAddress, env: {} };
        const second = await runWorker(engine.config, deps);
        try {
          const keys = ['ada', 'bo', 'cleo', 'dan'];
          const cases = [];
          for (const key of keys) cases.push(await leaves(engine, key));
          for (const caseId of cases) await settled(engine, caseId, 5);
          for (const key of keys) expect(await mails(engine, `${key}@home.example`)).toHaveLength(2);
          expect(await mails(engine)).toHaveLength(16);
          expect(await posts(engine, 'teams')).toHaveLength(4);
        } finally {
          await second.stop();
        }
      });
    });
  });
});
