/**
 * Pickups at the disposal vendor: booked with their manifest, and what the vendor sends about them taken in. Both ends are
 * idempotent: by the pickup's id at the vendor, by ids and digests here.
 */
import { isDataBearing } from '../domain/rules/sanitisation.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { Announced, DispositionVendor } from '../adapters/disposition/port.ts';
import type { ManifestLine } from '../domain/disposition.ts';
import { pickupStream } from '../domain/fact.ts';
import { policyInForce } from '../store/policy-in-force.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import {
  ListContradicts,
  stagedCertificates,
  stagedDispositions,
  stagedReceipt,
  takeInVendorList,
} from '../store/imports/vendor-list.ts';
import type { VendorListRead } from '../store/imports/vendor-list.ts';
import { importVendorScan } from '../store/vendor-scans.ts';
import type { ImportWork } from '../store/vendor-scans.ts';
import { lockPickup, openPickupException, readLines, readPickup } from '../store/pickups.ts';
import type { PickupRow } from '../store/pickups.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { askBooks } from './books-of-manifest.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { inTransaction } from '../store/transactions.ts';

export interface PickupRef {
  readonly pickupId: string;
}

/** Whose queue the pickup's calls go to. */
export async function pickupConnector(context: EngineContext, { pickupId }: PickupRef): Promise<string> {
  return (await existing(context, pickupId)).connector;
}

/**
 * Books the pickup and sends its manifest. What the vendor refuses, and what this connector may not do yet, becomes an
 * exception: once that is decided the pickup is woken, and this is tried again.
 */
export async function bookPickup(context: EngineContext, { pickupId }: PickupRef): Promise<void> {
  const pickup = await existing(context, pickupId);
  const revision = pickup.manifest_revision;
  if (pickup.reference !== null && pickup.manifest_sent_revision >= revision) return;
  const vendor = connectorOf(context.connectors.disposition, pickup.connector);
  if (vendor.mode !== 'enforce')
    return raise(context, pickup, {
      code: 'pickup-not-sent',
      occurrence: vendor.mode,
      about: `connector in mode ${vendor.mode}`,
      blocking: false,
    });
  const refusals = await refusalsOf(context, pickupId);
  if (refusals.open) return;
  try {
    const reference = pickup.reference ?? (await book(context, vendor.port, pickup));
    await recordBooked(context, pickupId, reference);
    await askBooks(context, pickupId);
    const lines = await manifest(context, pickupId);
    await vendor.port.sendManifest(pickupId, lines);
    await recordSent(context, pickupId, revision, lines.length);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raise(context, pickup, {
      code: 'pickup-refused',
      occurrence: String(refusals.count + 1),
      about: `${error.operation}: ${error.code}`,
    });
  }
}

async function book(
  context: EngineContext,
  port: DispositionVendor,
  { id: pickupId, site, created_at: createdAt }: PickupRow,
): Promise<string> {
  const { policy } = await policyInForce(context.db);
  // From the row alone, so that a repeat asks for the same.
  const windowTo = new Date(Date.parse(createdAt) + policy.handoff.stageDueMs).toISOString();
  return (await port.bookPickup({ pickupId, site, windowFrom: createdAt, windowTo })).reference;
}

async function recordBooked(context: EngineContext, pickupId: string, reference: string): Promise<void> {
  await change(context, pickupId, async (tx, pickup) => {
    if (pickup.reference !== null) return;
    await tx.updateTable('pickups').set({ reference }).where('id', '=', pickupId).execute();
    const fact = {
      stream: pickupStream(pickupId),
      key: `pickup.booked:${pickupId}`,
      type: 'pickup.booked',
      actor: `connector:${pickup.connector}`,
      data: { pickupId, reference },
    } as const;
    await appendFacts(tx, [fact], context.clock());
  });
}

async function recordSent(
  context: EngineContext,
  pickupId: string,
  revision: number,
  lines: number,
): Promise<void> {
  await change(context, pickupId, async (tx, pickup) => {
    const now = context.clock();
    const fact = {
      stream: pickupStream(pickupId),
      // One that a decision on the dock has changed is sent again, under a number of its own.
      key: `pickup.manifest-sent:${pickupId}${revision === 1 ? '' : `:${revision}`}`,
      type: 'pickup.manifest-sent',
      actor: 'handback',
      data: { pickupId, lines },
    } as const;
    await appendFacts(tx, [fact], now);
    // The dock may have been faster than the vendor's answer.
    const state = pickup.state === 'draft' ? 'booked' : pickup.state;
    await tx
      .updateTable('pickups')
      .set({ manifest_sent_at: now, manifest_sent_revision: revision, state })
      .where('id', '=', pickupId)
      .execute();
  });
}

/** The manifest as decisions have left it, with the condition that each unit came back in. */
async function manifest(context: EngineContext, pickupId: string): Promise<readonly ManifestLine[]> {
  const lines: ManifestLine[] = [];
  for (const row of await readLines(context.db, pickupId)) {
    if (row.taken_off_at !== null) continue;
    const custody = await loadCustody(context.db, row.device_id, row.epoch);
    const { line, serial, manufacturer, model, asset_tag: assetTag } = row;
    lines.push({
      pickupId,
      line,
      serial,
      manufacturer,
      model,
      assetTag,
      dataBearing: isDataBearing(custody),
      condition: custody.returned?.data.condition ?? '',
    });
  }
  return lines;
}

