/** Writing the final state into the books. */
import { ConnectorError } from '../../errors.ts';
import { parseJson } from '../../clients/http.ts';
import type { CallOptions } from '../../read-options.ts';
import { dispositionWord, endsOwnership } from '../port.ts';
import type { AssetClosure } from '../port.ts';
import { releaseLicences } from './licences.ts';
import { isClosed, statesOf } from './map.ts';
import { ASSETS, readAsset, readRow } from './read.ts';
import type { Books } from './read.ts';
import { OneAnswer, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';

/**
 * Releases what is allocated to the asset, then writes everything in one update. The Table API knows no conditional update,
 * so a change by somebody else in between is seen by the count of changes, after the fact: then it is a `conflict`.
 */
export async function closeAsset(
  books: Books,
  externalId: string,
  closure: AssetClosure,
  options?: CallOptions,
): Promise<void> {
  const { client } = books;
  const { connector, settings } = client;
  const row = await readRow(client, externalId, options);
  if (row === null) throw new ConnectorError('not-found', connector, 'close asset');
  if (isClosed(await readAsset(books, row, options), closure, settings)) return;
  const change = await changeFor(books, closure, options);
  if (settings.licences === 'release' && endsOwnership(closure.state)) {
    await releaseLicences(client, row, options);
  }
  const written = await patch(books, externalId, change, options);
  if (changesOf(written) > changesOf(row) + 1) {
    throw new ConnectorError('conflict', connector, 'close asset', { vendorCode: 'CHANGED_MEANWHILE' });
  }
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
