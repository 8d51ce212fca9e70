import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../sandbox/core/testing.ts';
import { createShippo as createSimulator } from '../../../sandbox/shippo/index.ts';
import {
  createShippo,
  createShippoHookVerifier,
  readShippoHook,
  ShippoSettings,
} from '../../../src/adapters/carrier/shippo/index.ts';
import { cheapest } from '../../../src/adapters/carrier/shippo/map.ts';
import type { TrackerStatus } from '../../../src/adapters/carrier/port.ts';
import type { HookRequest } from '../../../src/adapters/webhook.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import { describeCarrier } from './suite.ts';

const apiToken = 'shippo_test_sandbox';
const secret = 'issued-on-request';
const word = 'a-word-of-our-own';

function settings(baseUrl: string, more: Readonly<Record<string, unknown>> = {}): ShippoSettings {
  return ShippoSettings.parse({
    baseUrl,
    apiToken,
    webhookSecrets: [secret],
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    listsPerMinute: 60_000,
    ...more,
  });
}

/** The vendor's words for ours. */
const WORDS: Readonly<Partial<Record<TrackerStatus, { status: string; substatus?: string }>>> = {
  unknown: { status: 'UNKNOWN' },
  pre_transit: { status: 'PRE_TRANSIT', substatus: 'information_received' },
  in_transit: { status: 'TRANSIT', substatus: 'package_accepted' },
  out_for_delivery: { status: 'TRANSIT', substatus: 'out_for_delivery' },
  available_for_pickup: { status: 'TRANSIT', substatus: 'pickup_available' },
  delivered: { status: 'DELIVERED', substatus: 'delivered' },
  return_to_sender: { status: 'RETURNED', substatus: 'return_to_sender' },
  failure: { status: 'FAILURE', substatus: 'package_lost' },
};

describeCarrier('shippo', async () => {
  const receiver = await startReceiver();
  const sandbox = await startVendor('shippo', createSimulator, {
    listsPerMinute: 0,
    hmacSecret: secret,
    webhooks: [{ url: receiver.url, event: 'track_updated' }],
  });
  return {
    sandbox,
    receiver,
    carrier: createShippo('post', settings(sandbox.url)),
    unreachable: createShippo('post', settings(await deserted())),
    requests: {
      draft: { method: 'POST', path: '/shipments' },
      read: { method: 'GET', path: '/rates/\\w+$' },
      buy: { method: 'POST', path: '/transactions' },
      track: { method: 'GET', path: '/tracks/' },
      refund: { method: 'POST', path: '/refunds' },
    },
    boughtEffect: 'label.bought',
    refundedEffect: 'label.refunded',
    target: (shipmentId) => shipmentId.split(':')[0] ?? '',
    missingShipment: `${'0'.repeat(32)}:${'0'.repeat(32)}`,
    refusal: {
      vendorCode: undefined,
      body: { address_from: [{ street1: ['9 Home Lane is unknown.'] }], detail: 'Ada Leaver, 7755550100' },
    },
    hooks: {
      verifier: createShippoHookVerifier(settings('http://unused')),
      verifierOfAnotherSecret: createShippoHookVerifier(
        settings('http://unused', { webhookSecrets: ['other'] }),
      ),
      reader: readShippoHook,
      numbered: false,
      word: (status) => WORDS[status]?.status ?? '',
      senseless: [
        '{"event":"track_updated"}',
        '{"event":"track_updated","data":{"carrier":"usps","tracking_number":"9","tracking_status":{"status":"LOST"}}}',
        '{"event":"track_updated","data":{"carrier":"usps","tracking_number":"9","tracking_status":{"status":"TRANSIT","status_date":"soon"}}}',
      ],
    },
    async scan(trackingCode, status, at) {
      await sandbox.act(`/tracks/${trackingCode}/scan`, { ...WORDS[status], at });
    },
  };
});

