/** Labels with two carriers and a mail server as they are: bought by country, once each, brought to the leaver, and bought again after a wrong unit. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEasypost as easypostSimulator } from '../../sandbox/easypost/index.ts';
import type { Mail } from '../../sandbox/mail/mailbox.ts';
import { createMail } from '../../sandbox/mail/index.ts';
import type { Effect } from '../../sandbox/core/effects.ts';
import { startInstances } from '../../sandbox/core/start.ts';
import { controlClient } from '../../sandbox/core/testing.ts';
import { createShippo as shippoSimulator } from '../../sandbox/shippo/index.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sendNotices } from '../../src/activities/notices/send.ts';
import { sweepParcels } from '../../src/activities/parcel-sweep.ts';
import { makeLabel } from '../../src/activities/returns.ts';
import { custodyRuleContext } from '../../src/activities/rule-context.ts';
import { createEasypost, EasypostSettings } from '../../src/adapters/carrier/easypost/index.ts';
import { createShippo, ShippoSettings } from '../../src/adapters/carrier/shippo/index.ts';
import { createSmtp, SmtpSettings } from '../../src/adapters/notify/smtp/index.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Route } from '../../src/domain/routes.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { newId } from '../../src/store/ids.ts';
import { recordIntakeScan } from '../../src/store/intake-scans.ts';
import { writeValues } from '../../src/store/personal/values.ts';
import { loadCustody } from '../../src/store/rule-facts.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { useWipes } from './support/wipes.ts';

const database = useWipes();
const FAST = { requestsPerSecond: 1000, burst: 1000 };
const DEPOT = { name: 'Depot', street1: '1 Way', city: 'Town', zip: '1', country: 'US' };
const HOME = 'ada@home.example';

describe('labels', () => {
  let sandbox: Awaited<ReturnType<typeof startInstances>>;
  let context: EngineContext;
  let serials = 0;

  beforeAll(async () => {
    sandbox = await startInstances({
      controlPort: 0,
      simulators: { easypost: easypostSimulator, shippo: shippoSimulator, mail: createMail },
      instances: [
        { kind: 'easypost', name: 'easypost', indexPerSecond: 0 },
        { kind: 'shippo', name: 'shippo', listsPerMinute: 0 },
        { kind: 'mail', name: 'mail' },
      ],
    });
    const { easypost, shippo, mail } = sandbox.urls;
    const connected = <T>(name: string, port: T) =>
      [name, { name, mode: 'enforce', port, reader: null }] as const;
    context = {
      db: database().db,
      connectors: {
        carrier: new Map([
          connected(
            'easypost',
            createEasypost(
              'easypost',
              EasypostSettings.parse({ baseUrl: `${easypost}/v2`, apiKey: 'EZTK-sandbox', ...FAST }),
            ),
          ),
          connected(
            'shippo',
            createShippo(
              'shippo',
              ShippoSettings.parse({
                baseUrl: shippo,
                apiToken: 'shippo_test_sandbox',
                listsPerMinute: 60_000,
                ...FAST,
              }),
            ),
          ),
        ]),
        notify: new Map([
          connected(
            'mail',
            createSmtp(
              'mail',
              SmtpSettings.parse({ baseUrl: mail, tls: 'off', from: 'it@work.example', ...FAST }),
            ),
          ),
        ]),
        inventory: new Map(),
        enrolment: new Map(),
      },
      peopleModes: [],
      returns: {
        to: DEPOT,
        weightGrams: 2500,
        boxWeightGrams: 900,
        carriers: { DE: 'shippo' },
        refundLabels: true,
      },
      notices: {
        mailPeopleBy: 'mail',
        roles: { 'asset-manager': [{ connector: 'mail', to: 'assets@work.example' }] },
        language: 'en',
        timeZone: 'UTC',
        quietHours: null,
        giveUpAfterMs: 60_000,
        countries: {},
      },
      retryCapMs: 1,
      clock: () => new Date(),
      log: { info: () => {}, warn: () => {} },
      crash: () => {},
    } as unknown as EngineContext;
  });
  afterAll(() => sandbox.stop());
  // The simulators go on: reset, they would give the same numbers again.
  let before = 0;
  beforeEach(async () => {
    await sendNotices(context, { connector: 'mail' });
    before = (await allMails()).length;
  });

  const control = () => controlClient(sandbox.controlUrl);
  const bought = async (...custodies: readonly OpenCustody[]) => {
    const { effects } = await control().get<{ effects: (Effect & { instance: string })[] }>(
      '/effects?kind=label.bought',
    );
    return effects.filter(({ params }) =>
      custodies.some(({ deviceId }) => String(params['reference']).startsWith(deviceId)),
    );
  };
  const allMails = async () => (await control().get<{ mails: Mail[] }>('/instances/mail/mails')).mails;
  const mails = async () => {
    await sendNotices(context, { connector: 'mail' });
    return (await allMails()).slice(before);
  };

  async function leaver(
    country: string,
    { policy = {}, ...more }: { policy?: Partial<Policy['return']>; noContact?: boolean; email?: null } = {},
  ): Promise<OpenCustody & { readonly serial: string }> {
    serials += 1;
    const serial = `LABELS${String(serials).padStart(4, '0')}`;
    const rules = { ...POLICY, return: { ...POLICY.return, ...policy } };
    const custody = await insertOpenCustody(database().db, rules, serial);
    const address = { street1: '9 Home Lane', city: 'Reno', zip: '89501', country };
    await database()
      .db.transaction()
      .execute(async (tx) => {
        const privateEmail = more.email === null ? null : HOME;
        await writeValues(tx, custody.personId, { address, displayName: 'Ada Leaver', privateEmail });
        await tx
          .updateTable('persons')
          .set({ country, no_contact: more.noContact ?? false })
          .where('id', '=', custody.personId)
          .execute();
      });
    return { ...custody, serial };
  }

  const stateOf = ({ deviceId, epoch }: OpenCustody) => loadCustody(database().db, deviceId, epoch);

  /** As the workflow does: by the carrier that the rules name. */
  async function make(custody: OpenCustody): Promise<string | null> {
    const state = await stateOf(custody);
    const { carrier } = await custodyRuleContext(context, database().db, state, Date.now());
    if (carrier !== null) await makeLabel(context, { ...custody, connector: carrier });
    return carrier;
  }

  /** As two people decide it. */
  async function routed({ deviceId, epoch }: OpenCustody, to: Route): Promise<void> {
    const decisionId = newId('decision');
    const data = { epoch, decisionId, from: 'dispose', to, reviewAt: null } as const;
    const key = `route.changed:${decisionId}`;
    const fact = {
      stream: `device:${deviceId}`,
      key,
      type: 'route.changed',
      actor: 'token:two',
      data,
    } as const;
    await inTransaction(database().db, async (tx) => {
      await appendFacts(tx, [fact], new Date());
      await tx.updateTable('custodies').set({ route: to }).where('device_id', '=', deviceId).execute();
    });
  }

  /** Somebody scans another unit out of the parcel. */
  async function wrongUnit(trackingCode: string): Promise<void> {
    serials += 1;
    const scan = {
      serial: `STRANGER${serials}`,
      site: 'hq',
      condition: 'good',
      trackingCode,
      actor: 'token:dock',
      exceptionsDueAt: new Date(),
    };
    await database()
      .db.transaction()
      .execute((tx) => recordIntakeScan(tx, scan, null, new Date()));
  }

  it('are bought by the carrier of the country, and their parcels followed where they were bought', async () => {
    const [german, american] = [await leaver('DE'), await leaver('US')];
    expect([await make(german), await make(american)]).toEqual(['shippo', 'easypost']);
    await make(german);
    expect((await bought(german, american)).map(({ instance }) => instance)).toEqual(['shippo', 'easypost']);
    for (const [custody, carrier, status] of [
      [german, 'shippo', { status: 'TRANSIT' }],
      [american, 'easypost', { status: 'in_transit' }],
    ] as const) {
      const { label } = await stateOf(custody);
      const code = label?.data.trackingCode ?? '';
      const what = carrier === 'shippo' ? 'tracks' : 'trackers';
      await control().post(`/instances/${carrier}/${what}/${code}/scan`, { ...status, notify: false });
      expect((await sweepParcels(context, { connector: carrier }, () => {})).changed).toBe(1);
      expect((await stateOf(custody)).tracked?.data).toMatchObject({
        trackingCode: code,
        status: 'in_transit',
      });
    }
  });

  it('reach the leaver by mail, once, and nothing of them is in facts or rows', async () => {
    const custody = await leaver('DE');
    await make(custody);
    await make(custody);
    const [mail, ...rest] = await mails();
    expect(rest).toEqual([]);
    expect(mail?.to).toEqual([HOME]);
    const { label } = await stateOf(custody);
    const [row] = await database()
      .db.selectFrom('trackers')
      .selectAll()
      .where('device_id', '=', custody.deviceId)
      .execute();
    expect(row).toMatchObject({ tracking_code: label?.data.trackingCode, purpose: 'return' });
    for (const part of [row?.label_url, row?.qr_code_url, row?.tracking_code])
      expect(mail?.text.replaceAll(/=\r?\n|\r?\n/gu, '')).toContain(part);
    // The label can be had at that address, by nobody who cuts it short.
    expect((await fetch(row?.label_url ?? '')).status).toBe(200);
    const facts = await database()
      .db.selectFrom('facts')
      .selectAll()
      .where('stream', '=', `device:${custody.deviceId}`)
      .execute();
    expect(facts.filter(({ type }) => type === 'notice.sent')).toHaveLength(1);
    const notices = await database().db.selectFrom('notifications').selectAll().execute();
    expect(JSON.stringify([facts, notices])).not.toMatch(
      /Ada Leaver|home\.example|Home Lane|Signature=|labels\//u,
    );
  });

  it.each([
    [{ noContact: true }, 'no-contact'],
    [{ email: null }, 'no-private-address'],
  ])('that cannot be written about (%j) are a desk’s, without the label', async (who, why) => {
    const custody = await leaver('DE', who);
    await make(custody);
    const sent = await mails();
    expect(sent.map(({ to }) => to)).toEqual([['assets@work.example']]);
    expect(sent[0]?.text).toContain(custody.deviceId);
    expect(sent[0]?.text).not.toMatch(/Signature=|Leaver|Ada/u);
    const rows = await database()
      .db.selectFrom('notifications')
      .select(['role', 'state', 'why'])
      .where('device_id', '=', custody.deviceId)
      .where('role', '=', 'leaver')
      .execute();
    expect(rows).toEqual([{ role: 'leaver', state: 'suppressed', why }]);
  });

  it('are not sent any more to somebody who has used theirs in the meantime', async () => {
    const custody = await leaver('DE');
    await make(custody);
    const { label } = await stateOf(custody);
    await control().post(`/instances/shippo/tracks/${label?.data.trackingCode}/scan`, {
      status: 'TRANSIT',
      notify: false,
    });
    await sweepParcels(context, { connector: 'shippo' }, () => {});
    expect(await mails()).toEqual([]);
  });

  it('lie in a box where the policy says so: the box is told of, and not the label', async () => {
    const custody = await leaver('DE', { policy: { means: { default: 'box', byCountry: {} } } });
    await make(custody);
    const [mail, ...rest] = await mails();
    expect([rest, (await bought(custody)).length]).toEqual([[], 2]);
    const { box } = await stateOf(custody);
    expect(mail?.subject).toContain('box');
    expect(mail?.text).toContain(box?.data.trackingCode);
    expect(mail?.text).not.toContain('Signature=');
  });

  it('are bought again after a parcel that held another unit, so many as the policy allows, and each once', async () => {
    const custody = await leaver('DE', { policy: { labelsMost: 2 } });
    await make(custody);
    await mails();
    const first = (await stateOf(custody)).label?.data.trackingCode ?? '';
    await wrongUnit(first);
    await Promise.all([make(custody), make(custody), make(custody)]);
    await make(custody);
    const second = (await stateOf(custody)).label?.data;
    expect(second).toMatchObject({ number: 2 });
    expect(second?.trackingCode).not.toBe(first);
    expect((await bought(custody)).map(({ params }) => params['reference'])).toEqual([
      `${custody.deviceId}:1`,
      `${custody.deviceId}:1:2`,
    ]);
    const sent = await mails();
    expect(sent).toHaveLength(2);
    expect(sent[1]?.text).toContain('held another device');
    // Neither the same parcel again nor the last one buys a third.
    await wrongUnit(first);
    await wrongUnit(second?.trackingCode ?? '');
    await make(custody);
    expect(await bought(custody)).toHaveLength(2);
  });

  it('are one, where the policy says nothing of it', async () => {
    const custody = await leaver('DE');
    await make(custody);
    await wrongUnit((await stateOf(custody)).label?.data.trackingCode ?? '');
    await make(custody);
    expect(await bought(custody)).toHaveLength(1);
  });

  it('that follow ones which were given back say that those are void, and not that the wrong device came', async () => {
    const custody = await leaver('DE');
    await make(custody);
    await mails();
    await routed(custody, 'employee-sale');
    const later: EngineContext = { ...context, clock: () => new Date(Date.now() + 2 * 3_600_000) };
    await sweepParcels(later, { connector: 'shippo' }, () => {});
    await routed(custody, 'dispose');
    await make(custody);
    const [, mail, ...rest] = await mails();
    expect(rest).toEqual([]);
    expect(mail?.text.replaceAll(/=\r?\n/gu, '')).toContain('not valid any more');
    expect(mail?.text).not.toContain('held another device');
    const { label } = await stateOf(custody);
    expect(mail?.text).toContain(label?.data.trackingCode);
  });

  it('that were given back before their message went out are not sent any more', async () => {
    const custody = await leaver('DE');
    await make(custody);
    await routed(custody, 'employee-sale');
    const later: EngineContext = { ...context, clock: () => new Date(Date.now() + 2 * 3_600_000) };
    await sweepParcels(later, { connector: 'shippo' }, () => {});
    // Decided back again, and no other label is there yet.
    await routed(custody, 'dispose');
    expect(await mails()).toEqual([]);
  });

  it('whose answer was lost are read back and sent, and bought no second time', async () => {
    await control().post('/faults', {
      instance: 'shippo',
      match: { method: 'POST', path: '/transactions' },
      fault: { type: 'drop-after-effect' },
      times: 1,
    });
    const custody = await leaver('DE');
    await make(custody);
    await make(custody);
    expect(await bought(custody)).toHaveLength(1);
    expect((await stateOf(custody)).label).not.toBeNull();
    expect(await mails()).toHaveLength(1);
  });
});
