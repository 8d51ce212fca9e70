import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { smallCompany } from '../../sandbox/core/testing.ts';
import { createHr } from '../../sandbox/hr/index.ts';
import { startReceiver, startVendor } from './vendor-kit.ts';
import type { Receiver, Vendor } from './vendor-kit.ts';

const SECRET = `whsec_${Buffer.from('a secret of the hr department').toString('base64')}`;
const AUTH = { authorization: 'Bearer reader' };

let vendor: Vendor;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  vendor = await startVendor(
    createHr,
    {
      token: 'reader',
      webhooks: [{ url: `${receiver.url}/hook`, secret: SECRET }],
      webhookRetryDelaysMs: [1, 1, 1],
      pageSize: 2,
    },
    AUTH,
  );
  await vendor.seed(smallCompany());
});
afterEach(async () => {
  await vendor[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const happen = (person: string, body: object) => vendor.control(`/people/${person}/events`, body);
const employee = async (externalId: string) => (await vendor.call(`/employees/${externalId}`)).body;

async function arrived(count: number) {
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), { timeout: 10_000 });
  return receiver.received.map(({ body, headers }) =>
    new Webhook(SECRET).verify(body, headers as Record<string, string>),
  );
}

describe('telling', () => {
  test('a scheduled leave is told in the published format, under a signature that the standard’s library accepts', async () => {
    await happen('ada', {
      type: 'leave.scheduled',
      lastWorkingDay: '2031-03-31',
      reason: 'resigned',
      deviceHints: ['C02ADA0001'],
    });
    const [message] = await arrived(1);
    expect(message).toEqual({
      type: 'leave.scheduled',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        externalId: 'E-2',
        workEmail: 'ada@example.com',
        lastWorkingDay: '2031-03-31',
        timeZone: 'Europe/Berlin',
        country: 'DE',
        manager: { externalId: 'E-1' },
        reason: 'resigned',
        deviceHints: ['C02ADA0001'],
      },
    });
  });

  test('what does not apply is absent, never null', async () => {
    await happen('maya', { type: 'person.joined' });
    const [message] = await arrived(1);
    expect(Object.keys((message as { data: object }).data).toSorted()).toEqual([
      'country',
      'externalId',
      'timeZone',
      'workEmail',
    ]);
  });

  test('a leave seconds ahead carries its moment, and the date of that moment where the person works', async () => {
    const { body } = await happen('ada', { type: 'leave.scheduled', leaveAt: '2031-03-31T23:30:00Z' });
    expect(body.event.data).toMatchObject({
      leaveAt: '2031-03-31T23:30:00.000Z',
      lastWorkingDay: '2031-04-01',
    });
    const soon = await happen('bo', { type: 'leave.scheduled', leaveInSeconds: 30 });
    const ahead = Date.parse(soon.body.event.data.leaveAt) - Date.parse(soon.body.event.timestamp);
    expect(ahead).toBe(30_000);
  });

  test('without a moment, a leave takes hold at the end of the last working day where the person works', async () => {
    const { body } = await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-07-01' });
    expect(body.effectiveAt).toBe('2031-07-01T21:59:59.999Z');
    expect(body.event.data).not.toHaveProperty('leaveAt');
  });

  test('a withdrawn leave names the date that no longer holds, and a rehire or a withdrawal clears the record', async () => {
    await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-03-31' });
    await happen('ada', { type: 'leave.changed', lastWorkingDay: '2031-04-30' });
    expect(await employee('E-2')).toMatchObject({ status: 'leaving', lastWorkingDay: '2031-04-30' });
    const { body } = await happen('ada', { type: 'leave.withdrawn' });
    expect(body.event.data.lastWorkingDay).toBe('2031-04-30');
    expect(await employee('E-2')).toMatchObject({ status: 'active', lastWorkingDay: null });

    await happen('bo', { type: 'leave.scheduled', lastWorkingDay: '2020-01-01' });
    expect((await employee('E-3')).status).toBe('left');
    await happen('bo', { type: 'person.rehired' });
    expect((await employee('E-3')).status).toBe('active');
  });

  test('a move changes the record and leaves a scheduled leave alone', async () => {
    await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-03-31' });
    const { body } = await happen('ada', {
      type: 'person.moved',
      managerKey: 'bo',
      country: 'US',
      timeZone: 'America/New_York',
    });
    expect(body.event.data).toMatchObject({
      manager: { externalId: 'E-3' },
      country: 'US',
      timeZone: 'America/New_York',
    });
    expect(await employee('E-2')).toMatchObject({
      manager: { externalId: 'E-3' },
      lastWorkingDay: '2031-03-31',
      status: 'leaving',
    });
  });

  test('what is not taken is sent again under the same id, until it is', async () => {
    receiver.answers.push(503, 400);
    await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-03-31' });
    await arrived(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await vi.waitFor(
      async () =>
        expect(await vendor.deliveries()).toMatchObject([
          { state: 'delivered', delivery: 'leave.scheduled' },
        ]),
      { timeout: 10_000 },
    );
  });

  test('an event can be told again under its id, or go on record without being told', async () => {
    const { body } = await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-03-31' });
    await arrived(1);
    await vendor.control(`/events/${body.id}/redeliver`, {});
    await arrived(2);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([body.id, body.id]);
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);

    const silent = await happen('bo', {
      type: 'leave.scheduled',
      lastWorkingDay: '2031-03-31',
      notify: false,
    });
    expect(silent.body.id).toBeNull();
    expect((await employee('E-3')).status).toBe('leaving');
    expect(await vendor.deliveries()).toHaveLength(2);
  });

  test('any bytes can be sent, signed well, wrongly, too long ago or not at all', async () => {
    for (const signing of ['valid', 'wrong', 'stale', 'missing'])
      await vendor.control('/raw', { body: '{"broken"', signing });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(4), { timeout: 10_000 });
    const verdicts = receiver.received.map(({ body, headers }) => {
      try {
        new Webhook(SECRET).verify(body, headers as Record<string, string>, { jsonParse: false });
        return 'accepted';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    });
    expect(verdicts.toSorted()).toEqual([
      'Message timestamp too old',
      'Missing required headers',
      'No matching signature found',
      'accepted',
    ]);
    expect(receiver.received.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => '{"broken"'));
  });

  test('happenings that make no sense are refused and change nothing', async () => {
    expect((await happen('ada', { type: 'leave.scheduled', country: 'US' })).status).toBe(400);
    expect((await happen('ada', { type: 'person.moved', country: 'US', managerKey: 'nobody' })).status).toBe(
      400,
    );
    expect((await happen('ada', { type: 'person.moved', timeZone: 'Mars/Olympus' })).status).toBe(400);
    expect((await happen('ada', { type: 'leave.scheduled', lastWorkingDay: '2031-02-30' })).status).toBe(400);
    expect((await happen('nobody', { type: 'person.joined' })).status).toBe(404);
    expect(await employee('E-2')).toMatchObject({ status: 'active', country: 'DE' });
    expect(await vendor.deliveries()).toEqual([]);
  });
});

