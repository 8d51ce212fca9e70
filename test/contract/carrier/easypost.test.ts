import { createHmac } from 'node:crypto';
import easypost from '@easypost/api';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../sandbox/core/testing.ts';
import { createEasypost as createSimulator } from '../../../sandbox/easypost/index.ts';
import {
  createEasypost,
  createEasypostHookVerifier,
  EasypostSettings,
  readEasypostHook,
} from '../../../src/adapters/carrier/easypost/index.ts';
import { cheapest, ounces } from '../../../src/adapters/carrier/easypost/map.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import { describeCarrier } from './suite.ts';

const apiKey = 'EZTK-sandbox';
// A composed letter: the key is its decomposed form.
const secret = 's\u00e9cret';

function settings(baseUrl: string, more: Readonly<Record<string, unknown>> = {}): EasypostSettings {
  return EasypostSettings.parse({
    baseUrl,
    apiKey,
    webhookSecrets: [secret],
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ...more,
  });
}

describeCarrier('easypost', async () => {
  const receiver = await startReceiver();
  const sandbox = await startVendor('easypost', createSimulator, {
    indexPerSecond: 0,
    webhooks: [{ url: receiver.url, secret }],
  });
  return {
    sandbox,
    receiver,
    carrier: createEasypost('post', settings(`${sandbox.url}/v2`)),
    unreachable: createEasypost('post', settings(`${await deserted()}/v2`)),
    requests: {
      draft: { method: 'POST', path: '/shipments$' },
      read: { method: 'GET', path: '/shipments/shp_\\w+$' },
      buy: { method: 'POST', path: '/buy$' },
      track: { method: 'GET', path: '/trackers' },
      refund: { method: 'POST', path: '/refund$' },
    },
    boughtEffect: 'label.bought',
    refundedEffect: 'label.refunded',
    target: (shipmentId) => shipmentId,
    missingShipment: 'shp_00000000000000000000000000000000',
    refusal: {
      vendorCode: 'ADDRESS.INVALID',
      body: {
        error: {
          code: 'ADDRESS.INVALID',
          message: 'Ada Leaver, 9 Home Lane, Reno',
          errors: [{ field: 'phone', message: '7755550100' }],
        },
      },
    },
    hooks: {
      verifier: createEasypostHookVerifier(settings('http://unused')),
      verifierOfAnotherSecret: createEasypostHookVerifier(
        settings('http://unused', { webhookSecrets: ['other'] }),
      ),
      reader: readEasypostHook,
      numbered: true,
      word: (status) => status,
      senseless: ['{"id":"evt_1","description":"tracker.updated","result":{"status":"lost"}}'],
    },
    async scan(trackingCode, status, at) {
      await sandbox.act(`/trackers/${trackingCode}/scan`, { status, at });
    },
  };
});

describe('easypost webhooks', () => {
  const verifier = createEasypostHookVerifier(settings('http://unused'));

  function signed(body: string, key = secret.normalize('NFKD')) {
    const headers = {
      'x-hmac-signature': `hmac-sha256-hex=${createHmac('sha256', key).update(body).digest('hex')}`,
    };
    return { method: 'POST', headers, query: {}, body: Buffer.from(body), lifecycle: false } as const;
  }

  it.each(['{"id":"evt_1","weight":16}', '{"id":"evt_1","weight":16.0}', '{"id":"evt_1", "weight": 16 }'])(
    'checks the bytes as they came, whatever the weight looks like: %s',
    (body) => {
      expect(verifier(signed(body), new Date())).toMatchObject({ kind: 'accept', deliveryId: 'evt_1' });
    },
  );

  it('does what the official check cannot: an integer weight that was signed as such', () => {
    const { body, headers } = signed('{"id":"evt_1","weight":16}');
    // The package's types describe its CommonJS form.
    const EasyPostClient = easypost as unknown as typeof easypost.default;
    const { Utils } = new EasyPostClient('key') as unknown as {
      Utils: { validateWebhook(...given: unknown[]): unknown };
    };
    expect(() => Utils.validateWebhook(body, headers, secret)).toThrow();
  });

  it('does not accept the secret in its composed form, since the vendor signs with NFKD', () => {
    expect(verifier(signed('{"id":"evt_1"}', secret), new Date())).toEqual({ kind: 'unauthenticated' });
  });

  it('believes nobody while no secret is configured, not even an empty one', () => {
    const open = createEasypostHookVerifier(settings('http://unused', { webhookSecrets: [] }));
    expect(open(signed('{}', ''), new Date())).toEqual({ kind: 'unauthenticated' });
    expect(() => settings('http://unused', { webhookSecrets: [''] })).toThrow();
  });

  it('accepts both secrets while one is being replaced', () => {
    const both = createEasypostHookVerifier(settings('http://unused', { webhookSecrets: ['new', secret] }));
    expect(both(signed('{}'), new Date())).toMatchObject({ kind: 'accept' });
    expect(both(signed('{}', 'new'), new Date())).toMatchObject({ kind: 'accept' });
  });

  it('ignores events about other things', () => {
    expect(
      readEasypostHook(Buffer.from('{"id":"evt_1","description":"batch.created","result":{}}'), 'd'),
    ).toEqual({ kind: 'ignored' });
  });
});

