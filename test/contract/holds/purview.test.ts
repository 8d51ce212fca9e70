import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PurviewSettings } from '../../../src/adapters/holds/purview/index.ts';
import { TokenBucket } from '../../../src/adapters/clients/token-bucket.ts';
import { makePurviewHarness } from './purview-harness.ts';
import type { PurviewHarness } from './purview-harness.ts';
import { describeHolds } from './suite.ts';

describeHolds('Microsoft Purview eDiscovery', makePurviewHarness);

const ADA = 'ada@example.com';
const DEFAULTS = PurviewSettings.parse({
  tenantId: 't',
  clientId: 'c',
  clientSecret: 's',
  sentinelCaseId: 'x',
});

describe('Purview alone', () => {
  let harness: PurviewHarness;
  beforeEach(async () => {
    harness = await makePurviewHarness();
    await harness.open('smith');
  });
  afterEach(() => harness.stop());

  const holds = () => harness.purview().holdsOn({ addresses: [ADA] });
  const isHeld = async () => (await holds()).length > 0;

  describe('what is in force', () => {
    it('a custodian: whatever does not say that nothing is applied', async () => {
      const states: [string | null, boolean][] = [
        ['applied', true],
        ['applying', true],
        ['removing', true],
        ['partial', true],
        ['unknownFutureValue', true],
        [null, true],
        ['notApplied', false],
        ['NotApplied', false],
      ];
      // Of the custodian alone: a key with another address takes the policy's source away.
      for (const status of ['active', 'released']) {
        for (const [holdStatus, held] of states) {
          await harness.custodian('smith', { email: ADA, status, holdStatus });
          await harness.policy('smith', { key: ':custodians', isEnabled: false, status: 'success' });
          expect(await isHeld(), `${status} ${holdStatus}`).toBe(held);
        }
      }
    });

    it('a policy: whatever is not switched off for certain', async () => {
      const states: [boolean | null, string | null, string, boolean][] = [
        [true, 'success', 'applied', true],
        [true, 'success', 'notApplied', true],
        [true, 'pending', 'notApplied', true],
        [true, 'Error', 'notApplied', true],
        [null, 'success', 'notApplied', true],
        [false, 'pending', 'removing', true],
        [false, 'error', 'partial', true],
        [false, null, 'applied', true],
        [false, 'unheardOf', 'unheardOf', true],
        [false, 'pending', 'notApplied', false],
        [false, 'success', 'applied', false],
        [false, 'Success', 'notApplied', false],
      ];
      for (const [isEnabled, status, holdStatus, held] of states) {
        await harness.policy('smith', { isEnabled, status, sources: [{ email: ADA, holdStatus }] });
        expect(await isHeld(), JSON.stringify([isEnabled, status, holdStatus])).toBe(held);
      }
    });

    it('a case: whatever is not closed for certain', async () => {
      for (const status of [
        'active',
        'unknown',
        'closing',
        'closedWithError',
        'pendingDelete',
        'unheardOf',
      ]) {
        await harness.hold('smith', ADA);
        await harness.status('smith', status);
        expect(await isHeld(), status).toBe(true);
      }
      await harness.status('smith', 'closed');
      const within = await harness.sandbox.count({ path: '/(custodians|legalHolds)' });
      expect(await isHeld()).toBe(false);
      // Those of the sentinel case, which is open.
      expect(await within.hits()).toBe(2);
    });

    it('a hold that names nobody is nobody’s to wipe', async () => {
      await harness.custodian('smith', { key: 'nobody', email: null, holdStatus: 'applied' });
      const anybody = () => harness.purview().holdsOn({ addresses: ['someone@example.com'] });
      const error = { code: 'unexpected-answer', vendorCode: 'HOLD_WITHOUT_ADDRESS' };
      await expect(anybody()).rejects.toMatchObject(error);
      await harness.custodian('smith', { key: 'nobody', email: null, holdStatus: 'notApplied' });
      expect(await anybody()).toEqual([]);
      await harness.policy('smith', { sources: [{ key: 'nobody', email: null }] });
      await expect(anybody()).rejects.toMatchObject(error);
    });
  });

  it('tells of a custodian and of the policy that holds them apart, each by its path', async () => {
    await harness.hold('smith', ADA);
    expect((await holds()).map(({ externalId }) => externalId)).toEqual([
      expect.stringMatching(/^[\da-f-]{36}\/custodians\/[\da-f]{32}$/u),
      expect.stringMatching(/^[\da-f-]{36}\/legalHolds\/[\da-f-]{36}\/userSources\/[\da-f-]{36}$/u),
    ]);
  });

  it('writes the digest of an id that is none of Purview’s usual ones', async () => {
    const value = [{ id: 'ada@example.com', email: ADA, holdStatus: 'applied' }];
    await harness.sandbox.plant(harness.requests['custodians'] ?? {}, {
      type: 'status',
      status: 200,
      body: { value },
    });
    for (const { externalId } of await holds()) expect(externalId).toMatch(/\/custodians\/[\da-f]{64}$/u);
  });

  describe('the sentinel case', () => {
    it('is missed by an application that is shown its own cases only', async () => {
      await harness.lever('/cases', { key: 'own', isMember: true });
      await harness.lever('/role', { role: 'manager' });
      const error = { code: 'unexpected-answer', vendorCode: 'SENTINEL_NOT_SEEN' };
      await expect(holds()).rejects.toMatchObject(error);
      await expect(harness.purview().listHolds(null)).rejects.toMatchObject(error);
      expect((await harness.purview().probe()).missing).toEqual([
        expect.stringContaining('eDiscovery Administrator'),
      ]);
      await harness.lever('/role', { role: 'administrator' });
      expect(await holds()).toEqual([]);
    });

    it('may be closed, and may stand on any page', async () => {
      await harness.status('sentinel', 'closed');
      expect(await holds()).toEqual([]);
      for (const key of ['a', 'b', 'c', 'd']) await harness.open(key);
      const { id } = (await harness.lever('/cases', { key: 'e' })) as { id: string };
      expect(
        await harness.purview({ sentinelCaseId: ` ${id.toUpperCase()} ` }).holdsOn({ addresses: [ADA] }),
      ).toEqual([]);
    });

    it('cannot be left out of the settings', () => {
      const settings = { tenantId: 't', clientId: 'c', clientSecret: 's' };
      expect(PurviewSettings.safeParse({ ...settings, sentinelCaseId: ' ' }).success).toBe(false);
      expect(PurviewSettings.safeParse(settings).success).toBe(false);
      expect(PurviewSettings.safeParse({ ...settings, sentinelCaseId: 'x' }).success).toBe(true);
    });
  });

  describe('a part is not the whole', () => {
    const others = Array.from({ length: 4 }, (_, index) => `p${index}@example.com`);

    it('custodians are read to the last page', async () => {
      for (const email of [...others, ADA]) await harness.hold('smith', email);
      await harness.policy('smith', { key: ':custodians', isEnabled: false, status: 'success' });
      expect(await isHeld()).toBe(true);
    });

    it('so are hold policies', async () => {
      for (const key of others) await harness.policy('smith', { key, sources: [] });
      await harness.policy('smith', { key: 'last', sources: [{ email: ADA }] });
      expect(await isHeld()).toBe(true);
    });

    it('and the sources of one', async () => {
      await harness.policy('smith', { sources: [...others, ADA].map((email) => ({ email })) });
      expect(await isHeld()).toBe(true);
    });

    const answer = (kind: string, body: object) =>
      harness.sandbox.plant(harness.requests[kind] ?? {}, { type: 'status', status: 200, body });

    it.each(['cases', 'custodians', 'policies', 'sources'])('%s: fewer than Graph counts', async (kind) => {
      await harness.hold('smith', ADA);
      await answer(kind, { '@odata.count': 1, value: [] });
      await expect(holds()).rejects.toMatchObject({ code: 'unexpected-answer', vendorCode: 'INCOMPLETE' });
    });

    it('fewer on all pages together than the first one said', async () => {
      const next = `${harness.url}/v1.0/security/cases/ediscoveryCases?$skiptoken=x`;
      await harness.sandbox.plant(harness.laterPage, { type: 'status', status: 200, body: { value: [] } });
      await answer('cases', { '@odata.count': 9, value: [{ id: 'x' }], '@odata.nextLink': next });
      const asked = harness.purview({ sentinelCaseId: 'x' }).holdsOn({ addresses: [ADA] });
      await expect(asked).rejects.toMatchObject({ code: 'unexpected-answer', vendorCode: 'INCOMPLETE' });
    });

    it('a next page that is the same page, or somebody else’s', async () => {
      const path = '/v1.0/security/cases/ediscoveryCases';
      const same = await answer('cases', { value: [], '@odata.nextLink': `${harness.url}${path}` });
      await expect(holds()).rejects.toMatchObject({ code: 'unexpected-answer', vendorCode: 'ENDLESS' });
      await same.remove();
      await answer('cases', { value: [], '@odata.nextLink': `https://elsewhere.example.com${path}` });
      await expect(holds()).rejects.toMatchObject({ code: 'unexpected-answer' });
    });
  });

  it('takes one request for each page of cases, and two and one per policy for each open case', async () => {
    await harness.open('jones');
    await harness.hold('smith', ADA);
    await harness.policy('smith', { sources: [] });
    const requests = await harness.sandbox.count({ path: '/security/cases' });
    await holds();
    // Three cases on two pages; in one of them the custodians' policy and another.
    expect(await requests.hits()).toBe(2 + 3 * 2 + 2);
  });

  describe('asked about many people at once', () => {
    const each = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
    /** Holds the first reading at its first request. */
    const pause = () => harness.sandbox.plant(CASES, { type: 'hold-after-effect' }, 1);
    const CASES = { method: 'GET', path: '/ediscoveryCases(\\?|$)' };

    it('reads once for all of them, and tells each their own', async () => {
      await harness.hold('smith', 'p3@example.com');
      const lists = await harness.sandbox.count(CASES);
      const source = harness.purview();
      const told = await Promise.all(each(8).map((address) => source.holdsOn({ addresses: [address] })));
      expect(told.map((found) => found.length)).toEqual([0, 0, 0, 2, 0, 0, 0, 0]);
      // The cases are on one page.
      expect(await lists.hits()).toBe(1);
      await source.holdsOn({ addresses: [ADA] });
      expect(await lists.hits()).toBe(2);
    });

    it('never answers from a reading that began before the question', async () => {
      const source = harness.purview();
      const held = await pause();
      const first = source.holdsOn({ addresses: [ADA] });
      await expect.poll(() => held.held(), { timeout: 20_000 }).toBe(1);
      // In a case that the list, which is already made, does not have.
      await harness.open('jones');
      await harness.hold('jones', ADA);
      const later = each(3).map(() => source.holdsOn({ addresses: [ADA] }));
      await held.release('answer');
      expect(await first).toEqual([]);
      for (const holdsFound of await Promise.all(later)) expect(holdsFound).toHaveLength(2);
    });

    it('fails for all who wait for the reading that failed, and for nobody after', async () => {
      await harness.sandbox.plant(CASES, { type: 'status', status: 503 }, 1);
      const source = harness.purview();
      const asked = each(3).map((address) => source.holdsOn({ addresses: [address] }));
      for (const outcome of await Promise.allSettled(asked))
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'retryable', status: 503 } });
      expect(await source.holdsOn({ addresses: [ADA] })).toEqual([]);
    });

    it('goes on for who still waits, and stops when nobody does', async () => {
      const source = harness.purview();
      const requests = await harness.sandbox.count({ path: '/security/cases' });
      const held = await pause();
      const [one, other] = [new AbortController(), new AbortController()];
      const first = source.holdsOn({ addresses: [ADA] }, { signal: one.signal });
      const second = source.holdsOn({ addresses: [ADA] }, { signal: other.signal });
      await expect.poll(() => held.held(), { timeout: 20_000 }).toBe(1);
      const queued = source.holdsOn({ addresses: [ADA] }, { signal: one.signal });
      one.abort();
      for (const given of [first, queued]) await expect(given).rejects.toMatchObject({ code: 'retryable' });
      await held.release('answer');
      expect(await second).toEqual([]);
      const whole = await requests.hits();
      // Nobody waits for the one that was queued: it is not read.
      expect(whole).toBe(1 + 2 * 2);

      const again = await pause();
      const third = source.holdsOn({ addresses: [ADA] }, { signal: other.signal });
      await expect.poll(() => again.held(), { timeout: 20_000 }).toBe(1);
      other.abort();
      await expect(third).rejects.toMatchObject({ code: 'retryable' });
      await again.release('answer');
      expect(await source.holdsOn({ addresses: [ADA] })).toEqual([]);
      // The one that was given up at its first request, and one whole.
      expect(await requests.hits()).toBe(whole + 1 + whole);
    });
  });

  it('is probed with two requests, which need not wait for each other', async () => {
    const requests = await harness.sandbox.count({ path: '/security/cases' });
    const { requestsPerSecond, burst } = DEFAULTS;
    expect(await harness.purview({ requestsPerSecond, burst }).probe()).toEqual({ missing: [] });
    expect([await requests.hits(), burst]).toEqual([2, 2]);
    await harness.lever('/role', { role: 'none' });
    expect((await harness.purview({ requestsPerSecond, burst }).probe()).missing).toEqual([
      'eDiscovery.Read.All or the role eDiscovery Administrator in Purview',
    ]);
  });

  it('asks five times in any minute at most, unless told otherwise', () => {
    let now = 0;
    const bucket = new TokenBucket(DEFAULTS, () => now);
    const sent: number[] = [];
    for (let request = 0; request < 40; request += 1) {
      now += bucket.reserve();
      sent.push(now);
      if (request === 20) now += 600_000;
    }
    for (const from of sent)
      expect(sent.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(5);
  });
});
