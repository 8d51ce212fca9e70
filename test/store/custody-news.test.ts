/** News of a device: shown at once, and a reason to wake its workflow only when it changes what comes next. */
import { describe, expect, test } from 'vitest';
import type { FactType } from '../../src/domain/fact-types.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { announceCustody } from '../../src/store/custody-news.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { lockStream } from '../../src/store/held-streams.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { devicePath, seen } from '../unit/domain/support/world.ts';
import type { Happening } from '../unit/domain/support/world.ts';
import type { OpenCustody } from './support/rows.ts';
import { useWipes } from './support/wipes.ts';

const database = useWipes();

/** Commits what the path of a device that goes well has of that type, and announces it. @returns Whether it wakes. */
async function news(custody: OpenCustody, type: FactType, nth = 0): Promise<boolean> {
  const happening = devicePath('windows').filter(([one]) => one === type)[nth];
  if (happening === undefined) throw new Error(`no ${type} on the path`);
  return newsOf(custody, happening, nth);
}

async function newsOf(custody: OpenCustody, happening: Happening, nth = 0): Promise<boolean> {
  const { db } = database();
  const { deviceId, epoch } = custody;
  const [type, dataAt] = happening;
  const now = new Date();
  const fact = {
    stream: deviceStream(deviceId),
    key: `${type}:${deviceId}:${epoch}:${nth}`,
    type,
    actor: 'test',
    data: dataAt(now.getTime()),
  } as NewFact;
  await db.deleteFrom('outbox').execute();
  await inTransaction(db, async (tx) => {
    await lockStream(tx, fact.stream);
    await appendFacts(tx, [fact], now);
    await announceCustody(tx, deviceId, epoch, now);
  });
  const woken = await db.selectFrom('outbox').select('only_start').execute();
  return woken.some((row) => !row.only_start);
}

async function gatesOf({ deviceId, epoch }: OpenCustody): Promise<Readonly<Record<string, string>>> {
  const { gates } = await database()
    .db.selectFrom('custodies')
    .select('gates')
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow();
  return Object.fromEntries(Object.entries(gates).map(([gate, status]) => [gate, status?.state ?? '']));
}

describe('news of a device', () => {
  test('shows at once, and wakes nobody as long as somebody else has to act', async () => {
    const custody = await database().custody();
    // What the workflow has done by itself: nobody is woken for what it is about already.
    for (const type of ['handover.not-required', 'wipe.approved', 'wipe.intended', 'wipe.answered'] as const)
      await news(custody, type);
    expect(await news(custody, 'return.scanned')).toBe(false);
    expect(await gatesOf(custody)).toMatchObject({ return: 'satisfied', wipe: 'in-progress' });
    expect(await news(custody, 'wipe.observed')).toBe(false);
    expect(await gatesOf(custody)).toMatchObject({ wipe: 'satisfied', 'itad-handoff': 'waiting' });
    expect(await news(custody, 'handoff.transferred')).toBe(false);
    expect(await news(custody, 'handoff.scanned', 0)).toBe(false);
    expect(await news(custody, 'handoff.scanned', 1)).toBe(false);
    expect(await news(custody, 'handoff.certified')).toBe(true);
    expect(await gatesOf(custody)).toMatchObject({
      'itad-handoff': 'satisfied',
      'inventory-closure': 'in-progress',
    });
  });

  test('of a failed wipe wakes: somebody must be told', async () => {
    const custody = await database().custody();
    for (const type of ['handover.not-required', 'wipe.approved', 'wipe.intended', 'wipe.answered'] as const)
      await news(custody, type);
    expect(await newsOf(custody, seen({ state: 'failed' }))).toBe(true);
    expect(await gatesOf(custody)).toMatchObject({ wipe: 'failed' });
  });

  test('that was work to do before and still is wakes nobody a second time', async () => {
    const custody = await database().custody();
    await news(custody, 'handover.not-required');
    // The approval is for the workflow to act on; that the device is back changes nothing about it.
    expect(await news(custody, 'wipe.approved')).toBe(true);
    expect(await news(custody, 'return.scanned')).toBe(false);
  });
});
