/** Writing the final state into the books. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { endsOwnership, isAnothers } from '../port.ts';
import type { Asset, AssetClosure, CloseOptions } from '../port.ts';
import type { SnipeitClient } from './client.ts';
import { releaseSeats, withLicences } from './licences.ts';
import { holderOf, labelOf, toAsset } from './map.ts';
import { LabelRow, SuccessEnvelope, UpdateAnswer } from './schema.ts';
import type { AssetRow } from './schema.ts';
import { readRow } from './read.ts';
import type { SnipeitSettings } from './settings.ts';
import { closureLine, fitsNotes, unescapeHtml } from './text.ts';

/**
 * The outcome's own label, with nobody holding it, under this reference, and no seat of a licence left where it is not ours any more. By label, since outcomes may share one; what is in
 * stock may be so under any deployable label.
 */
export function isClosed(asset: Asset, closure: AssetClosure, settings: SnipeitSettings): boolean {
  const saysSo =
    asset.label === labelOf(closure.state, settings) ||
    (closure.state === 'in-stock' && asset.state === 'in-stock');
  const seats = settings.licences === 'ignore' ? 0 : (asset.books?.licences ?? null);
  return (
    saysSo &&
    (!endsOwnership(closure.state) || seats === 0) &&
    asset.state !== 'in-use' &&
    asset.holderExternalId === null &&
    (closure.reference === null || asset.disposalReference === closure.reference)
  );
}

/**
 * Checks in, sets the label, records the reference; each only where it is not so yet. Snipe-IT knows no conditional update, so
 * the record is read again just before the first write, and its count of check-outs after the check-in: what somebody else
 * did in between is a `conflict`. That it was only taken back is what we want.
 */
export async function closeAsset(
  client: SnipeitClient,
  externalId: string,
  closure: AssetClosure,
  options?: CloseOptions,
): Promise<void> {
  const { connector, settings } = client;
  const { reference } = closure;
  const operation = 'close asset';
  if (reference !== null && !fitsNotes(reference)) {
    throw new ConnectorError('refused', connector, operation, { vendorCode: 'REFERENCE_NOT_STORABLE' });
  }
  const row = await readRow(client, externalId, options);
  if (row === null) throw new ConnectorError('not-found', connector, operation);
  const before = await withLicences(client, toAsset(row, settings, false), options);
  if (isClosed(before, closure, settings)) return;
  if (isAnothers(before.holderExternalId, options)) throw changedMeanwhile(client, operation);
  const status = await labelId(client, labelOf(closure.state, settings), options);

  const now = await readAgain(client, row, operation, options);
  if (isAssigned(now)) {
    await checkIn(client, externalId, status, closure, options);
    const after = await readRow(client, externalId, options);
    if (after === null || givenOut(after) > givenOut(now)) throw changedMeanwhile(client, operation);
  }
  if (settings.licences === 'release' && endsOwnership(closure.state))
    await releaseSeats(client, externalId, closureLine(closure), options);
  if (settings.referenceField === 'notes') {
    // Rows show notes rendered to HTML; only the answer to an update has them as they are stored.
    const { payload } = await patch(client, externalId, { status_id: status }, options);
    const line = closureLine(closure);
    const notes = payload.notes ?? '';
    if (notes.split(/\r?\n/u).includes(line)) return;
    await patch(client, externalId, { notes: notes === '' ? line : `${notes}\n${line}` }, options);
    return;
  }
  await patch(
    client,
    externalId,
    { status_id: status, ...(reference === null ? {} : { [settings.referenceField]: reference }) },
    options,
  );
}

/** Id of a status label by its name. @throws ConnectorError `refused` when the installation has none of that name. */
export async function labelId(client: SnipeitClient, name: string, options?: CallOptions): Promise<number> {
  const labels = await client.all(
    { operation: 'list status labels', path: '/statuslabels', row: LabelRow },
    options,
  );
  const label = labels.find((each) => unescapeHtml(each.name).trim() === name);
  if (label === undefined) {
    throw new ConnectorError('refused', client.connector, 'find status label', {
      vendorCode: 'STATUS_LABEL_MISSING',
    });
  }
  return label.id;
}

/** "Already checked in" is an error to the vendor, and what we want: so a refusal counts only if it is still held. */
async function checkIn(
  client: SnipeitClient,
  externalId: string,
  status: number,
  closure: AssetClosure,
  options?: CallOptions,
): Promise<void> {
  const request = {
    operation: 'check in asset',
    effect: 'write',
    method: 'POST',
    path: `/hardware/${encodeURIComponent(externalId)}/checkin`,
    json: { status_id: status, note: closureLine(closure) },
  } as const;
  try {
    await client.ask(request, SuccessEnvelope, options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
    const now = await readRow(client, externalId, options);
    if (now === null || isAssigned(now)) throw error;
  }
}

/** The record just before it is written to. @throws ConnectorError `conflict` when somebody else got it, or changed its label. */
export async function readAgain(
  client: SnipeitClient,
  before: AssetRow,
  operation: string,
  options?: CallOptions,
): Promise<AssetRow> {
  const now = await readRow(client, String(before.id), options);
  if (now === null) throw changedMeanwhile(client, operation);
  const [had, has] = [holderOf(before), holderOf(now)];
  const wasGivenOut = has !== null && (has !== had || givenOut(now) > givenOut(before));
  if (wasGivenOut || now.status_label?.name !== before.status_label?.name)
    throw changedMeanwhile(client, operation);
  return now;
}

function changedMeanwhile({ connector }: SnipeitClient, operation: string): ConnectorError {
  return new ConnectorError('conflict', connector, operation, { vendorCode: 'CHANGED_MEANWHILE' });
}

/** 0 where an installation does not say: then it does not grow. */
function givenOut({ checkout_counter: count }: AssetRow): number {
  return count ?? 0;
}

/** One update of an asset. */
export function patch(
  client: SnipeitClient,
  externalId: string,
  change: Readonly<Record<string, string | number>>,
  options?: CallOptions,
) {
  const path = `/hardware/${encodeURIComponent(externalId)}`;
  return client.ask(
    { operation: 'update asset', effect: 'write', method: 'PATCH', path, json: change },
    UpdateAnswer,
    options,
  );
}

function isAssigned(row: AssetRow): boolean {
  return row.assigned_to !== null || row.status_label?.status_meta === 'deployed';
}