describe('reading', () => {
  test('everybody is listed in pages that a cursor walks', async () => {
    const first = (await vendor.call('/employees')).body;
    const second = (await vendor.call(`/employees?cursor=${first.nextCursor}`)).body;
    expect([...first.employees, ...second.employees].map(({ externalId }) => externalId)).toEqual([
      'E-1',
      'E-2',
      'E-3',
    ]);
    expect(second.nextCursor).toBeNull();
    expect((await vendor.call('/employees?cursor=forged')).status).toBe(400);
  });

  test('one person is read by external id; unknown is 404, and without the token nothing is served', async () => {
    expect(await employee('E-2')).toMatchObject({
      givenName: 'Ada',
      workEmail: 'ada@example.com',
      manager: { externalId: 'E-1' },
      status: 'active',
      leaveAt: null,
    });
    expect((await vendor.call('/employees/E-9')).status).toBe(404);
    expect((await vendor.call('/employees', { headers: { authorization: 'Bearer other' } })).status).toBe(
      401,
    );
  });

  test('a person can be hired after the company was seeded', async () => {
    await vendor.control('/people', {
      key: 'cy',
      givenName: 'Cy',
      familyName: 'New',
      workEmail: 'cy@example.com',
      externalId: 'E-4',
      managerKey: 'maya',
    });
    await happen('cy', { type: 'person.joined' });
    expect(await arrived(1)).toMatchObject([
      { type: 'person.joined', data: { externalId: 'E-4', manager: { externalId: 'E-1' } } },
    ]);
    expect((await employee('E-4')).status).toBe('active');
  });
});
