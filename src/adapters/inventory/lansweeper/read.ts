/** Live reads of scanned assets, and the walk over all of them. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { Asset, PersonKeys } from '../port.ts';
import type { Filters, LansweeperClient } from './client.ts';
import { answerOf, HOLDER_KEYS, keysOf, namedBy, toAsset } from './map.ts';
import type { HolderKey } from './map.ts';

/** Everything that names the person, each compared again on our side. */
export async function assetsOf(
  client: LansweeperClient,
  person: PersonKeys,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const { settings } = client;
  const keys = keysOf(person, settings);
  const asked = HOLDER_KEYS.flatMap((key) => {
    const value = keys[key];
    return value === null ? [] : [{ key, value }];
  });
  if (asked.length === 0) return [];
  const groups = asked.flatMap(({ key, value }) => groupsFor(key, value, client));
  const found = await client.all({ conjunction: 'OR', groups }, options);
  return found
    .filter(({ item }) =>
      asked.some(({ key, value }) => namedBy(item, key, settings)?.toLowerCase() === value.toLowerCase()),
    )
    .map((one) => toAsset(one, settings, person));
}

/** Whether the vendor minds case is not documented: both spellings. */
function groupsFor(key: HolderKey, value: string, { settings }: LansweeperClient): readonly Filters[] {
  const spellings = [...new Set([value, value.toLowerCase()])];
  return spellings.map((spelling) => {
    if (key === 'userName') return all([equal('assetBasicInfo.userName', spelling)]);
    return all([
      equal('assetCustom.fields.name', settings.holder[key] ?? ''),
      equal('assetCustom.fields.value', spelling),
    ]);
  });
}

/** All records of a serial, asked for as given, in upper case and in its normalised form. What cannot be a key finds nothing. */
export async function bySerial(
  client: LansweeperClient,
  serial: string,
  person: PersonKeys | null,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const wanted = normaliseSerial(serial);
  if (wanted === null) return [];
  const spellings = [...new Set([serial.trim(), serial.trim().toUpperCase(), wanted])];
  const conditions = spellings.map((spelling) => equal('assetCustom.serialNumber', spelling));
  const found = await client.all({ conjunction: 'OR', conditions }, options);
  return found
    .map((one) => toAsset(one, client.settings, person))
    .filter((asset) => normaliseSerial(asset.serial) === wanted);
}

/** One record; `null` when there is none under that key, or in a site that is not read. */
export async function byId(
  client: LansweeperClient,
  externalId: string,
  options?: CallOptions,
): Promise<Asset | null> {
  const [site = '', key = ''] = externalId.split('/');
  if (!(await client.sites(options)).includes(site)) return null;
  const { items } = await client.page(site, { filters: all([equal('key', key)]) }, options);
  const found = items.find(({ item }) => item.key === key);
  if (found === undefined) return null;
  return { ...toAsset(found, client.settings, null), answer: answerOf(found, client.settings) };
}

/** One page of all assets, site after site. */
export async function listAssets(
  client: LansweeperClient,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<Asset>> {
  const sites = await client.sites(options);
  const at = cursor === null ? { site: sites[0] ?? '', cursor: null } : readCursor(client, cursor);
  const place = sites.indexOf(at.site);
  if (place === -1) throw badCursor(client);
  const { items, next } = await client.page(at.site, { cursor: at.cursor }, options);
  const after = sites[place + 1];
  const nextCursor = next === null ? (after === undefined ? null : `${after}/`) : `${at.site}/${next}`;
  return { items: items.map((one) => toAsset(one, client.settings, null)), next: nextCursor };
}

function readCursor(client: LansweeperClient, text: string) {
  const slash = text.indexOf('/');
  if (slash <= 0) throw badCursor(client);
  return { site: text.slice(0, slash), cursor: text.slice(slash + 1) || null };
}

function badCursor({ connector }: LansweeperClient): ConnectorError {
  return new ConnectorError('refused', connector, 'list assets', { vendorCode: 'BAD_CURSOR' });
}

function equal(path: string, value: string) {
  return { operator: 'EQUAL', path, value } as const;
}

function all(conditions: Filters['conditions'] & object): Filters {
  return { conjunction: 'AND', conditions };
}
