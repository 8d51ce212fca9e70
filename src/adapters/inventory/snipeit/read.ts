/** Live reads of single assets, and the walk over all of them. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { Asset } from '../port.ts';
import type { ListPage, SnipeitClient } from './client.ts';
import { inForce, toAsset } from './map.ts';
import { AssetRow } from './schema.ts';

/** One record in force; `null` when there is none, or a deleted one only. */
export async function readRow(
  client: SnipeitClient,
  externalId: string,
  options?: CallOptions,
): Promise<AssetRow | null> {
  const path = `/hardware/${encodeURIComponent(externalId)}`;
  const row = await orNull(
    client.ask({ operation: 'read asset', effect: 'read', method: 'GET', path }, AssetRow, options),
  );
  if (row === null || !inForce(row)) return null;
  if (String(row.id) !== externalId)
    throw unexpectedAnswer({ connector: client.connector, operation: 'read asset', effect: 'read' });
  return row;
}

/**
 * All records of a serial. The vendor compares texts without regard to case only, so the serial is asked for as given and in
 * its normalised form, and every row is compared again. A text that cannot be a key (a firmware placeholder) finds nothing.
 */
export async function bySerial(
  client: SnipeitClient,
  serial: string,
  options?: CallOptions,
): Promise<readonly AssetRow[]> {
  const wanted = normaliseSerial(serial);
  if (wanted === null) return [];
  const found = new Map<number, AssetRow>();
  for (const spelling of new Set([serial.trim().toUpperCase(), wanted])) {
    const path = `/hardware/byserial/${encodeURIComponent(spelling)}`;
    const rows =
      (await orNull(client.all({ operation: 'find asset by serial', path, row: AssetRow }, options))) ?? [];
    for (const row of rows)
      if (inForce(row) && normaliseSerial(row.serial) === wanted) found.set(row.id, row);
  }
  return [...found.values()];
}

/** The two walks that make up a listing: `/hardware` leaves archived assets out unless an administrator says otherwise. */
const WALKS = ['current', 'archived'] as const;

interface Cursor {
  readonly walk: (typeof WALKS)[number];
  readonly offset: number;
  /** How many there were when the page before was read. */
  readonly total: number;
}

/**
 * One page of all assets, ordered by id. When records vanish during the walk, the reader steps back by as many, so an asset
 * may come twice but is never passed over.
 */
export async function listAssets(
  client: SnipeitClient,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<Asset>> {
  const at = cursor === null ? { walk: WALKS[0], offset: 0, total: 0 } : readCursor(client, cursor);
  const list = {
    operation: 'list assets',
    path: '/hardware',
    row: AssetRow,
    ...(at.walk === 'archived' && { query: { status: 'Archived' } }),
  };
  let { offset } = at;
  let page: ListPage<AssetRow> = await client.page(list, offset, options);
  for (let known = at.total; page.total < known && offset > 0;) {
    offset = Math.max(0, offset - (known - page.total));
    known = page.total;
    page = await client.page(list, offset, options);
  }
  const end = offset + page.rows.length;
  if (page.rows.length === 0 && end < page.total) {
    throw unexpectedAnswer({ connector: client.connector, operation: 'list assets', effect: 'read' });
  }
  const items = page.rows
    .filter(inForce)
    // The second walk shows them all, whatever the administrator's setting.
    .filter((row) => at.walk === 'archived' || row.status_label?.status_type !== 'archived')
    .map((row) => toAsset(row, client.settings, false));
  return { items, next: nextCursor(at.walk, end, page.total) };
}

function nextCursor(walk: Cursor['walk'], end: number, total: number): string | null {
  if (end < total) return `${walk}:${end}:${total}`;
  return walk === 'current' ? 'archived:0:0' : null;
}

function readCursor(client: SnipeitClient, text: string): Cursor {
  const [word, offset, total] = text.split(':');
  const walk = WALKS.find((each) => each === word);
  if (walk === undefined || !/^\d+$/u.test(offset ?? '') || !/^\d+$/u.test(total ?? '')) {
    throw new ConnectorError('refused', client.connector, 'list assets', { vendorCode: 'BAD_CURSOR' });
  }
  return { walk, offset: Number(offset), total: Number(total) };
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
}
