/** The physical count: what stands on the dock, counted by hand, against the manifest and the books. */
import type { CountDifference } from '../domain/discrepancy.ts';
import { ownerOf } from '../domain/deadlines.ts';
import { pickupStream } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { toMs } from '../domain/time.ts';
import type { Reader, Tx } from './database.ts';
import { countDueAt, healBreach, recordBreach } from './deadline-breaches.ts';
import { keepDocument } from './documents.ts';
import { resolveException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { wordsOf } from './inventory-asks.ts';
import type { InventoryWord } from './inventory-asks.ts';
import type { DockWork } from './pickup-dock.ts';
import type { Expected } from './pickup-matching.ts';
import { openDifferences, raiseDifference } from './pickup-differences.ts';
import { expectedUnits } from './pickups.ts';
import type { PickupRow } from './pickups.ts';
import { recordsOf } from './scan-lookup.ts';
import type { SerialRecord } from './scan-lookup.ts';

export interface CountedDifference {
  readonly kind: CountDifference;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
  readonly exceptionId: string;
}

export interface CountResult {
  readonly countId: string;
  /** How many units were counted; a serial that was read twice is one. */
  readonly units: number;
  readonly countedAt: string;
  readonly countedBy: string;
  readonly differences: readonly CountedDifference[];
}

type Difference = Omit<CountedDifference, 'exceptionId'>;

/**
 * What a count says, serial by serial. Pure.
 *
 * @param recorded What inventories, asked live, have a record of.
 * @param hasInventory Whether an inventory is configured: without one nothing can be missing from it.
 */
export function countDifferences(
  counted: ReadonlySet<string>,
  expected: readonly Expected[],
  records: ReadonlyMap<string, SerialRecord>,
  hasInventory: boolean,
  recorded: ReadonlySet<string> = new Set(),
): readonly Difference[] {
  const lines = new Map(expected.map((one) => [one.serial, one]));
  const missing = expected.filter((one) => one.leaving && !counted.has(one.serial));
  const ofLines = missing.map(({ serial, line, deviceId }) => difference('missing', serial, line, deviceId));
  const ofUnits = [...counted].flatMap((serial): Difference[] => {
    const line = lines.get(serial);
    const record = records.get(serial);
    if (line !== undefined && line.leaving) {
      const isUnknown = hasInventory && record?.inInventory === false;
      return isUnknown ? [difference('not-in-inventory', serial, line.line, line.deviceId)] : [];
    }
    if (record === undefined && !recorded.has(serial)) return [difference('unrecorded', serial, null, null)];
    return [difference('unlisted', serial, line?.line ?? null, record?.deviceId ?? null)];
  });
  return [...ofLines, ...ofUnits];
}

function recordedIn(words: ReadonlyMap<string, InventoryWord>): ReadonlySet<string> {
  return new Set([...words.values()].filter(({ known }) => known === true).map(({ serial }) => serial));
}

function difference(
  kind: CountDifference,
  serial: string,
  line: number | null,
  deviceId: string | null,
): Difference {
  return { kind, serial, line, deviceId };
}

export interface CountWork extends DockWork {
  readonly policy: Policy;
}

export type Counted =
  | { readonly kind: 'counted'; readonly count: CountResult }
  | { readonly kind: 'confirmed' }
  /** The first text that cannot be a serial, by its place in the list (from 0). */
  | { readonly kind: 'unreadable'; readonly index: number };

/**
 * Takes a count in: the latest one counts, and what an earlier one missed and this one has is settled. The caller holds
 * `lockPickup`.
 */
export async function recordCount(
  tx: Tx,
  pickup: PickupRow,
  printed: readonly string[],
  hasInventory: boolean,
  work: CountWork,
  now: Date,
): Promise<Counted> {
  if (pickup.confirmed_at !== null) return { kind: 'confirmed' };
  const serials = printed.map((text) => normaliseSerial(text));
  const index = serials.findIndex((serial) => serial === null);
  if (index !== -1) return { kind: 'unreadable', index };
  const counted = new Set(serials.flatMap((serial) => serial ?? []));
  const sorted = [...counted].toSorted();
  const found = countDifferences(
    counted,
    await expectedUnits(tx, pickup.id),
    await recordsOf(tx, sorted, pickup.id),
    hasInventory,
    recordedIn(await wordsOf(tx, pickup.id, sorted)),
  );
  const isFirst = (await latestCount(tx, pickup.id)) === null;
  const countId = newId('count');
  const documentDigest = await keepDocument(
    tx,
    Buffer.from(`serial\n${sorted.map((serial) => `${serial}\n`).join('')}`),
    'text/csv',
  );
  await tx
    .insertInto('pickup_counts')
    .values({
      id: countId,
      pickup_id: pickup.id,
      serials: sorted,
      document_digest: documentDigest,
      counted_by: work.actor,
      counted_at: now,
    })
    .execute();
  const differences: Record<string, number> = {};
  for (const { kind } of found) differences[kind] = (differences[kind] ?? 0) + 1;
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickup.id),
        key: `pickup.counted:${countId}`,
        type: 'pickup.counted',
        actor: work.actor,
        data: { pickupId: pickup.id, countId, units: counted.size, documentDigest, differences },
      },
    ],
    now,
  );
  await settleDeadline(tx, pickup, isFirst, work, now);
  const kept = await keepDifferences(tx, pickup.id, found, work, now);
  const count = {
    countId,
    units: counted.size,
    countedAt: now.toISOString(),
    countedBy: work.actor,
    differences: kept,
  };
  return { kind: 'counted', count };
}

