/** Pickups in their plain form: made with a frozen manifest, read, and brought forward in their states. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import { deviceStream, pickupStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { pickupWorkflowId } from '../domain/ids.ts';
import type { Reader, Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { readStream } from './streams.ts';
import { derivedId } from './ids.ts';
import { queueWakes } from './outbox.ts';
import { modelKey } from './pickup-matching.ts';
import type { Discrepancy, Expected } from './pickup-matching.ts';
import type { Schema } from './schema.ts';
import { isPickupCertified } from './pickup-certified.ts';

export type PickupRow = Selectable<Schema['pickups']>;
export type PickupLineRow = Selectable<Schema['pickup_lines']>;
export type PickupScanRow = Selectable<Schema['pickup_scans']>;

/** A device that goes, as the manifest prints it. */
export interface PickupUnit {
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
}

export interface NewPickup {
  readonly pickupId: string;
  readonly connector: string;
  readonly site: string;
  readonly actor: string;
  readonly units: readonly PickupUnit[];
}

/** Held while devices are chosen, so that two pickups never take the same one. */
export async function lockPickups(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('handback:pickups'))`.execute(tx);
}

/** Makes the pickup and its manifest. The caller holds `lockPickups` and has chosen the units. */
export async function createPickup(tx: Tx, pickup: NewPickup, now: Date): Promise<void> {
  const { pickupId, connector, site, actor } = pickup;
  const lines = pickup.units
    .toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
    .map((unit, index) => ({ line: index + 1, ...unit }));
  await tx
    .insertInto('pickups')
    .values({
      id: pickupId,
      connector,
      site,
      state: 'draft',
      reference: null,
      created_by: actor,
      created_at: now,
      confirmed_by: null,
    })
    .execute();
  await tx
    .insertInto('pickup_lines')
    .values(
      lines.map(({ line, deviceId, epoch, serial, manufacturer, model, assetTag }) => ({
        pickup_id: pickupId,
        line,
        device_id: deviceId,
        epoch,
        serial,
        manufacturer,
        model,
        asset_tag: assetTag,
        model_key: modelKey(model),
      })),
    )
    .execute();
  const data = {
    pickupId,
    connector,
    lines: lines.map(({ line, deviceId, epoch, serial }) => ({ line, deviceId, epoch, serial })),
  };
  const created: NewFact = {
    stream: pickupStream(pickupId),
    key: `pickup.created:${pickupId}`,
    type: 'pickup.created',
    actor,
    data,
  };
  const manifested = lines.map(({ line, deviceId, epoch }): NewFact => ({
    stream: deviceStream(deviceId),
    key: `handoff.manifested:${deviceId}:${epoch}:${pickupId}`,
    type: 'handoff.manifested',
    actor,
    data: { epoch, pickupId, line },
  }));
  await appendFacts(tx, [created, ...manifested], now);
  await wakePickup(tx, pickupId);
}

export async function wakePickup(tx: Tx, pickupId: string): Promise<void> {
  await queueWakes(tx, [{ workflowId: pickupWorkflowId(pickupId), workflowType: 'itadPickup' }]);
}

export async function readPickup(db: Reader, pickupId: string): Promise<PickupRow | null> {
  return (await db.selectFrom('pickups').selectAll().where('id', '=', pickupId).executeTakeFirst()) ?? null;
}

/** Lines, scans and confirmation of a pickup change under this lock only; it comes before any stream's. */
export async function lockPickup(tx: Tx, pickupId: string): Promise<PickupRow | null> {
  return (
    (await tx
      .selectFrom('pickups')
      .selectAll()
      .where('id', '=', pickupId)
      .forNoKeyUpdate()
      .executeTakeFirst()) ?? null
  );
}

export async function readLines(db: Reader, pickupId: string): Promise<readonly PickupLineRow[]> {
  return db
    .selectFrom('pickup_lines')
    .selectAll()
    .where('pickup_id', '=', pickupId)
    .orderBy('line')
    .execute();
}

export async function readScans(db: Reader, pickupId: string): Promise<readonly PickupScanRow[]> {
  return db
    .selectFrom('pickup_scans')
    .selectAll()
    .where('pickup_id', '=', pickupId)
    .orderBy('scanned_at')
    .orderBy('id')
    .execute();
}

/**
 * The manifest as scans are held against it now: what was taken off is not on it.
 *
 * @param serials Of these alone, in normalised form; by default all.
 */
export async function expectedUnits(
  db: Reader,
  pickupId: string,
  serials: readonly string[] | null = null,
): Promise<readonly Expected[]> {
  const rows = await db
    .selectFrom('pickup_lines')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'pickup_lines.device_id')
        .onRef('custodies.epoch', '=', 'pickup_lines.epoch'),
    )
    .select([
      'pickup_lines.line',
      'pickup_lines.device_id',
      'pickup_lines.epoch',
      'pickup_lines.serial',
      'pickup_lines.model',
      'pickup_lines.accepted_at',
      'custodies.state',
    ])
    .where('pickup_lines.pickup_id', '=', pickupId)
    .where('pickup_lines.taken_off_at', 'is', null)
    .$if(serials !== null, (query) =>
      query.where(sql<boolean>`pickup_lines.serial = any(${[...(serials ?? [])]}::text[])`),
    )
    .orderBy('pickup_lines.line')
    .execute();
  return rows.map(({ line, device_id: deviceId, epoch, serial, model, state, accepted_at: acceptedAt }) => ({
    line,
    deviceId,
    epoch,
    serial,
    model,
    leaving: state === 'open',
    accepted: acceptedAt !== null,
  }));
}

/** Streams in the order in which everybody locks them. */
export async function lockDevices(tx: Tx, deviceIds: readonly string[]): Promise<void> {
  for (const deviceId of [...new Set(deviceIds)].toSorted()) await lockStream(tx, deviceStream(deviceId));
}

/** Id of the exception that a discrepancy is: there is one per pickup, kind and serial. */
export function discrepancyId(
  pickupId: string,
  { kind, serial }: Pick<Discrepancy, 'kind' | 'serial'>,
): string {
  return derivedId('exception', `${pickupStream(pickupId)}:0:pickup-${kind}:${serial}`);
}

/** Flags what does not add up, once, at once. */
export async function openDiscrepancy(
  tx: Tx,
  pickupId: string,
  found: Discrepancy,
  dueAt: Date,
  now: Date,
): Promise<string> {
  const { kind, serial, line, deviceId } = found;
  const place = kind === 'substituted' && line !== null ? `; in the place of line ${line}` : '';
  const exceptionId = await openPickupException(
    tx,
    pickupId,
    { code: `pickup-${kind}`, occurrence: serial, about: `serial ${serial}${place}`, deviceId },
    dueAt,
    now,
  );
  await keepDiscrepancy(tx, { exceptionId, pickupId, kind, serial, line, deviceId });
  return exceptionId;
}

/** What an exception of a pickup is about, for whoever decides it. */
export interface KeptDiscrepancy {
  readonly exceptionId: string;
  readonly pickupId: string;
  readonly kind: string;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
}

export async function keepDiscrepancy(tx: Tx, kept: KeptDiscrepancy): Promise<void> {
  const { exceptionId, pickupId, kind, serial, line, deviceId } = kept;
  await tx
    .insertInto('pickup_discrepancies')
    .values({ exception_id: exceptionId, pickup_id: pickupId, kind, serial, line, device_id: deviceId })
    .onConflict((conflict) => conflict.column('exception_id').doNothing())
    .execute();
}

export interface PickupException {
  readonly code: string;
  /** Tells apart exceptions of one code. */
  readonly occurrence: string;
  /** Serials and vendor references that the owner needs; no names. */
  readonly about: string;
  readonly deviceId: string | null;
  readonly blocking?: boolean;
  /** Default: the asset managers. */
  readonly owner?: string;
}

export async function openPickupException(
  tx: Tx,
  pickupId: string,
  found: PickupException,
  dueAt: Date,
  now: Date,
): Promise<string> {
  const { code, occurrence, about, deviceId, blocking = true, owner = 'asset-manager' } = found;
  const stream = pickupStream(pickupId);
  const id = await openException(
    tx,
    {
      stream,
      code,
      gate: null,
      round: 0,
      owner,
      blocking,
      dueAt,
      caseId: null,
      deviceId,
      pickupId,
      occurrence,
    },
    now,
  );
  await describeException(tx, id, about);
  return id;
}

/** What an open exception is about stands where, once it is decided, the reason will stand. */
export async function describeException(tx: Tx, exceptionId: string, about: string): Promise<void> {
  await tx
    .updateTable('exceptions')
    .set({ reason: about })
    .where('id', '=', exceptionId)
    .where('resolved_at', 'is', null)
    .execute();
}

/**
 * Brings a confirmed pickup's state forward by what has come in: documents may come before the confirmation, and in any
 * order.
 */
export async function advancePickup(tx: Tx, pickupId: string): Promise<void> {
  const pickup = await readPickup(tx, pickupId);
  if (pickup === null || pickup.confirmed_at === null) return;
  const facts = await readStream(tx, pickupStream(pickupId));
  const received = facts.some((fact) => fact.type === 'pickup.receipt');
  const state = (await isPickupCertified(tx, pickupId)) ? 'certified' : received ? 'received' : 'confirmed';
  if (state !== pickup.state)
    await tx.updateTable('pickups').set({ state }).where('id', '=', pickupId).execute();
}