describe('shippo purchases', () => {
  const from = { name: 'L', street1: '9 Home Lane', city: 'Reno', zip: '89501', country: 'US' };
  const to = { name: 'D', street1: '1 Depot Way', city: 'Austin', zip: '73301', country: 'US' };
  const way = { from, to, reference: 'dev_01:1', weightGrams: 2500 };

  async function withVendor(
    work: (sandbox: Awaited<ReturnType<typeof startVendor>>) => Promise<void>,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const sandbox = await startVendor('shippo', createSimulator, { listsPerMinute: 0, ...options });
    try {
      await work(sandbox);
    } finally {
      await sandbox.stop();
    }
  }

  it('buys a label that is paid when it is used, the addresses switched by the vendor, of carriers that can', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url));
      const { shipmentId } = await carrier.draftReturn(way);
      await carrier.buyLabel(shipmentId);
      expect(await sandbox.look('/shipments')).toMatchObject({
        shipments: [{ extra: { is_return: true }, address_from: from, address_to: to, metadata: 'dev_01:1' }],
      });
      expect(await sandbox.effects('label.bought')).toMatchObject([{ params: { carrier: 'usps' } }]);
    }));

  it('buys an ordinary label for the way back elsewhere, of any carrier', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url, { scanBasedReturns: false }));
      const { shipmentId } = await carrier.draftReturn(way);
      const { trackingCode } = await carrier.buyLabel(shipmentId);
      expect(await sandbox.effects('label.bought')).toMatchObject([
        { params: { carrier: 'dhl_express', isReturn: false, to: '1 Depot Way' } },
      ]);
      expect(await carrier.readTracker({ trackingCode, shipmentId })).toMatchObject({ status: 'unknown' });
    }));

  it('finds the label again whatever the settings prefer by then', () =>
    withVendor(async (sandbox) => {
      const { shipmentId } = await createShippo('post', settings(sandbox.url)).draftReturn(way);
      const label = await createShippo('post', settings(sandbox.url)).buyLabel(shipmentId);
      const changed = createShippo('post', settings(sandbox.url, { carriers: ['FedEx'] }));
      expect(await changed.buyLabel(shipmentId)).toEqual(label);
      expect(await sandbox.effects('label.bought')).toHaveLength(1);
    }));

  it('gives the address of the code that a shop prints the label from, where the carrier has one', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url));
      const ofUsps = await carrier.buyLabel((await carrier.draftReturn(way)).shipmentId);
      expect(ofUsps.qrCodeUrl).toMatch(/^http.*_qr_code/u);
      const ofUps = createShippo('post', settings(sandbox.url, { carriers: ['UPS'] }));
      expect(await ofUps.buyLabel((await ofUps.draftReturn(way)).shipmentId)).toMatchObject({
        qrCodeUrl: null,
      });
    }));

  it('calls a purchase that is queued unknown, reads it as passing until it is made, and buys no other', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url));
      await sandbox.act('/purchases/next', { status: 'SUCCESS', queuedMs: 300 });
      const { shipmentId } = await carrier.draftReturn(way);
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject({ code: 'retryable' });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      await expect
        .poll(() => carrier.readLabel(shipmentId).catch(() => null), { timeout: 10_000 })
        .toMatchObject({ shipmentId });
      expect(await sandbox.effects('label.bought')).toHaveLength(1);
    }));

  it('calls a purchase that failed refused, at once or later: nothing was paid', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url));
      const { shipmentId } = await carrier.draftReturn(way);
      await sandbox.act('/purchases/next', { status: 'ERROR' });
      const refused = { code: 'refused', vendorCode: 'TRANSACTION_ERROR' };
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject(refused);
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject(refused);
      expect(await sandbox.effects('label.bought')).toEqual([]);
      // Whoever has the claim may try again.
      expect(await carrier.buyLabel(shipmentId)).toMatchObject({ shipmentId });
      expect(await sandbox.effects('label.bought')).toHaveLength(1);
    }));

  it('drafts nothing where no carrier has an offer', () =>
    withVendor(async (sandbox) => {
      const none = createShippo('post', settings(sandbox.url, { carriers: ['Nobody'] }));
      await expect(none.draftReturn(way)).rejects.toMatchObject({ vendorCode: 'NO_RATE' });
    }));

  it('keeps lists below their own limit, and says what the vendor says past it', () =>
    withVendor(
      async (sandbox) => {
        const carrier = createShippo('post', settings(sandbox.url));
        const { shipmentId } = await carrier.draftReturn(way);
        // Three, since a minute may end in between.
        const read = () => carrier.readLabel(shipmentId);
        await expect(read().then(read).then(read)).rejects.toMatchObject({
          code: 'retryable',
          status: 429,
        });
      },
      { listsPerMinute: 1 },
    ));

  it('names the version that its shapes are of, and the token as the vendor wants it', async () => {
    const seen: Headers[] = [];
    const carrier = createShippo('post', settings('http://vendor.test'), {
      fetch: async (_url, init) => {
        seen.push(new Headers(init?.headers));
        return Response.json({ next: null, results: [] });
      },
    });
    await carrier.probe();
    expect(seen[0]?.get('shippo-api-version')).toBe('2018-02-08');
    expect(seen[0]?.get('authorization')).toBe(`ShippoToken ${apiToken}`);
  });

  it('refuses an id that would change the path', async () => {
    const carrier = createShippo('post', settings('http://127.0.0.1:9'));
    for (const id of ['a:b/../../users', 'shp_1', 'a:b?x=1', ''])
      await expect(carrier.buyLabel(id)).rejects.toMatchObject({ vendorCode: 'BAD_SHIPMENT_ID' });
  });

  it('says that the token is wrong, without the token', () =>
    withVendor(async (sandbox) => {
      const carrier = createShippo('post', settings(sandbox.url, { apiToken: 'shippo_test_wrong' }));
      expect(await carrier.probe()).toEqual({ missing: ['a valid API token'] });
      const error = await carrier.draftReturn(way).catch((caught: unknown) => caught);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('shippo_test');
    }));

  it('compares prices as numbers, in one currency, of the carriers allowed', () => {
    const rate = (id: string, amount: string, provider = 'USPS', currency = 'USD') => ({
      object_id: id,
      shipment: 's',
      amount,
      provider,
      currency,
      carrier_account: 'c',
    });
    const rates = [
      rate('a', '10.50'),
      rate('b', '9.99'),
      rate('c', '5.00', 'UPS'),
      rate('d', '1.00', 'USPS', 'CAD'),
      rate('e', '2.00', 'DHL Express'),
    ];
    expect(cheapest(rates, settings('http://unused'), false)?.object_id).toBe('e');
    expect(cheapest(rates, settings('http://unused'), true)?.object_id).toBe('c');
    expect(cheapest(rates, settings('http://unused', { carriers: ['usps'] }), false)?.object_id).toBe('b');
    expect(cheapest(rates, settings('http://unused', { carriers: ['DHL Express'] }), true)).toBeUndefined();
  });
});

