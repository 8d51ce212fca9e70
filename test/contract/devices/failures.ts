/** The device manager suite's failures: what is one request, what may have happened, what certainly did not. */
import { describe, expect, it } from 'vitest';
import type { WipeTarget } from '../../../src/adapters/devices/port.ts';
import { deadUrl } from '../support/planted.ts';
import type { DeviceHarness } from './harness.ts';
import { PARAMETERS } from './fixtures.ts';

const COMMAND = '018f0000-0000-7000-8000-000000000002';

export function describeDeviceFailures(
  current: () => DeviceHarness,
  wipe: (mdmId: string) => Promise<WipeTarget>,
): void {
  describe('failures', () => {
    const send = async (mdmId?: string) =>
      current()
        .manager()
        .wipe(mdmId ?? (await current().idOf('laptop')), PARAMETERS, COMMAND);
    const wipes = () => current().sandbox.effects(current().wipeEffect);

    it.each([500, 502, 503, 504])(
      'a wipe answered %i is one request with an unknown outcome',
      async (status) => {
        const { sandbox, requests } = current();
        const fault = await sandbox.plant(requests.wipe, {
          type: 'status',
          status,
          headers: { 'retry-after': '0' },
        });
        await expect(send()).rejects.toMatchObject({ code: 'outcome-unknown', status });
        expect(await fault.hits()).toBe(1);
      },
    );

    it('a throttled wipe is one request, certainly did nothing, and has the delay of the vendor', async () => {
      const { sandbox, requests } = current();
      const fault = await sandbox.plant(requests.wipe, { type: 'rate-limit', retryAfterSeconds: 4 });
      await expect(send()).rejects.toMatchObject({ code: 'retryable', status: 429, retryAfterMs: 4000 });
      expect(await fault.hits()).toBe(1);
      expect(await wipes()).toEqual([]);
    });

    it('a lost answer is unknown; reading back finds the one wipe there was', async () => {
      const { sandbox, requests, idOf, manager } = current();
      const mdmId = await idOf('laptop');
      await sandbox.plant(requests.wipe, { type: 'drop-after-effect' });
      const sendStartedAt = new Date().toISOString();
      await expect(send(mdmId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await wipes()).toHaveLength(1);
      const target = { mdmId, sendStartedAt, priorWipeStartedAt: null };
      await expect
        .poll(async () => (await manager().readWipe(target))?.state, { timeout: 20_000 })
        .toBe('done');
    });

    it('a connection that ended before the vendor looked is unknown too; reading back finds none', async () => {
      const { sandbox, requests, idOf, manager } = current();
      const mdmId = await idOf('laptop');
      await sandbox.plant(requests.wipe, { type: 'drop-before-effect' });
      const sendStartedAt = new Date().toISOString();
      await expect(send(mdmId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await wipes()).toEqual([]);
      expect(await manager().readWipe({ mdmId, sendStartedAt, priorWipeStartedAt: null })).toBeNull();
    });

    it('an answer held back too long is unknown, after one wipe', async () => {
      const { sandbox, requests, idOf, manager } = current();
      const mdmId = await idOf('laptop');
      const impatient = manager({ timeoutMs: 2000 });
      await impatient.readDevice(mdmId);
      await sandbox.plant(requests.wipe, { type: 'hold-after-effect' });
      await expect(impatient.wipe(mdmId, PARAMETERS, COMMAND)).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
      expect(await wipes()).toHaveLength(1);
    });

    it('a caller that gives up leaves an unknown outcome', async () => {
      const { sandbox, requests, idOf, manager } = current();
      const mdmId = await idOf('laptop');
      const held = await sandbox.plant(requests.wipe, { type: 'hold-after-effect' });
      const giveUp = new AbortController();
      const outcome = expect(
        manager().wipe(mdmId, PARAMETERS, COMMAND, { signal: giveUp.signal }),
      ).rejects.toMatchObject({ code: 'outcome-unknown' });
      await expect.poll(() => held.held(), { timeout: 20_000 }).toBe(1);
      giveUp.abort();
      await outcome;
      await expect(
        manager().wipe(mdmId, PARAMETERS, COMMAND, { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: 'retryable' });
      expect(await wipes()).toHaveLength(1);
    });

    it('a success page of somebody else is no acceptance', async () => {
      const { sandbox, requests } = current();
      await sandbox.plant(requests.wipe, {
        type: 'status',
        status: 200,
        body: '<html>Sign in to the proxy</html>',
      });
      await expect(send()).rejects.toMatchObject({ code: 'outcome-unknown' });
    });

    it.each([400, 401, 403])('%i is a refusal, after one request and no wipe', async (status) => {
      const { sandbox, requests } = current();
      const fault = await sandbox.plant(requests.wipe, { type: 'status', status });
      await expect(send()).rejects.toMatchObject({ code: 'refused', status });
      expect(await fault.hits()).toBe(1);
      expect(await wipes()).toEqual([]);
    });

    it('a redirect of a wipe is not followed', async () => {
      const { sandbox, requests } = current();
      const other = await sandbox.count({ path: '/elsewhere' });
      const location = `${Object.values(sandbox.urls)[0]}/elsewhere`;
      await sandbox.plant(requests.wipe, { type: 'status', status: 307, headers: { location }, body: '' });
      await expect(send()).rejects.toMatchObject({ status: 307 });
      expect(await other.hits()).toBe(0);
    });

    it('a device that the vendor does not know is not found, and a conflict is told apart', async () => {
      const { sandbox, requests, unknownId } = current();
      await expect(send(unknownId)).rejects.toMatchObject({ code: 'not-found' });
      await sandbox.plant(requests.wipe, { type: 'status', status: 409 });
      await expect(send()).rejects.toMatchObject({ code: 'conflict' });
    });

    it('a vendor that is not there certainly did nothing', async () => {
      const nobody = current().manager({ baseUrl: await deadUrl() });
      await expect(nobody.wipe(current().unknownId, PARAMETERS, COMMAND)).rejects.toMatchObject({
        code: 'retryable',
      });
    });

    it.each([429, 500, 503])(
      'a read answered %i may be repeated, and was not repeated here',
      async (status) => {
        const { sandbox, requests, idOf, manager } = current();
        const id = await idOf('laptop');
        const fault = await sandbox.plant(requests.readDevice, {
          type: 'status',
          status,
          headers: { 'retry-after': '9' },
        });
        await expect(manager().readDevice(id)).rejects.toMatchObject({
          code: 'retryable',
          status,
          retryAfterMs: 9000,
        });
        expect(await fault.hits()).toBe(1);
      },
    );

    it('a listing that breaks off throws, and is never a shorter list', async () => {
      const { sandbox, requests, personId, manager } = current();
      await sandbox.plant(requests.listOfPerson, { type: 'status', status: 503 });
      await expect(manager().listDevicesOf(await personId('ada'))).rejects.toMatchObject({
        code: 'retryable',
      });
    });

    it.each([
      ['another shape', { unheard: 'of' }],
      ['text', '<html>maintenance</html>'],
      ['nothing', ''],
    ])('an answer outside the schema stops the step: %s', async (_what, body) => {
      const { sandbox, requests, idOf, personId, manager } = current();
      const [id, ada] = [await idOf('laptop'), await personId('ada')];
      const answer = {
        type: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body,
      } as const;
      for (const match of [requests.readDevice, requests.listDevices, requests.listOfPerson])
        await sandbox.plant(match, answer);
      await expect(manager().readDevice(id)).rejects.toMatchObject({ code: 'unexpected-answer' });
      await expect(
        manager().readWipe({ mdmId: id, sendStartedAt: new Date().toISOString(), priorWipeStartedAt: null }),
      ).rejects.toMatchObject({ code: 'unexpected-answer' });
      await expect(manager().listDevices(null)).rejects.toMatchObject({ code: 'unexpected-answer' });
      await expect(manager().listDevicesOf(ada)).rejects.toMatchObject({ code: 'unexpected-answer' });
    });

    it('says nothing of a person, a device or a secret in its errors', async () => {
      const { sandbox, requests, secrets, idOf } = current();
      const id = await idOf('laptop');
      for (const status of [400, 403, 500]) {
        const body = {
          error: { code: 'Boom', message: 'ada@example.com of C02ADA0001' },
          message: 'ada@example.com',
        };
        const fault = await sandbox.plant(requests.wipe, { type: 'status', status, body });
        const error: unknown = await send(id).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Error);
        for (const word of [...secrets, 'ada@', 'C02ADA', id])
          expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(word);
        await fault.remove();
      }
    });

    it('two approved wipes are two commands: the adapter merges none', async () => {
      const id = await current().idOf('laptop');
      await wipe(id);
      await wipe(id);
      expect(await wipes()).toHaveLength(2);
    });
  });
}