describe('easypost refunds', () => {
  it.each([
    ['submitted', 'asked'],
    ['refunded', 'asked'],
    ['rejected', 'refused'],
    ['not_applicable', 'refused'],
  ])('a request that is %s at once is %s, and so it is read afterwards', async (status, outcome) => {
    const sandbox = await startVendor('easypost', createSimulator);
    try {
      const carrier = createEasypost('post', settings(`${sandbox.url}/v2`));
      const from = { name: 'L', street1: '9 Home Lane', city: 'Reno', zip: '89501', country: 'US' };
      const to = { name: 'D', street1: '1 Depot Way', city: 'Austin', zip: '73301', country: 'US' };
      const way = { from, to, reference: 'ret_01', weightGrams: 2500 };
      const { shipmentId } = await carrier.draftReturn(way);
      await carrier.buyLabel(shipmentId);
      await sandbox.act('/refunds/next', { status });
      expect([await carrier.refundLabel(shipmentId), await carrier.refundLabel(shipmentId)]).toEqual([
        outcome,
        outcome,
      ]);
    } finally {
      await sandbox.stop();
    }
  });
});

describe('easypost client', () => {
  it('has the vendor switch the addresses: from the leaver, to the depot', async () => {
    const sandbox = await startVendor('easypost', createSimulator);
    try {
      const carrier = createEasypost('post', settings(`${sandbox.url}/v2`));
      const from = { name: 'L', street1: '9 Home Lane', city: 'Reno', zip: '89501', country: 'US' };
      const to = { name: 'D', street1: '1 Depot Way', city: 'Austin', zip: '73301', country: 'US' };
      await carrier.draftReturn({ from, to, reference: 'ret_01', weightGrams: 2500 });
      expect(await sandbox.look('/shipments')).toMatchObject({
        shipments: [{ is_return: true, from_address: from, to_address: to, parcel: { weight: 88.2 } }],
      });
    } finally {
      await sandbox.stop();
    }
  });

  it('never follows a redirect, so the key stays with its host', async () => {
    let stolen = 0;
    const thief = createServer((_request, response) => {
      stolen += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const { port } = thief.address() as AddressInfo;
    const sandbox = await startVendor('easypost', createSimulator);
    try {
      await sandbox.fault({
        fault: { type: 'status', status: 307, headers: { location: `http://127.0.0.1:${port}/` } },
      });
      const carrier = createEasypost('post', settings(`${sandbox.url}/v2`));
      await expect(carrier.readTracker({ trackingCode: 'X', shipmentId: null })).rejects.toMatchObject({
        status: 307,
      });
      expect(stolen).toBe(0);
    } finally {
      await sandbox.stop();
      thief.close();
    }
  });

  it('refuses an id that would change the path', async () => {
    const carrier = createEasypost('post', settings('http://127.0.0.1:9/v2'));
    await expect(carrier.buyLabel('shp_1/../../users')).rejects.toMatchObject({
      vendorCode: 'BAD_SHIPMENT_ID',
    });
  });

  it('says which key is wrong, without the key', async () => {
    const sandbox = await startVendor('easypost', createSimulator);
    try {
      const carrier = createEasypost('post', settings(`${sandbox.url}/v2`, { apiKey: 'EZTK-wrong' }));
      expect(await carrier.probe()).toEqual({ missing: ['a valid API key'] });
      const error = await carrier
        .readTracker({ trackingCode: 'X', shipmentId: null })
        .catch((caught: unknown) => caught);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('EZTK');
    } finally {
      await sandbox.stop();
    }
  });
});

describe('easypost rates and weights', () => {
  const rate = (id: string, amount: string, carrier = 'USPS', currency = 'USD') => ({
    id,
    carrier,
    rate: amount,
    currency,
  });

  it('compares prices as numbers, in one currency, of the carriers allowed', () => {
    const rates = [
      rate('a', '10.50'),
      rate('b', '9.99'),
      rate('c', '5.00', 'UPS'),
      rate('d', '1.00', 'USPS', 'CAD'),
    ];
    expect(cheapest(rates, settings('http://unused'))?.id).toBe('c');
    expect(cheapest(rates, settings('http://unused', { carriers: ['usps'] }))?.id).toBe('b');
    expect(cheapest(rates, settings('http://unused', { carriers: ['DHL'] }))).toBeUndefined();
  });

  it('weighs in ounces with one decimal, never nothing', () => {
    expect(ounces(2500)).toBe(88.2);
    expect(ounces(0)).toBe(0.1);
  });
});
