/** Live reads of hardware assets, and the walk over all of them. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { parseJson } from '../../clients/http.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { KeptCounts } from '../kept-counts.ts';
import { endsOwnership } from '../port.ts';
import type { Asset, PersonKeys } from '../port.ts';
import type { ChoiceReader } from './choices.ts';
import { term } from './client.ts';
import type { ServiceNowClient, TablePage } from './client.ts';
import { allocationsTo } from './licences.ts';
import type { AllocationCounts } from './licences.ts';
import { assetFields, holderOf, toAsset } from './map.ts';
import { isSubject, usersOf } from './people.ts';
import type { Users } from './people.ts';
import { idOf, OneAnswer, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';

export const ASSETS = 'alm_hardware';

/** What reads work with. */
export interface Books {
  readonly client: ServiceNowClient;
  readonly choices: ChoiceReader;
  readonly allocations: KeptCounts<AllocationCounts | null>;
}

/** One record; `null` when there is none, or none that access control shows: the instance does not tell them apart. */
export async function readRow(
  client: ServiceNowClient,
  externalId: string,
  options?: CallOptions,
): Promise<TableRow | null> {
  const at = { connector: client.connector, operation: 'read asset', effect: 'read' } as const;
  const query = {
    sysparm_fields: ['sys_id', ...assetFields(client.settings)].join(','),
    sysparm_display_value: 'all',
    sysparm_exclude_reference_link: 'true',
  };
  const path = `/${ASSETS}/${encodeURIComponent(externalId)}`;
  try {
    const { body } = await client.send({ ...at, method: 'GET', path, query }, options);
    const { result } = parseJson(body, OneAnswer, at);
    if (idOf(result) !== externalId) throw unexpectedAnswer(at);
    return result;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
}

/** A record in our words. Whether licences are left is looked up where none may be. */
export async function readAsset(
  { client, choices }: Books,
  row: TableRow,
  options?: CallOptions,
): Promise<Asset> {
  const known = await choices.read(options);
  const asset = toAsset(row, known, client.settings, { heldBySubject: false, licences: null });
  if (client.settings.licences === 'ignore' || !endsOwnership(asset.state)) return asset;
  const licences = (await allocationsTo(client, row, options)).length;
  return toAsset(row, known, client.settings, { heldBySubject: false, licences });
}

/** All records of a serial, asked for as given and in its normalised form. A text that cannot be a key finds nothing. */
export async function findBySerial(
  books: Books,
  serial: string,
  person: PersonKeys | null,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const { client } = books;
  const wanted = normaliseSerial(serial);
  if (wanted === null) return [];
  const operation = 'find asset by serial';
  const query = [...new Set([serial.trim(), serial.trim().toUpperCase(), wanted])]
    .map((each) => term(client, operation, 'serial_number', each))
    .join('^OR');
  const rows = await client.all(
    { operation, table: ASSETS, query, fields: assetFields(client.settings) },
    (row) => normaliseSerial(valueOf(row, 'serial_number')) === wanted,
    options,
  );
  const held = person !== null && rows.some((row) => holderOf(row) !== null);
  const users: Users = held ? await usersOf(client, person, options) : new Map();
  const assets = await Promise.all(rows.map((row) => readAsset(books, row, options)));
  return assets.map((asset) => {
    const user = users.get(asset.holderExternalId ?? '');
    return { ...asset, heldBySubject: held && user !== undefined && isSubject(user, person, users) };
  });
}

/** Everything assigned to any user that a key of the person finds. */
export async function assetsOf(
  { client, choices }: Books,
  person: PersonKeys,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const users = await usersOf(client, person, options);
  const known = await choices.read(options);
  const assets: Asset[] = [];
  for (const [id, user] of users) {
    const operation = 'list assets of user';
    const query = term(client, operation, 'assigned_to', id);
    const rows = await client.all(
      { operation, table: ASSETS, query, fields: assetFields(client.settings) },
      (row) => holderOf(row) === id,
      options,
    );
    const heldBySubject = isSubject(user, person, users);
    assets.push(
      ...rows.map((row) => toAsset(row, known, client.settings, { heldBySubject, licences: null })),
    );
  }
  return assets;
}

/**
 * One page of all assets, by id. When records vanish during the walk, the reader steps back by as many, so that an asset may
 * come twice but is never passed over.
 */
export async function listAssets(
  books: Books,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<Asset>> {
  const { client } = books;
  const { offset: from, total } = readCursor(client, cursor);
  const wanted = {
    operation: 'list assets',
    table: ASSETS,
    query: '',
    fields: assetFields(client.settings),
  };
  let offset = from;
  let page: TablePage = await client.page(wanted, offset, options);
  for (let known = total; page.total < known && offset > 0;) {
    offset = Math.max(0, offset - (known - page.total));
    known = page.total;
    page = await client.page(wanted, offset, options);
  }
  const isIgnored = client.settings.licences === 'ignore';
  const counts = isIgnored ? null : await books.allocations.at(cursor, options);
  const items: Asset[] = [];
  for (const row of page.rows) items.push(await listed(books, row, counts, options));
  const end = offset + client.settings.pageSize;
  return { items, next: page.more ? `${end}:${page.total}` : null };
}

/**
 * A record of a listing, with its licences out of one walk over all of them. Where that does not tell, and where a record that
 * ended has some left (they may have been released since), the record's own are looked up.
 */
async function listed(
  books: Books,
  row: TableRow,
  counts: AllocationCounts | null,
  options?: CallOptions,
): Promise<Asset> {
  if (counts === null) return readAsset(books, row, options);
  const licences = counts.get(valueOf(row, 'ci')) ?? 0;
  const known = await books.choices.read(options);
  const asset = toAsset(row, known, books.client.settings, { heldBySubject: false, licences });
  return endsOwnership(asset.state) && licences > 0 ? readAsset(books, row, options) : asset;
}

function readCursor(client: ServiceNowClient, cursor: string | null) {
  const [offset, total] = (cursor ?? '0:0').split(':');
  if (!/^\d+$/u.test(offset ?? '') || !/^\d+$/u.test(total ?? '')) {
    throw new ConnectorError('refused', client.connector, 'list assets', { vendorCode: 'BAD_CURSOR' });
  }
  return { offset: Number(offset), total: Number(total) };
}