describe('shippo webhooks', () => {
  const now = new Date('2026-03-01T10:00:00.000Z');
  const body = '{"event":"track_updated"}';

  function signed(at: Date, key = secret, query: HookRequest['query'] = {}): HookRequest {
    const seconds = Math.floor(at.getTime() / 1000);
    const digest = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
    const headers = { 'shippo-auth-signature': `t=${seconds},v1=${digest}` };
    return { method: 'POST', headers, query, body: Buffer.from(body), lifecycle: false };
  }
  const verifier = (more: Readonly<Record<string, unknown>>) =>
    createShippoHookVerifier(settings('http://unused', more));
  const believed = { kind: 'accept', deliveryId: null, status: 200 };
  const refused = { kind: 'unauthenticated' };

  it('believes a signature for five minutes, either way, and no malformed one', () => {
    const check = verifier({});
    expect(check(signed(new Date(now.getTime() - 299_000)), now)).toEqual(believed);
    expect(check(signed(new Date(now.getTime() - 301_000)), now)).toEqual(refused);
    expect(check(signed(new Date(now.getTime() + 301_000)), now)).toEqual(refused);
    const { 'shippo-auth-signature': header } = signed(now).headers;
    for (const wrong of ['', 't=,v1=', `${header}0`, header?.split(',')[1], 'x'])
      expect(check({ ...signed(now), headers: { 'shippo-auth-signature': wrong } }, now)).toEqual(refused);
  });

  it('accepts both secrets while one is being replaced', () => {
    const both = verifier({ webhookSecrets: ['new', secret] });
    expect(both(signed(now), now)).toEqual(believed);
    expect(both(signed(now, 'new'), now)).toEqual(believed);
  });

  it('believes the word in the address where the account has no secret', () => {
    const byWord = verifier({ webhookSecrets: [], webhookTokens: [word] });
    const unsigned = { ...signed(now), headers: {} };
    expect(byWord({ ...unsigned, query: { token: word } }, now)).toEqual(believed);
    expect(byWord({ ...unsigned, query: { token: 'guess' } }, now)).toEqual(refused);
    expect(byWord(unsigned, now)).toEqual(refused);
  });

  it('wants both where both are configured, and believes nobody where neither is', () => {
    const both = verifier({ webhookTokens: [word] });
    expect(both(signed(now, secret, { token: word }), now)).toEqual(believed);
    expect(both(signed(now), now)).toEqual(refused);
    expect(both({ ...signed(now), headers: {}, query: { token: word } }, now)).toEqual(refused);
    const open = verifier({ webhookSecrets: [] });
    expect(open(signed(now, ''), now)).toEqual(refused);
    expect(() => settings('http://unused', { webhookTokens: ['short'] })).toThrow();
  });

  it('ignores events about other things, and a package that nobody has seen', () => {
    const read = (value: unknown) => readShippoHook(Buffer.from(JSON.stringify(value)), 'd');
    expect(read({ event: 'transaction_updated', data: { object_id: 't' } })).toEqual({ kind: 'ignored' });
    const unseen = { carrier: 'usps', tracking_number: '9', tracking_status: null };
    expect(read({ event: 'track_updated', data: unseen })).toEqual({ kind: 'ignored' });
  });
});
