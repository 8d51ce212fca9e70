/** Holds that another system keeps: they stand here for as long as it says so, and nothing is sent while it is silent. */
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { ExternalHold, HoldSource } from '../../src/adapters/holds/port.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { readOutsideHolds, sweepHolds } from '../../src/activities/outside-holds.ts';
import { heldWipes } from '../../src/store/held-wipes.ts';
import { liftHold, placeHold } from '../../src/store/holds.ts';
import { useWipes } from './support/wipes.ts';
import type { OpenCustody } from './support/rows.ts';
import { LIMITED } from './support/wipes.ts';
import { writeValues } from '../../src/store/personal/values.ts';

const wipes = useWipes();
const NOTHING = () => {};

/** What the legal department's system says; two pages, so that a listing is more than one answer. */
let kept: ExternalHold[] = [];
let isDown = false;

const answering = <T>(answer: T): T => {
  if (isDown) throw new ConnectorError('retryable', 'legal', 'list');
  return answer;
};

const source: HoldSource = {
  freshness: 'live',
  holdsOn: async ({ addresses }) =>
    answering(kept.filter((hold) => hold.addresses.some((address) => addresses.includes(address)))),
  listHolds: async (cursor) =>
    cursor === null
      ? { items: kept.slice(0, 1), next: 'more' }
      : answering({ items: kept.slice(1), next: null }),
  probe: async () => ({ missing: [] }),
};

function context(holds: EngineContext['connectors']['holds'] = new Map([['legal', connected(source)]])) {
  return {
    db: wipes().db,
    connectors: { holds },
    clock: () => new Date(),
    log: { info: NOTHING, warn: NOTHING },
  } as unknown as EngineContext;
}

const connected = (port: HoldSource) => ({ name: 'legal', mode: 'observe', port, reader: null }) as const;
const sweep = () => sweepHolds(context(), { connector: 'legal' }, NOTHING);
const held = (id: string, address: string): ExternalHold => ({ externalId: id, addresses: [address] });

/** A leaver whose work address the directory told us. */
async function leaver(address: string): Promise<OpenCustody> {
  const custody = await wipes().custody();
  await wipes()
    .db.transaction()
    .execute((tx) => writeValues(tx, custody.personId, { workEmail: address }));
  return custody;
}

const inForce = async ({ personId }: OpenCustody) =>
  (
    await wipes()
      .db.selectFrom('holds')
      .select(['external_id', 'source'])
      .where('person_id', '=', personId)
      .where('lifted_at', 'is', null)
      .orderBy('external_id')
      .execute()
  ).map((row) => `${row.source}/${row.external_id}`);

beforeEach(async () => {
  kept = [];
  isDown = false;
  await sql`update persons set work_email_sealed = null, work_email_index = null`.execute(wipes().db);
});

describe('a sweep of a source of holds', () => {
  test('places what the source keeps on whom it means, once, and lifts it when it is gone there', async () => {
    const [ada, ben] = [await leaver('Ada@corp.example'), await leaver('ben@corp.example')];
    kept = [
      held('m1', 'ada@corp.example'),
      held('m2', 'BEN@corp.example'),
      held('m3', 'nobody@else.example'),
    ];
    expect(await sweep()).toEqual({ placed: 2, lifted: 0 });
    expect(await sweep()).toEqual({ placed: 0, lifted: 0 });
    expect([await inForce(ada), await inForce(ben)]).toEqual([['legal/m1'], ['legal/m2']]);
    kept = [held('m2', 'ben@corp.example')];
    expect(await sweep()).toEqual({ placed: 0, lifted: 1 });
    expect([await inForce(ada), await inForce(ben)]).toEqual([[], ['legal/m2']]);
  });

  test('keeps a matter of two that name the same person', async () => {
    const ada = await leaver('ada@corp.example');
    kept = [held('m1', 'ada@corp.example'), held('m2', 'ada@corp.example')];
    await sweep();
    kept = [held('m2', 'ada@corp.example')];
    await sweep();
    expect(await inForce(ada)).toEqual(['legal/m2']);
  });

  test('lifts nothing while the source does not answer whole, and nothing that was placed here', async () => {
    const ada = await leaver('ada@corp.example');
    kept = [held('m1', 'ada@corp.example')];
    await sweep();
    const by = 'token:legal';
    const own = { kind: 'legal', personId: ada.personId, deviceId: null, reason: 'matter 7', by } as const;
    const holdId = await wipes()
      .db.transaction()
      .execute((tx) => placeHold(tx, own, new Date()));
    kept = [];
    isDown = true;
    await expect(sweep()).rejects.toThrow(ConnectorError);
    expect(await inForce(ada)).toHaveLength(2);
    isDown = false;
    expect(await sweep()).toEqual({ placed: 0, lifted: 1 });
    expect(await inForce(ada)).toEqual(['null/null']);
    const lift = { holdId, kind: 'legal', reason: 'settled', by } as const;
    expect(
      await wipes()
        .db.transaction()
        .execute((tx) => liftHold(tx, lift, new Date())),
    ).toBe(true);
  });

  test('frees what waited for the source to answer, and nothing else', async () => {
    const { db } = wipes();
    const [silent, killed] = await wipes().custodies(2);
    if (silent === undefined || killed === undefined) throw new Error('no custodies');
    const claim = (of: OpenCustody, code: 'holds-unreadable' | 'kill-switch') =>
      wipes().claim(of, `appr_${of.deviceId}`, LIMITED, () => [code]);
    expect((await claim(silent, 'holds-unreadable')).kind).toBe('held');
    expect((await claim(killed, 'kill-switch')).kind).toBe('held');
    await sweep();
    const left = await db.transaction().execute((tx) => heldWipes(tx));
    expect(left.map(({ deviceId }) => deviceId)).toEqual([killed.deviceId]);
  });
});

