/** Writing the final state into the books. */
import { ConnectorError } from '../../errors.ts';
import { parseJson } from '../../clients/http.ts';
import type { CallOptions } from '../../read-options.ts';
import { dispositionWord, endsOwnership, isAnothers } from '../port.ts';
import type { AssetClosure, CloseOptions } from '../port.ts';
import type { ServiceNowClient } from './client.ts';
import { releaseLicences } from './licences.ts';
import { holderOf, isClosed, statesOf } from './map.ts';
import { ASSETS, readAsset, readRow } from './read.ts';
import type { Books } from './read.ts';
import { idOf, OneAnswer, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';

/**
 * Releases what is allocated to the asset, then writes everything in one update. The Table API knows no conditional update, so
 * the record is read again before anything is released or written, and its count of changes compared after the update: what
 * somebody else did in between is a `conflict`.
 */
export async function closeAsset(
  books: Books,
  externalId: string,
  closure: AssetClosure,
  options?: CloseOptions,
): Promise<void> {
  const { client } = books;
  const { connector, settings } = client;
  const operation = 'close asset';
  const row = await readRow(client, externalId, options);
  if (row === null) throw new ConnectorError('not-found', connector, operation);
  if (isClosed(await readAsset(books, row, options), closure, settings)) return;
  if (isAnothers(holderOf(row), options)) throw changedMeanwhile(client, operation);
  const change = await changeFor(books, closure, options);
  await stillAs(client, row, operation, options);
  if (settings.licences === 'release' && endsOwnership(closure.state)) {
    const released = await releaseLicences(client, row, options);
    if (released > 0) await stillAs(client, row, operation, options);
  }
  const written = await patch(books, externalId, change, options);
  if (changesOf(written) > changesOf(row) + 1) throw changedMeanwhile(client, operation);
}

/** @throws ConnectorError `conflict` when the record is not as it was read. */
export async function stillAs(
  client: ServiceNowClient,
  before: TableRow,
  operation: string,
  options?: CallOptions,
): Promise<void> {
  const now = await readRow(client, idOf(before), options);
  const isSame =
    now !== null &&
    // Where access control hides the count, holder and state still tell.
    !(changesOf(now) > changesOf(before)) &&
    ['assigned_to', 'install_status', 'substatus'].every(
      (column) => valueOf(now, column) === valueOf(before, column),
    );
  if (!isSame) throw changedMeanwhile(client, operation);
}

export function changedMeanwhile({ connector }: ServiceNowClient, operation: string): ConnectorError {
  return new ConnectorError('conflict', connector, operation, { vendorCode: 'CHANGED_MEANWHILE' });
}

async function changeFor(
  { client, choices }: Books,
  closure: AssetClosure,
  options?: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const { connector, settings } = client;
  const { dateField, referenceField, dispositionField, depreciation } = settings;
  const { state, at, reference } = closure;
  const values = (await choices.read(options)).valuesOf(statesOf(state, settings));
  if (values === null) {
    throw new ConnectorError('refused', connector, 'close asset', { vendorCode: 'STATE_MISSING' });
  }
  const ends = endsOwnership(state);
  return {
    assigned_to: '',
    install_status: values.state,
    substatus: values.substate,
    ...(reference === null ? {} : { [referenceField]: reference }),
    ...(dispositionField === undefined ? {} : { [dispositionField]: dispositionWord(closure) }),
    ...(ends ? { [dateField]: at.slice(0, 10) } : {}),
    ...(ends && depreciation !== 'off' ? { [depreciation.field]: depreciation.stopped } : {}),
  };
}

/** One update; the answer has the count of changes. */
export async function patch(
  { client }: Books,
  externalId: string,
  json: Readonly<Record<string, string>>,
  options?: CallOptions,
): Promise<TableRow> {
  const at = { connector: client.connector, operation: 'update asset', effect: 'write' } as const;
  const query = { sysparm_fields: 'sys_id,sys_mod_count', sysparm_display_value: 'all' };
  const path = `/${ASSETS}/${encodeURIComponent(externalId)}`;
  const { body } = await client.send({ ...at, method: 'PATCH', path, query, json }, options);
  return parseJson(body, OneAnswer, at).result;
}

/** How often the record was changed; not a number where access control hides it, and then nothing is concluded from it. */
export function changesOf(row: TableRow): number {
  return Number.parseInt(valueOf(row, 'sys_mod_count'), 10);
}
