/** The handover: confirmed only when nothing is left that does not add up, everything was counted, and both sides have signed. */
import type { Policy } from '../domain/policy.ts';
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { Fact, NewFact } from '../domain/fact.ts';
import { canonicalDigest } from '../ledger/canonical.ts';
import { announceCustody } from './custody-news.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { endAsks, isBeingAsked } from './inventory-asks.ts';
import { latestCount } from './pickup-count.ts';
import { scannedByDock } from './pickup-dock.ts';
import type { DockWork } from './pickup-dock.ts';
import { openDifferences } from './pickup-differences.ts';
import type { OpenDifference } from './pickup-differences.ts';
import { discrepancies } from './pickup-matching.ts';
import type { Expected, Scanned } from './pickup-matching.ts';
import { missingSignatures } from './pickup-signatures.ts';
import type { Side } from './pickup-signatures.ts';
import { queueWakes, sweepId } from './outbox.ts';
import {
  advancePickup,
  discrepancyId,
  expectedUnits,
  lockDevices,
  openDiscrepancy,
  openPickupException,
  readScans,
} from './pickups.ts';
import type { PickupRow } from './pickups.ts';
import { vendorOnDay } from './vendor-standing.ts';

/** Something that does not add up and that nobody has decided. */
export interface OpenDiscrepancy {
  /** As on the dock (`missing` …), in the count (`count-missing` …) or by the inventory's live word (`inventory-ended` …). */
  readonly kind: string;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
  readonly exceptionId: string;
}

export type Confirmation =
  | {
      readonly kind: 'confirmed';
      readonly lines: number;
      /** Of them left without a live answer of every inventory. */
      readonly unanswered: number;
      readonly isNew: boolean;
    }
  /** Each is an exception with an owner by now. */
  | { readonly kind: 'refused'; readonly discrepancies: readonly OpenDiscrepancy[] }
  | { readonly kind: 'not-counted' }
  /** These have not signed for what leaves now. */
  | { readonly kind: 'not-signed'; readonly sides: readonly Side[] }
  /** An inventory is being asked about what was just scanned: its answer is moments off. */
  | { readonly kind: 'being-asked' }
  /** The policy lets nothing leave to a vendor without these. */
  | { readonly kind: 'not-certified'; readonly lapsed: readonly string[] };

/** What leaves, as both sides sign for it. */
export interface Leaving {
  readonly units: readonly Expected[];
  /** Of their lines and serials. */
  readonly digest: string;
}

/** Every unit that was scanned, or accepted as it was found. */
export async function leavingUnits(db: Reader, pickupId: string): Promise<Leaving> {
  const expected = await expectedUnits(db, pickupId);
  return leavingOf(expected, await dockScans(db, pickupId));
}

function leavingOf(expected: readonly Expected[], scans: readonly Scanned[]): Leaving {
  const seen = new Set(scans.map((scan) => scan.serial));
  const matched = new Set(scans.filter((scan) => scan.verdict === 'match').map((scan) => scan.serial));
  const units = expected.filter(
    (one) => one.leaving && (matched.has(one.serial) || (one.accepted && seen.has(one.serial))),
  );
  return { units, digest: canonicalDigest(units.map(({ line, serial }) => ({ line, serial }))) };
}

async function dockScans(db: Reader, pickupId: string): Promise<readonly Scanned[]> {
  const scans = await readScans(db, pickupId);
  return scans
    .filter((scan) => scan.by === 'dock')
    .map(({ serial, verdict, model, instead_of: insteadOf }) => ({ serial, verdict, model, insteadOf }));
}

export interface HandoverWork extends DockWork {
  readonly policy: Policy;
  /** Which of them says what has left is told at once, not at its sweep's next time. */
  readonly inventories: readonly string[];
  /** How long after its scan an inventory's live answer about a unit is waited for, milliseconds; 0: not at all. */
  readonly patienceMs: number;
}