/** Late or not, it is counted now: what was raised because it was not is settled, and stays counted as missed. */
async function settleDeadline(
  tx: Tx,
  { id: pickupId, created_at: startedAt }: PickupRow,
  isFirst: boolean,
  { policy, actor }: CountWork,
  now: Date,
): Promise<void> {
  const dueAt = countDueAt(startedAt, policy);
  const stream = pickupStream(pickupId);
  if (isFirst && dueAt !== null && toMs(dueAt) < now.getTime())
    await recordBreach(
      tx,
      stream,
      0,
      { trigger: 'counted', owner: ownerOf('counted', policy), startedAt, dueAt },
      now,
    );
  await healBreach(tx, stream, 0, 'counted', now.toISOString());
  const overdue = await tx
    .selectFrom('exceptions')
    .select('id')
    .where('pickup_id', '=', pickupId)
    .where('code', '=', 'count-overdue')
    .where('resolved_at', 'is', null)
    .execute();
  for (const { id: exceptionId } of overdue)
    await resolveException(tx, { exceptionId, outcome: 'counted', reason: 'counted', by: actor }, now);
}

async function keepDifferences(
  tx: Tx,
  pickupId: string,
  found: readonly Difference[],
  work: DockWork,
  now: Date,
): Promise<readonly CountedDifference[]> {
  const still = new Set(found.map(({ kind, serial }) => `count-${kind}\n${serial}`));
  for (const { exceptionId, kind, serial } of await openDifferences(tx, pickupId)) {
    if (!kind.startsWith('count-') || still.has(`${kind}\n${serial}`)) continue;
    const reason = `serial ${serial}`;
    await resolveException(tx, { exceptionId, outcome: 'recounted', reason, by: work.actor }, now);
  }
  const kept: CountedDifference[] = [];
  for (const one of found) {
    const named = { ...one, kind: `count-${one.kind}` as const };
    const about = `serial ${one.serial}`;
    const exceptionId = await raiseDifference(tx, pickupId, named, about, work.exceptionsDueAt, now);
    kept.push({ ...one, exceptionId });
  }
  return kept;
}

export interface CountRow {
  readonly id: string;
  readonly units: number;
  readonly countedAt: string;
  readonly countedBy: string;
}

/** The count that stands: the last one. */
export async function latestCount(db: Reader, pickupId: string): Promise<CountRow | null> {
  const row = await db
    .selectFrom('pickup_counts')
    .select(['id', 'serials', 'counted_at', 'counted_by'])
    .where('pickup_id', '=', pickupId)
    .orderBy('counted_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { id: row.id, units: row.serials.length, countedAt: row.counted_at, countedBy: row.counted_by };
}
