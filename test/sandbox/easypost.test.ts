import { createHmac } from 'node:crypto';
import easypost from '@easypost/api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Received } from '../../sandbox/core/testing.ts';
import { createEasypost } from '../../sandbox/easypost/index.ts';
import { startReceiver, startVendor } from './vendor-kit.ts';
import type { Receiver, Vendor } from './vendor-kit.ts';

// The package's types describe its CommonJS form, where the class is the member `default`; loaded as a module, it is the class.
const EasyPostClient = easypost as unknown as typeof easypost.default;
const KEY = 'EZTK-test';
const SECRET = 'sécret';
const BASIC = { authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}` };

const person = {
  name: 'Ada Lovelace',
  street1: '1 Home Street',
  city: 'Boston',
  state: 'MA',
  zip: '02108',
  country: 'US',
};
const company = {
  name: 'Returns desk',
  street1: '9 Dock Road',
  city: 'Chicago',
  state: 'IL',
  zip: '60601',
  country: 'US',
};
const parcel = { weight: 80, length: 16, width: 12, height: 4 };

let vendor: Vendor;
let receiver: Receiver;
let client: InstanceType<typeof EasyPostClient>;

beforeEach(async () => {
  receiver = await startReceiver();
  vendor = await startVendor(
    createEasypost,
    { apiKey: KEY, indexPerSecond: 0, webhookRetryDelaysMs: [1, 1, 1] },
    BASIC,
  );
  client = new EasyPostClient(KEY, { baseUrl: `${vendor.url}/v2/` });
  await client.Webhook.create({ url: `${receiver.url}/hook`, webhook_secret: SECRET });
});
afterEach(async () => {
  await vendor[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

async function boughtLabel(reference = 'ref-1') {
  const shipment = await client.Shipment.create({
    to_address: person,
    from_address: company,
    parcel,
    is_return: true,
    reference,
  });
  return client.Shipment.buy(shipment.id, shipment.lowestRate());
}

/** Webhooks received of one kind, once there are at least `count`. */
async function hooks(description: string, count: number): Promise<Received[]> {
  const matching = () =>
    receiver.received.filter(({ body: raw }) => JSON.parse(raw).description === description);
  await vi.waitFor(() => expect(matching().length).toBeGreaterThanOrEqual(count), { timeout: 10_000 });
  return matching();
}

describe('labels, with the official client', () => {
  test('a return is asked for with the outward addresses, and the vendor switches them', async () => {
    const shipment = await client.Shipment.create({
      to_address: person,
      from_address: company,
      parcel,
      is_return: true,
    });
    expect(shipment).toMatchObject({
      object: 'Shipment',
      is_return: true,
      postage_label: null,
      tracking_code: null,
    });
    expect([shipment.from_address.street1, shipment.to_address.street1]).toEqual([
      '1 Home Street',
      '9 Dock Road',
    ]);
    expect(shipment.lowestRate()).toMatchObject({ carrier: 'USPS', currency: 'USD' });
    expect(await vendor.effects()).toEqual([]);
  });

  test('buying costs one label, gives a tracking code and an image, and counts once', async () => {
    const bought = await boughtLabel();
    expect(bought).toMatchObject({
      reference: 'ref-1',
      tracker: { status: 'unknown', is_return: true, shipment_id: bought.id },
    });
    expect(bought.tracking_code).toMatch(/^94\d{20}$/);
    const image = await fetch(bought.postage_label.label_url);
    expect([
      image.headers.get('content-type'),
      Buffer.from(await image.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ]).toEqual(['image/png', 'PNG']);
    expect(await vendor.effects('label.bought')).toMatchObject([
      {
        target: bought.id,
        params: { reference: 'ref-1', isReturn: true, trackingCode: bought.tracking_code },
      },
    ]);
  });

  test('one shipment is bought only once: the second time is refused, and costs nothing', async () => {
    const bought = await boughtLabel();
    await expect(client.Shipment.buy(bought.id, bought.selected_rate)).rejects.toMatchObject({
      statusCode: 422,
      code: 'SHIPMENT.POSTAGE.EXISTS',
    });
    expect(await vendor.effects('label.bought')).toHaveLength(1);
  });

  test('a reference is no idempotency key: it makes two shipments, which cost two labels, and reads as the newest', async () => {
    const [first, second] = [await boughtLabel('same'), await boughtLabel('same')];
    expect(first.id).not.toBe(second.id);
    expect(await vendor.effects('label.bought')).toHaveLength(2);
    expect((await client.Shipment.retrieve('same')).id).toBe(second.id);
  });

  test('lists show bought shipments newest first, in pages', async () => {
    const ids = [(await boughtLabel('a')).id, (await boughtLabel('b')).id, (await boughtLabel('c')).id];
    await client.Shipment.create({ to_address: person, from_address: company, parcel });
    const first = await client.Shipment.all({ page_size: 2 });
    const second = await client.Shipment.getNextPage(first, 2);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expect([...first.shipments, ...second.shipments].map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test('an unused label can be refunded once, a used one not at all', async () => {
    const [unused, used] = [await boughtLabel('a'), await boughtLabel('b')];
    await vendor.control('/trackers/b/scan', { status: 'in_transit' });
    expect((await client.Shipment.refund(unused.id)).refund_status).toBe('submitted');
    await client.Shipment.refund(unused.id);
    await expect(client.Shipment.refund(used.id)).rejects.toMatchObject({ statusCode: 422 });
    expect(await vendor.effects('label.refunded')).toHaveLength(1);
  });

  test('a refund that was turned down can be asked for again, one that does not apply stays so', async () => {
    const [early, billedByScan] = [await boughtLabel('a'), await boughtLabel('b')];
    await vendor.control('/refunds/next', { status: 'rejected' });
    expect((await client.Shipment.refund(early.id)).refund_status).toBe('rejected');
    expect(await vendor.effects('label.refunded')).toEqual([]);
    expect((await client.Shipment.refund(early.id)).refund_status).toBe('submitted');
    await vendor.control('/refunds/next', { status: 'not_applicable' });
    await client.Shipment.refund(billedByScan.id);
    expect((await client.Shipment.refund(billedByScan.id)).refund_status).toBe('not_applicable');
    expect(await vendor.effects('label.refunded')).toHaveLength(1);
  });
});

describe('trackers', () => {
  test('the same code and carrier is the same tracker', async () => {
    const first = await client.Tracker.create({ tracking_code: 'ABC123', carrier: 'UPS' });
    const again = await client.Tracker.create({ tracking_code: 'ABC123', carrier: 'UPS' });
    const other = await client.Tracker.create({ tracking_code: 'ABC123', carrier: 'FedEx' });
    expect([again.id === first.id, other.id === first.id]).toEqual([true, false]);
    expect(
      (await client.Tracker.all({ tracking_code: 'ABC123', carrier: 'UPS' })).trackers.map(({ id }) => id),
    ).toEqual([first.id]);
  });

  test('scans move a tracker on, and each is told with the status before it', async () => {
    const bought = await boughtLabel();
    for (const status of ['pre_transit', 'in_transit', 'out_for_delivery', 'delivered']) {
      expect((await vendor.control(`/trackers/${bought.tracking_code}/scan`, { status })).status).toBe(200);
    }
    const tracker = await client.Tracker.retrieve(bought.tracker.id);
    expect(tracker).toMatchObject({ status: 'delivered', finalized: true });
    expect(tracker.tracking_details.map(({ status }) => status)).toEqual([
      'pre_transit',
      'in_transit',
      'out_for_delivery',
      'delivered',
    ]);

    const told = (await hooks('tracker.updated', 4)).map(({ body: raw }) => JSON.parse(raw));
    const steps = told
      .map((event) => `${event.previous_attributes.status}>${event.result.status}`)
      .toSorted();
    expect(steps).toEqual([
      'in_transit>out_for_delivery',
      'out_for_delivery>delivered',
      'pre_transit>in_transit',
      'unknown>pre_transit',
    ]);
    expect(told[0]).toMatchObject({
      object: 'Event',
      id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      result: { object: 'Tracker', id: bought.tracker.id },
    });
  });

  test('a scan reported late does not turn the status back', async () => {
    const bought = await boughtLabel();
    await vendor.control(`/trackers/${bought.id}/scan`, { status: 'delivered' });
    await vendor.control(`/trackers/${bought.id}/scan`, { status: 'in_transit', at: '2020-01-01T00:00:00Z' });
    const tracker = await client.Tracker.retrieve(bought.tracker.id);
    expect([tracker.status, tracker.tracking_details.length]).toEqual(['delivered', 2]);
  });

  test('the vendor’s test codes answer with a package in that state', async () => {
    expect((await client.Tracker.create({ tracking_code: 'EZ5000000005' })).status).toBe('return_to_sender');
    expect((await client.Tracker.create({ tracking_code: 'EZ6000000006' })).status).toBe('failure');
  });
});

describe('webhooks', () => {
  test('the signature is the HMAC of the raw bytes under the secret’s NFKD form, and the official client accepts it', async () => {
    const bought = await boughtLabel();
    await vendor.control(`/trackers/${bought.id}/scan`, { status: 'in_transit', weight: 80 });
    const [hook] = await hooks('tracker.updated', 1);
    const digest = createHmac('sha256', Buffer.from(SECRET.normalize('NFKD')))
      .update(hook?.body ?? '')
      .digest('hex');
    expect(hook?.headers['x-hmac-signature']).toBe(`hmac-sha256-hex=${digest}`);
    expect(hook?.body).toContain('"weight":80.0');
    expect(
      client.Utils.validateWebhook(Buffer.from(hook?.body ?? ''), hook?.headers ?? {}, SECRET),
    ).toMatchObject({ description: 'tracker.updated' });
    expect(() =>
      client.Utils.validateWebhook(Buffer.from(hook?.body ?? ''), hook?.headers ?? {}, 'other'),
    ).toThrow();
  });

  test('a failed delivery is tried again with the same bytes, and the event ends completed', async () => {
    receiver.answers.push(500, 503);
    await client.Tracker.create({ tracking_code: 'R1' });
    const attempts = await hooks('tracker.created', 3);
    expect(new Set(attempts.map(({ body: raw }) => raw)).size).toBe(1);
    const id = JSON.parse(attempts[0]?.body ?? '{}').id;
    await vi.waitFor(async () => expect((await client.Event.retrieve(id)).status).toBe('completed'), {
      timeout: 10_000,
    });
  });

  test('an event can be sent again as it was, and deliveries can overtake each other', async () => {
    const bought = await boughtLabel();
    await hooks('tracker.created', 1);
    await vendor.sandbox('/faults', {
      match: { delivery: 'tracker.updated' },
      fault: { type: 'reorder' },
      times: 1,
    });
    await vendor.control(`/trackers/${bought.id}/scan`, { status: 'in_transit' });
    const { body } = await vendor.control(`/trackers/${bought.id}/scan`, { status: 'delivered' });
    expect((await hooks('tracker.updated', 2)).map(({ body: raw }) => JSON.parse(raw).result.status)).toEqual(
      ['delivered', 'in_transit'],
    );

    expect((await vendor.control(`/events/${body.event}/redeliver`, {})).status).toBe(202);
    const repeated = (await hooks('tracker.updated', 3)).filter(
      ({ body: raw }) => JSON.parse(raw).id === body.event,
    );
    expect(repeated).toHaveLength(2);
    expect(repeated[1]?.body).toBe(repeated[0]?.body);
  });

  test('the secret is never shown, and a deleted endpoint gets nothing more', async () => {
    const { webhooks } = await client.Webhook.all();
    expect(JSON.stringify(webhooks)).not.toContain(SECRET);
    await vendor.call(`/v2/webhooks/${webhooks[0]?.id}`, { method: 'DELETE' });
    await client.Tracker.create({ tracking_code: 'X1' });
    expect(await vendor.deliveries()).toEqual([]);
  });
});

describe('refusals', () => {
  test('they have the vendor’s shape, which the official client understands', async () => {
    await expect(client.Shipment.retrieve('shp_none')).rejects.toMatchObject({
      statusCode: 404,
      code: 'NOT_FOUND',
    });
    await expect(client.Shipment.create({ to_address: person })).rejects.toMatchObject({
      statusCode: 422,
      code: 'PARAMETER.REQUIRED',
    });
    const stranger = new EasyPostClient('EZTK-other', { baseUrl: `${vendor.url}/v2/` });
    await expect(stranger.Tracker.all()).rejects.toMatchObject({ statusCode: 401 });
    await vendor.sandbox('/faults', { fault: { type: 'rate-limit' }, times: 1 });
    await expect(client.Tracker.all()).rejects.toMatchObject({ statusCode: 429, code: 'RATE_LIMITED' });
  });

  test('lists have a limit of so many a second; single objects have not', async () => {
    await using strict = await startVendor(createEasypost, { apiKey: KEY, indexPerSecond: 1 }, BASIC);
    const lists = await Promise.all(Array.from({ length: 20 }, () => strict.call('/v2/trackers')));
    expect(lists.map(({ status }) => status)).toContain(429);
    const single = await Promise.all(Array.from({ length: 20 }, () => strict.call('/v2/trackers/none')));
    expect(new Set(single.map(({ status }) => status))).toEqual(new Set([404]));
  });
});