/** The caller holds `lockPickup`, and commits also after a refusal, since that opens the exceptions. */
export async function confirmPickup(
  tx: Tx,
  pickup: PickupRow,
  work: HandoverWork,
  now: Date,
): Promise<Confirmation> {
  const { id: pickupId } = pickup;
  if (pickup.confirmed_at !== null)
    return { kind: 'confirmed', ...(await confirmedBefore(tx, pickupId)), isNew: false };
  const expected = await expectedUnits(tx, pickupId);
  const scans = await dockScans(tx, pickupId);
  const found = discrepancies(expected, scans);
  for (const one of found) await openDiscrepancy(tx, pickupId, one, work.exceptionsDueAt, now);
  const decided = await decidedOf(
    tx,
    found.map((one) => discrepancyId(pickupId, one)),
  );
  const open = found.flatMap((one): OpenDiscrepancy[] => {
    const exceptionId = discrepancyId(pickupId, one);
    return decided.has(exceptionId) ? [] : [{ ...one, exceptionId }];
  });
  const foundOtherwise = (await openDifferences(tx, pickupId)).map(withoutTime);
  const refused = [...open, ...foundOtherwise];
  if (refused.length > 0) return { kind: 'refused', discrepancies: refused };
  if ((await latestCount(tx, pickupId)) === null) return { kind: 'not-counted' };
  const leaving = leavingOf(expected, scans);
  const sides = await missingSignatures(tx, pickupId, leaving.digest);
  if (sides.length > 0) return { kind: 'not-signed', sides };
  const since = new Date(now.getTime() - work.patienceMs);
  if (work.patienceMs > 0 && (await isBeingAsked(tx, pickupId, since))) return { kind: 'being-asked' };
  const lapsed = await checkVendor(tx, pickup, work, now);
  if (lapsed.length > 0) return { kind: 'not-certified', lapsed };
  const matched = new Set(scans.filter((scan) => scan.verdict === 'match').map((scan) => scan.serial));
  const unanswered = await handOver(tx, pickupId, leaving.units, matched, work.actor, now);
  await queueWakes(
    tx,
    work.inventories.map((name) => ({
      workflowId: sweepId('sweepInventory', name),
      workflowType: 'sweepInventory',
    })),
  );
  return { kind: 'confirmed', lines: leaving.units.length, unanswered, isNew: true };
}

function withoutTime({ kind, serial, line, deviceId, exceptionId }: OpenDifference): OpenDiscrepancy {
  return { kind, serial, line, deviceId, exceptionId };
}

async function decidedOf(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .selectFrom('exceptions')
    .select('id')
    .where('id', 'in', [...ids])
    .where('resolved_at', 'is not', null)
    .execute();
  return new Set(rows.map((row) => row.id));
}

/**
 * Records what the vendor was certified for on this day; what is wanted and has run out is somebody's to look into.
 *
 * @returns What keeps the units here, by the policy.
 */
async function checkVendor(
  tx: Tx,
  { id: pickupId, connector }: PickupRow,
  { policy, exceptionsDueAt, actor }: HandoverWork,
  now: Date,
): Promise<readonly string[]> {
  const { certifications: rule } = policy.handoff;
  const day = now.toISOString().slice(0, 10);
  const { certifications, lapsed, facilityId } = await vendorOnDay(tx, connector, day, rule?.required ?? []);
  for (const scheme of lapsed) {
    const about = `vendor ${connector}, ${scheme}, ${day}`;
    await openPickupException(
      tx,
      pickupId,
      { code: 'vendor-not-certified', occurrence: scheme, about, deviceId: null },
      exceptionsDueAt,
      now,
    );
  }
  if (lapsed.length > 0 && rule?.onLapse === 'refuse') return lapsed;
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.vendor-checked:${pickupId}`,
        type: 'pickup.vendor-checked',
        actor,
        data: { pickupId, day, certifications, lapsed, facilityId },
      },
    ],
    now,
  );
  return [];
}

async function handOver(
  tx: Tx,
  pickupId: string,
  units: readonly Expected[],
  matched: ReadonlySet<string>,
  actor: string,
  now: Date,
): Promise<number> {
  const unanswered = await endAsks(
    tx,
    pickupId,
    units.map((unit) => unit.serial),
  );
  await tx
    .updateTable('pickups')
    .set({ state: 'confirmed', confirmed_by: actor, confirmed_at: now })
    .where('id', '=', pickupId)
    .execute();
  const confirmed: NewFact = {
    stream: pickupStream(pickupId),
    key: `pickup.confirmed:${pickupId}`,
    type: 'pickup.confirmed',
    actor,
    data: {
      pickupId,
      lines: units.length,
      confirmedBy: actor,
      ...(unanswered === 0 ? {} : { unanswered }),
    },
  };
  await appendFacts(tx, [confirmed], now);
  await lockDevices(
    tx,
    units.map((unit) => unit.deviceId),
  );
  for (const unit of units) {
    const { deviceId, epoch, serial } = unit;
    const transferred: NewFact = {
      stream: deviceStream(deviceId),
      key: `handoff.transferred:${deviceId}:${epoch}:${pickupId}`,
      type: 'handoff.transferred',
      actor,
      data: { epoch, pickupId, confirmedBy: actor },
    };
    // What was accepted as found was scanned as something else.
    const facts = matched.has(serial)
      ? [transferred]
      : [scannedByDock(pickupId, unit, actor, now), transferred];
    await appendFacts(tx, facts, now);
    await announceCustody(tx, deviceId, epoch, now);
  }
  await advancePickup(tx, pickupId);
  return unanswered;
}

async function confirmedBefore(
  tx: Tx,
  pickupId: string,
): Promise<{ readonly lines: number; readonly unanswered: number }> {
  const fact = await tx
    .selectFrom('facts')
    .select('canonical')
    .where('key', '=', `pickup.confirmed:${pickupId}`)
    .executeTakeFirstOrThrow();
  const { data } = JSON.parse(fact.canonical) as Fact<'pickup.confirmed'>;
  return { lines: data.lines, unanswered: data.unanswered ?? 0 };
}
