import { describe, expect, it } from 'vitest';
import { AbmSettings } from '../../../src/adapters/enrolment/abm/index.ts';
import { CLIENT, keyPair, makeHarness, privateKey, publicKey } from './abm-harness.ts';
import type { AbmHarness } from './abm-harness.ts';
import { company } from './harness.ts';
import { describeEnrolment } from './suite.ts';

describeEnrolment('Apple Business', () => makeHarness());
describeEnrolment('Apple Business, where a released device is gone', () => makeHarness({ released: 'gone' }));
describeEnrolment('Apple School Manager', () => makeHarness({ programme: 'school' }));

describe('Apple alone', () => {
  async function using(run: (harness: AbmHarness) => Promise<void>, options?: object): Promise<void> {
    const harness = await makeHarness(options);
    try {
      await harness.seed(company());
      await run(harness);
    } finally {
      await harness.stop();
    }
  }

  it('says what each programme can do', async () => {
    await using(async ({ abm }) => {
      expect(abm().can).toEqual(['unassign', 'release']);
      expect(abm({ programme: 'school' }).can).toEqual(['unassign']);
    });
  });

  it('reads once more with a new token when the old one ended, and sends no change twice', async () => {
    await using(async ({ abm, sandbox, requests }) => {
      const apple = abm();
      expect(await apple.readRelease('C02ADA0001')).toBe('still-held');
      await sandbox.control.post('/instances/abm/tokens/expire');
      expect(await apple.readRelease('C02ADA0001')).toBe('still-held');
      const refused = await sandbox.plant(requests.submit, { type: 'status', status: 401 });
      await expect(apple.release('C02ADA0001')).rejects.toMatchObject({ code: 'refused', status: 401 });
      expect(await refused.hits()).toBe(1);
    });
  });

  it('asks for one token for many requests, each with an assertion of its own', async () => {
    await using(async ({ abm, sandbox }) => {
      const tokens = await sandbox.count({ method: 'POST', path: '/token$' });
      const apple = abm();
      await Promise.all(['A1B2C3', 'C02ADA0001', 'D4E5F6'].map((serial) => apple.readRelease(serial)));
      expect(await tokens.hits()).toBe(1);
      await abm().readRelease('C02ADA0001');
      expect(await tokens.hits()).toBe(2);
    });
  });

  it.each([
    ['another key', { privateKey: keyPair().privateKey }],
    ['another key id', { keyId: 'unknown' }],
    ['another audience', { audience: 'https://elsewhere.example.com/token' }],
    ['another client', { clientId: 'BUSINESSAPI.unknown' }],
  ])('is refused a token with %s', async (_what, over) => {
    await using(async ({ abm, secrets }) => {
      const error: unknown = await abm(over)
        .readRelease('C02ADA0001')
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'refused', vendorCode: 'invalid_client' });
      for (const secret of secrets) expect(JSON.stringify(error)).not.toContain(secret);
    });
  });

  it('takes no key but one on P-256, with line breaks as they are or written out', () => {
    const settings = (key: string) => AbmSettings.safeParse({ ...CLIENT, privateKey: key }).success;
    expect(settings(privateKey)).toBe(true);
    expect(settings(privateKey.replaceAll('\n', String.raw`\n`))).toBe(true);
    expect(settings(keyPair('P-384').privateKey)).toBe(false);
    expect(settings(publicKey)).toBe(false);
    expect(settings('secret')).toBe(false);
  });

  it('stops when another device is answered than the one asked for', async () => {
    await using(async ({ abm, sandbox, requests }) => {
      const body = { data: { type: 'orgDevices', id: 'OTHER00001', attributes: { status: 'UNASSIGNED' } } };
      await sandbox.plant(requests.read, { type: 'status', status: 200, body });
      await expect(abm().readRelease('C02ADA0001')).rejects.toMatchObject({ code: 'unexpected-answer' });
    });
  });

  it('cannot tell an assignment from a status that it does not know', async () => {
    await using(async ({ abm, sandbox, requests }) => {
      const body = { data: { type: 'orgDevices', id: 'C02ADA0001', attributes: { status: 'MIGRATING' } } };
      await sandbox.plant(requests.read, { type: 'status', status: 200, body });
      expect(await abm().readAssignment('C02ADA0001')).toBe('unreadable');
      expect(await abm().readRelease('C02ADA0001')).toBe('still-held');
    });
  });
});
