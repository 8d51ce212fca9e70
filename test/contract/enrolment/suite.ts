/** What every enrolment programme adapter must do, whatever the maker. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrolmentProgramme } from '../../../src/adapters/enrolment/port.ts';
import { deadUrl } from '../support/planted.ts';
import { company } from './harness.ts';
import type { EnrolmentHarness } from './harness.ts';

const MAC = 'C02ADA0001';
const PATIENCE = { timeout: 20_000, interval: 40 };

export function describeEnrolment(name: string, makeHarness: () => Promise<EnrolmentHarness>): void {
  describe(`enrolment programme: ${name}`, () => {
    let harness: EnrolmentHarness;
    let programme: EnrolmentProgramme;

    beforeEach(async () => {
      harness = await makeHarness();
      programme = harness.programme();
      await harness.seed(company());
    });
    afterEach(() => harness.stop());

    describe('reading', () => {
      it('tells a device of the organisation, in any spelling of its serial', async () => {
        for (const serial of [MAC, ' c02ada-0001 '])
          expect(await programme.readDevice(serial)).toEqual({
            serial: MAC,
            assigned: true,
            releasedAt: null,
          });
        expect(await programme.readRelease(MAC)).toBe('still-held');
        expect(await programme.readAssignment(MAC)).toBe('still-held');
      });

      it('says released of what it does not have', async () => {
        for (const serial of ['C02ELSE001', 'F17ADA0002', 'C02NOBODY1']) {
          expect(await programme.readDevice(serial)).toBeNull();
          expect(await programme.readRelease(serial)).toBe('released');
          expect(await programme.readAssignment(serial)).toBe('released');
        }
      });

      it.each(['', 'Default string'])('takes %j for no serial, and asks nobody', async (serial) => {
        const requests = await harness.sandbox.count({});
        expect(await programme.readRelease(serial)).toBe('unreadable');
        expect(await programme.readAssignment(serial)).toBe('unreadable');
        expect(await programme.readActivationLock(serial)).toEqual({ reading: 'unreadable', by: null });
        await expect(programme.release(serial)).rejects.toMatchObject({ vendorCode: 'NO_SERIAL' });
        await expect(programme.unassign(serial)).rejects.toMatchObject({ vendorCode: 'NO_SERIAL' });
        expect(await requests.hits()).toBe(0);
      });

      it('is never released because the programme does not answer', async () => {
        for (const status of [429, 500, 503]) {
          const fault = await harness.sandbox.plant(harness.requests.read, { type: 'status', status });
          await expect(programme.readRelease(MAC)).rejects.toMatchObject({ code: 'retryable', status });
          expect(await fault.hits()).toBe(1);
          await fault.remove();
        }
        await harness.sandbox.plant(harness.requests.read, { type: 'status', status: 403 });
        await expect(programme.readRelease(MAC)).rejects.toMatchObject({ code: 'refused' });
      });

      it('stops at an answer that it does not know', async () => {
        const answer = { type: 'status', status: 200, body: { unheard: 'of' } } as const;
        await harness.sandbox.plant(harness.requests.read, answer);
        await expect(programme.readRelease(MAC)).rejects.toMatchObject({ code: 'unexpected-answer' });
      });
    });

    describe('the Activation Lock', () => {
      it('is told by the maker, with who holds it', async () => {
        expect(await programme.readActivationLock(MAC)).toEqual({ reading: 'released', by: null });
        await harness.act('mac', 'lock');
        expect(await programme.readActivationLock(MAC)).toEqual({ reading: 'still-held', by: 'person' });
        await harness.act('mac', 'lock-by-manager');
        expect(await programme.readActivationLock(MAC)).toEqual({
          reading: 'still-held',
          by: 'device-manager',
        });
        await harness.act('mac', 'unlock');
        expect((await programme.readActivationLock(MAC)).reading).toBe('released');
      });

      it('cannot be read of a device that the organisation does not have', async () => {
        expect(await programme.readActivationLock('C02ELSE001')).toEqual({ reading: 'unreadable', by: null });
      });

      it('is not off because the maker failed to say', async () => {
        await harness.sandbox.plant(harness.requests.lock, { type: 'status', status: 500 });
        await expect(programme.readActivationLock(MAC)).rejects.toMatchObject({ code: 'retryable' });
      });
    });

    describe('taking a device from its device manager', () => {
      it('is one request, proven by reading; the device stays the organisation’s', async () => {
        const request = (await programme.unassign(MAC)) ?? '';
        await expect.poll(() => programme.readAssignment(MAC), PATIENCE).toBe('released');
        expect(await programme.readRelease(MAC)).toBe('still-held');
        expect(await programme.readRequest(request)).toBe('done');
        expect(await programme.unassign(MAC)).toBeNull();
        expect(await harness.sandbox.effects()).toMatchObject([
          { kind: harness.effects.unassign, target: MAC, key: 'mac' },
        ]);
      });

      it('asks for nothing where there is nothing to take', async () => {
        expect(await programme.unassign('C02ELSE001')).toBeNull();
        expect(await harness.sandbox.effects()).toEqual([]);
      });
    });

    describe('letting a device go', () => {
      /** What asking leads to, where it is offered and where it is not. */
      const outcomes = () =>
        programme.can.includes('release')
          ? { answer: 'accepted', reading: 'released', effects: [[harness.effects.release, MAC]] }
          : { answer: 'NOT_OFFERED', reading: 'still-held', effects: [] };

      it('is one request for that serial alone, or is refused before anything is sent', async () => {
        const { answer, reading, effects } = outcomes();
        const asked = programme.release(MAC).then(
          () => 'accepted',
          ({ vendorCode }: { vendorCode?: string }) => vendorCode,
        );
        expect(await asked).toBe(answer);
        await expect.poll(() => programme.readRelease(MAC), PATIENCE).toBe(reading);
        expect(await programme.readRelease('C02ADA00019')).toBe('still-held');
        expect((await harness.sandbox.effects()).map(({ kind, target }) => [kind, target])).toEqual(effects);
      });

      it('is also seen when a person did it in the maker’s console', async () => {
        await harness.act('mac', 'release');
        expect(await programme.readRelease(MAC)).toBe('released');
      });

      it('is undone when the device comes back', async () => {
        await harness.act('mac', 'release');
        await harness.act('mac', 'add');
        expect(await programme.readRelease(MAC)).toBe('still-held');
      });
    });

    describe('a request', () => {
      it.each([
        ['failed', 'failed'],
        ['never', 'under-way'],
      ] as const)('that ends as %s is %s, and nothing counts as let go', async (appleRequest, state) => {
        await harness.seed(company({ appleRequest }));
        const request = (await programme.unassign(MAC)) ?? '';
        await expect.poll(() => programme.readRequest(request), PATIENCE).toBe(state);
        expect(await programme.readAssignment(MAC)).toBe('still-held');
      });

      it('that the programme does not know (any more) is unreadable', async () => {
        expect(await programme.readRequest('no-such-request')).toBe('unreadable');
      });

      it.each([500, 503])('answered %i is one request with an unknown outcome', async (status) => {
        const fault = await harness.sandbox.plant(harness.requests.submit, { type: 'status', status });
        await expect(programme.unassign(MAC)).rejects.toMatchObject({ code: 'outcome-unknown', status });
        expect(await fault.hits()).toBe(1);
        expect(await harness.sandbox.effects()).toEqual([]);
      });

      it('whose answer was lost is found by reading, and asked again it does no harm', async () => {
        await harness.sandbox.plant(harness.requests.submit, { type: 'drop-after-effect' }, 1);
        await expect(programme.unassign(MAC)).rejects.toMatchObject({ code: 'outcome-unknown' });
        await expect.poll(() => programme.readAssignment(MAC), PATIENCE).toBe('released');
        expect(await programme.unassign(MAC)).toBeNull();
        expect(await harness.sandbox.effects()).toHaveLength(1);
      });

      it('that is throttled certainly did nothing, and has the delay of the vendor', async () => {
        await harness.sandbox.plant(harness.requests.submit, { type: 'rate-limit', retryAfterSeconds: 4 });
        await expect(programme.unassign(MAC)).rejects.toMatchObject({
          code: 'retryable',
          retryAfterMs: 4000,
        });
      });

      it('to nobody certainly did nothing', async () => {
        const nobody = harness.programme({ baseUrl: await deadUrl() });
        await expect(nobody.unassign(MAC)).rejects.toMatchObject({ code: 'retryable' });
      });
    });

    it('says nothing of a device or a secret in its errors', async () => {
      const body = { errors: [{ code: 'Boom', detail: `${MAC} of ada@example.com` }] };
      await harness.sandbox.plant(harness.requests.submit, { type: 'status', status: 400, body });
      const error: unknown = await programme.unassign(MAC).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'refused', vendorCode: 'Boom' });
      for (const word of [...harness.secrets, MAC, 'ada@'])
        expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(word);
    });

    it('finds no permission missing, and names what is refused', async () => {
      expect(await programme.probe()).toEqual({ missing: [] });
      await harness.sandbox.plant({ method: 'GET' }, { type: 'status', status: 403 });
      expect((await programme.probe()).missing).toHaveLength(1);
    });
  });
}
