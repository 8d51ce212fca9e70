/** What every HR adapter must do, whatever the vendor. A new adapter brings a harness and calls `describeHrSystem`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { Receiver } from '../../../sandbox/core/testing.ts';
import type { HrSystem } from '../../../src/adapters/hr/port.ts';
import type { HookReader, HookVerifier } from '../../../src/adapters/webhook.ts';
import type { LifecycleKind } from '../../../src/domain/lifecycle.ts';
import { hookRequest, until } from '../support/hooks.ts';
import type { VendorSandbox } from '../support/sandbox.ts';

/** What happens to a person, in words that any HR system has. */
export interface Happening {
  readonly what: Extract<LifecycleKind, 'leaver' | 'cancellation' | 'joiner' | 'mover' | 'rehire'>;
  /** For leavers: a calendar date, a moment, or both. */
  readonly lastWorkingDay?: string;
  readonly leaveAt?: string;
  readonly deviceHints?: readonly string[];
  /** When it was entered, ISO 8601. */
  readonly at?: string;
}

export interface HrHarness {
  readonly sandbox: VendorSandbox;
  /** Pages of at most two employees, a time limit of about a second, a rate that never waits. */
  readonly hr: HrSystem;
  /** A read of one employee, as faults match it. */
  readonly readOne: { readonly method: string; readonly path: string };
  readonly receiver: Receiver;
  readonly hooks: {
    readonly verifier: HookVerifier;
    readonly verifierOfAnotherSecret: HookVerifier;
    readonly reader: HookReader;
  };
  happen(personKey: string, happening: Happening): Promise<void>;
}

const company = {
  people: [
    { key: 'maya', givenName: 'Maya', familyName: 'Boss', workEmail: 'maya@example.org', externalId: '0001' },
    {
      key: 'ada',
      givenName: 'Ada',
      familyName: 'Leaver',
      workEmail: 'ada@example.org',
      externalId: '0042',
      country: 'DE',
      timeZone: 'Europe/Berlin',
      managerKey: 'maya',
    },
    ...['x', 'y', 'z'].map((key, index) => ({
      key,
      givenName: key,
      familyName: 'Q',
      workEmail: `${key}@example.org`,
      externalId: `10${index}/${key}`,
    })),
  ],
} satisfies CompanyInput;