describe('before something is sent, a source of holds', () => {
  const asked = (custody: OpenCustody, ...addresses: string[]) =>
    readOutsideHolds(context(), custody.personId, addresses);

  test('says that there is none', async () => {
    expect(await asked(await leaver('ada@corp.example'), 'ada@corp.example')).toBe('none');
  });

  test('is believed at once, sweep or no sweep, also for an address that is known nowhere else', async () => {
    const ada = await leaver('ada@corp.example');
    kept = [held('m1', 'a.byron@corp.example')];
    expect(await asked(ada, 'ada@corp.example', 'a.byron@corp.example')).toBe('placed');
    expect(await asked(ada, 'ada@corp.example', 'a.byron@corp.example')).toBe('placed');
    expect(await inForce(ada)).toEqual(['legal/m1']);
  });

  test('that does not answer lets nothing be sent, and neither does a person without an address', async () => {
    const ada = await leaver('ada@corp.example');
    expect(await asked(ada)).toBe('unreadable');
    isDown = true;
    expect(await asked(ada, 'ada@corp.example')).toBe('unreadable');
  });

  test('that cannot be asked about one person is believed for as long as its last whole reading is young', async () => {
    const ada = await leaver('ada@corp.example');
    const slow = new Map([['legal', connected({ ...source, freshness: { sweptWithinMs: 60_000 } })]]);
    const askedAt = (at: number) =>
      readOutsideHolds({ ...context(slow), clock: () => new Date(at) }, ada.personId, ['ada@corp.example']);
    await wipes().db.deleteFrom('connector_state').where('connector', '=', 'legal').execute();
    const now = Date.now();
    expect(await askedAt(now)).toBe('unreadable');
    await sweepHolds({ ...context(slow), clock: () => new Date(now) }, { connector: 'legal' }, NOTHING);
    expect(await askedAt(now + 60_000)).toBe('none');
    expect(await askedAt(now + 60_001)).toBe('unreadable');
    isDown = true;
    const failing = sweepHolds(
      { ...context(slow), clock: () => new Date(now + 30_000) },
      { connector: 'legal' },
      NOTHING,
    );
    await expect(failing).rejects.toThrow(ConnectorError);
    expect(await askedAt(now + 60_001)).toBe('unreadable');
  });

  test('is asked beside all others: one that holds outweighs one that is silent', async () => {
    const ada = await leaver('ada@corp.example');
    const silent: HoldSource = {
      ...source,
      holdsOn: async () => Promise.reject(new ConnectorError('retryable', 'b', 'x')),
    };
    kept = [held('m1', 'ada@corp.example')];
    const both = new Map([
      ['legal', connected(source)],
      ['other', { ...connected(silent), name: 'other' }],
    ]);
    expect(await readOutsideHolds(context(both), ada.personId, ['ada@corp.example'])).toBe('placed');
    kept = [];
    expect(await readOutsideHolds(context(both), ada.personId, ['ada@corp.example'])).toBe('unreadable');
    expect(await readOutsideHolds(context(new Map()), ada.personId, [])).toBe('none');
  });
});