/** What a vendor's webhook says can be read now. */
export interface VendorNews {
  readonly connector: string;
  readonly pickupId: string;
  readonly what: Announced;
}

/**
 * Reads the list that the vendor announced and takes it in, serial by serial; receipts, certificates and disposition
 * reports may be of units of any of the vendor's pickups. Twice changes nothing.
 *
 * @throws ConnectorError `not-found` for a pickup that is none of ours, or a list that is not there; `unexpected-answer` for
 * one that cannot be read, which is an exception of the pickup by then.
 */
export async function importVendorDocuments(context: EngineContext, news: VendorNews): Promise<void> {
  try {
    await takeVendorDocument(context, news);
  } catch (error) {
    throw isPassing(error) ? tryAgain(context, error) : error;
  }
}

/** The same for whoever decides what becomes of a vendor that does not answer: `importVendorDocuments` has it asked again. */
export async function takeVendorDocument(
  context: EngineContext,
  { connector, pickupId, what }: VendorNews,
): Promise<void> {
  const { port } = connectorOf(context.connectors.disposition, connector);
  const pickup = await readPickup(context.db, pickupId);
  if (pickup === null || pickup.connector !== connector)
    throw new ConnectorError('not-found', connector, 'find pickup');
  try {
    const take = await read(context, port, pickup, what);
    if (take === null) throw new ConnectorError('not-found', connector, `read ${what}`);
    const now = context.clock();
    const inventories = [...context.connectors.inventory.keys()];
    await take({ now, inventories, exceptionsDueAt: await exceptionsDueAt(context, now) });
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'unexpected-answer') {
      await raise(context, pickup, {
        code: 'document-unreadable',
        occurrence: `${what}:${error.vendorCode ?? ''}`,
        about: `${what}: ${error.vendorCode ?? error.code}`,
      });
    }
    throw error;
  }
}

/** The answer of the vendor, on its way into the store. */
type Take = (work: ImportWork) => Promise<void>;

async function read(
  context: EngineContext,
  port: DispositionVendor,
  pickup: PickupRow,
  what: VendorNews['what'],
): Promise<Take | null> {
  const { id: pickupId, connector } = pickup;
  switch (what) {
    case 'scanned': {
      const scan = await port.readVendorScan(pickupId);
      return scan === null
        ? null
        : (work) => change(context, pickupId, (tx, locked) => importVendorScan(tx, locked, scan, work));
    }
    case 'receipt': {
      const receipt = await port.readReceipt(pickupId);
      if (receipt === null) return null;
      const lines = readable(connector, what, () => stagedReceipt(receipt.lines));
      return taking(context, { ...receipt, connector, pickupId, list: 'receipt', lines });
    }
    case 'certificates': {
      const certificates = await port.readCertificates(pickupId);
      if (certificates === null) return null;
      const lines = readable(connector, what, () => stagedCertificates(certificates.lines));
      return taking(context, { ...certificates, connector, pickupId, list: 'certificate', lines });
    }
    case 'dispositions': {
      const dispositions = await port.readDispositions(pickupId);
      if (dispositions === null) return null;
      const lines = readable(connector, what, () => stagedDispositions(dispositions.lines));
      return taking(context, { ...dispositions, connector, pickupId, list: 'disposition', lines });
    }
  }
}

function taking(context: EngineContext, list: VendorListRead): Take {
  return ({ exceptionsDueAt: dueAt, now }) =>
    inTransaction(context.db, (tx) => takeInVendorList(tx, list, dueAt, now));
}

/** A list that says two things about one unit is as unreadable as one with a broken line. */
function readable<T>(connector: string, what: string, stage: () => T): T {
  try {
    return stage();
  } catch (error) {
    if (!(error instanceof ListContradicts)) throw error;
    throw new ConnectorError('unexpected-answer', connector, `read ${what}`, {
      vendorCode: `LINE_${error.line}`,
    });
  }
}

async function existing(context: EngineContext, pickupId: string): Promise<PickupRow> {
  const pickup = await readPickup(context.db, pickupId);
  if (pickup === null) throw new Error(`no pickup ${pickupId}`);
  return pickup;
}

async function change(
  context: EngineContext,
  pickupId: string,
  apply: (tx: Tx, pickup: PickupRow) => Promise<void>,
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    const pickup = await lockPickup(tx, pickupId);
    if (pickup === null) throw new Error(`no pickup ${pickupId}`);
    await apply(tx, pickup);
  });
}

async function refusalsOf(
  context: EngineContext,
  pickupId: string,
): Promise<{ readonly count: number; readonly open: boolean }> {
  const rows = await context.db
    .selectFrom('exceptions')
    .select('resolved_at')
    .where('pickup_id', '=', pickupId)
    .where('code', '=', 'pickup-refused')
    .execute();
  return { count: rows.length, open: rows.some((row) => row.resolved_at === null) };
}

interface Raised {
  readonly code: string;
  readonly occurrence: string;
  readonly about: string;
  readonly blocking?: boolean;
}

async function raise(context: EngineContext, pickup: PickupRow, raised: Raised): Promise<void> {
  const now = context.clock();
  const dueAt = await exceptionsDueAt(context, now);
  await change(context, pickup.id, async (tx) => {
    await openPickupException(tx, pickup.id, { deviceId: null, ...raised }, dueAt, now);
  });
}

async function exceptionsDueAt(context: EngineContext, now: Date): Promise<Date> {
  const { policy } = await policyInForce(context.db);
  return new Date(now.getTime() + policy.exceptions.dueMs);
}