export function describeHrSystem(name: string, makeHarness: () => Promise<HrHarness>): void {
  describe(`HR contract: ${name}`, () => {
    let harness: HrHarness;
    let hr: HrSystem;
    let sandbox: VendorSandbox;

    beforeAll(async () => {
      harness = await makeHarness();
      ({ hr, sandbox } = harness);
    });
    afterAll(async () => {
      await sandbox.stop();
      await harness.receiver.stop();
    });
    beforeEach(async () => {
      await sandbox.reset();
      await sandbox.seed(company);
      harness.receiver.received.length = 0;
    });

    async function told(happening: Happening) {
      await harness.happen('ada', happening);
      return until(() => harness.receiver.received[0]);
    }

    async function hintOf(happening: Happening) {
      const content = harness.hooks.reader(Buffer.from((await told(happening)).body), 'delivery-1');
      if (content.kind !== 'hints') throw new Error(`not hints: ${JSON.stringify(content)}`);
      return content.hints;
    }

    describe('reads', () => {
      it('reads an employee in our words, leading zeros kept; null for somebody unknown', async () => {
        expect(await hr.readEmployee('0042')).toEqual({
          externalId: '0042',
          state: 'active',
          employeeNumber: '0042',
          workEmail: 'ada@example.org',
          login: null,
          displayName: 'Ada Leaver',
          country: 'DE',
          managerExternalId: '0001',
          leaveAt: null,
        });
        expect(await hr.readEmployee('9999')).toBeNull();
        expect(await hr.readEmployee('101/y')).toMatchObject({ externalId: '101/y' });
      });

      it('reads live: a leave entered since, ahead and passed', async () => {
        await harness.happen('ada', { what: 'leaver', lastWorkingDay: '2099-06-30' });
        expect(await hr.readEmployee('0042')).toMatchObject({
          state: 'active',
          leaveAt: '2099-06-30T21:59:59.999Z',
        });
        await harness.happen('ada', {
          what: 'leaver',
          lastWorkingDay: '2020-01-31',
          leaveAt: '2020-01-31T12:00:00Z',
        });
        expect(await hr.readEmployee('0042')).toMatchObject({
          state: 'deactivated',
          leaveAt: '2020-01-31T12:00:00.000Z',
        });
        await harness.happen('ada', { what: 'cancellation' });
        expect(await hr.readEmployee('0042')).toMatchObject({ state: 'active', leaveAt: null });
      });

      it('lists everybody, to the last page', async () => {
        const first = await hr.listEmployees(null);
        const people = [...first.items];
        for (let cursor = first.next; cursor !== null;) {
          const page = await hr.listEmployees(cursor);
          people.push(...page.items);
          cursor = page.next;
        }
        expect(people.map(({ externalId }) => externalId)).toEqual(
          company.people.map(({ externalId }) => externalId),
        );
      });

      it.each([
        [429, 'retryable'],
        [500, 'retryable'],
        [401, 'refused'],
      ])('maps %i to %s after one request, with the delay', async (status, code) => {
        const hits = await sandbox.fault({
          match: harness.readOne,
          fault: { type: 'status', status, headers: { 'retry-after': '4' } },
        });
        await expect(hr.readEmployee('0042')).rejects.toMatchObject({ code, status, retryAfterMs: 4000 });
        expect(await hits()).toBe(1);
      });

      it('does not take a missing page for a missing person, nor an unknown answer for anything', async () => {
        await sandbox.fault({
          match: harness.readOne,
          fault: { type: 'status', status: 404, body: 'no such route' },
          times: 1,
        });
        await expect(hr.readEmployee('0042')).rejects.toMatchObject({ code: 'not-found' });
        await sandbox.fault({
          match: harness.readOne,
          fault: { type: 'status', status: 200, body: { externalId: '0042' } },
          times: 1,
        });
        await expect(hr.readEmployee('0042')).rejects.toMatchObject({ code: 'unexpected-answer' });
      });

      it('does not take one person for another', async () => {
        const other = { externalId: '0043', timeZone: 'Etc/UTC', status: 'left' };
        await sandbox.fault({
          match: harness.readOne,
          fault: { type: 'status', status: 200, body: other },
          times: 1,
        });
        await expect(hr.readEmployee('0042')).rejects.toMatchObject({ code: 'unexpected-answer' });
      });

      it('tells that nothing is missing when the credential is good', async () => {
        expect(await hr.probe()).toEqual({ missing: [] });
      });
    });

    describe('webhooks', () => {
      const now = (): Date => new Date();

      it.each(['leaver', 'cancellation', 'joiner', 'mover', 'rehire'] as const)(
        'reads a %s',
        async (what) => {
          const leave = what === 'leaver' || what === 'cancellation' ? { lastWorkingDay: '2099-06-30' } : {};
          const [hint] = await hintOf({
            what,
            at: '2026-03-01T10:00:00+02:00',
            deviceHints: ['0012'],
            ...leave,
          });
          expect(hint).toEqual({
            eventId: 'delivery-1',
            kind: what,
            externalId: '0042',
            occurredAt: '2026-03-01T08:00:00.000Z',
            effectiveAt: what === 'leaver' ? '2099-06-30T21:59:59.999Z' : null,
            person: {
              employeeNumber: '0042',
              workEmail: 'ada@example.org',
              displayName: null,
              country: 'DE',
              managerExternalId: '0001',
              timeZone: 'Europe/Berlin',
            },
            deviceHints: ['0012'],
          });
        },
      );

      it('takes the moment where HR knows it, not the end of the day', async () => {
        const [hint] = await hintOf({
          what: 'leaver',
          lastWorkingDay: '2099-06-30',
          leaveAt: '2099-06-30T12:30:00+02:00',
        });
        expect(hint).toMatchObject({ effectiveAt: '2099-06-30T10:30:00.000Z' });
      });

      it('believes what was signed, under the same id however often it comes', async () => {
        const received = await told({ what: 'joiner' });
        const verdict = harness.hooks.verifier(hookRequest(received), now());
        expect(verdict).toMatchObject({ kind: 'accept', deliveryId: expect.stringMatching(/./u) });
      });

      it('believes nothing altered, unsigned, old, early, sent otherwise or signed with another secret', async () => {
        const request = hookRequest(await told({ what: 'leaver', lastWorkingDay: '2099-06-30' }));
        const { verifier, verifierOfAnotherSecret } = harness.hooks;
        const no = { kind: 'unauthenticated' };
        const sooner = Buffer.from(request.body.toString('utf8').replace('2099', '2026'));
        expect(verifier({ ...request, body: sooner }, now())).toEqual(no);
        expect(verifier({ ...request, headers: {} }, now())).toEqual(no);
        expect(verifier({ ...request, method: 'GET' }, now())).toEqual(no);
        expect(verifier(request, new Date(Date.now() + 6 * 60_000))).toEqual(no);
        expect(verifier(request, new Date(Date.now() - 6 * 60_000))).toEqual(no);
        expect(verifierOfAnotherSecret(request, now())).toEqual(no);
      });

      it('never throws for a body that makes no sense', () => {
        for (const body of ['', 'null', '[]', '{}', '{"type":7}', '\u0000']) {
          expect(harness.hooks.reader(Buffer.from(body), 'd')).toMatchObject({
            kind: 'unparseable',
            why: expect.any(String),
          });
        }
      });
    });
  });
}
