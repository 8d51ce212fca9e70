/** What of an asset can be asked for, and filtered by. */
import type { Asset } from './store.ts';
import { Refusal } from './refusal.ts';

/** Most element paths of one request. */
const MOST_PATHS = 30;

const READERS: Readonly<Record<string, (asset: Asset) => string | null>> = {
  key: ({ key }) => key,
  url: ({ key, siteId }) => `https://app.lansweeper.com/${siteId}/asset/${key}`,
  siteId: ({ siteId }) => siteId,
  'assetBasicInfo.name': ({ name }) => name,
  'assetBasicInfo.type': ({ type }) => type,
  'assetBasicInfo.userName': ({ userName }) => userName,
  'assetBasicInfo.userDomain': ({ userName }) => (userName === null ? null : 'EXAMPLE'),
  'assetBasicInfo.firstSeen': ({ firstSeen }) => firstSeen,
  'assetBasicInfo.lastSeen': ({ lastSeen }) => lastSeen,
  'assetCustom.manufacturer': ({ manufacturer }) => manufacturer,
  'assetCustom.model': ({ model }) => model,
  'assetCustom.serialNumber': ({ serialNumber }) => serialNumber,
  'assetCustom.barCode': ({ barCode }) => barCode,
  'assetCustom.stateName': ({ stateName }) => stateName,
};

/** Of the list of custom fields. */
const FIELD_PATHS = ['name', 'value', 'fieldKey'] as const;
const FIELD = 'assetCustom.fields.';

const FILTERS: ReadonlySet<string> = new Set([
  'key',
  'assetBasicInfo.firstSeen',
  'assetBasicInfo.lastSeen',
  'assetBasicInfo.name',
  'assetBasicInfo.type',
  'assetBasicInfo.userName',
  'assetCustom.manufacturer',
  'assetCustom.model',
  'assetCustom.serialNumber',
  'assetCustom.stateName',
  ...FIELD_PATHS.map((part) => `${FIELD}${part}`),
]);

/** @throws Refusal for a path that there is not, or too many. */
export function checkPaths(paths: readonly string[]): void {
  if (paths.length > MOST_PATHS) throw new Refusal(`Too many paths: the maximum is ${MOST_PATHS}`);
  const unknown = paths.find((path) => READERS[path] === undefined && partOf(path) === undefined);
  if (unknown !== undefined) throw new Refusal(`Invalid path: ${unknown}`);
}

/** @throws Refusal for a path that cannot be filtered by. */
export function checkFilterPath(path: string): void {
  if (!FILTERS.has(path)) throw new Refusal(`Invalid path: root.${path} for filter`);
}

/** The parts asked for, nested as their paths are; what is empty is left out. */
export function itemOf(asset: Asset, paths: readonly string[]): object {
  const item: Record<string, unknown> = {};
  for (const path of paths) {
    const value = READERS[path]?.(asset) ?? null;
    if (value === null) continue;
    const [room = '', leaf] = path.split('.');
    if (leaf === undefined) item[room] = value;
    else item[room] = { ...(item[room] as object | undefined), [leaf]: value };
  }
  const parts = paths.map(partOf).filter((part) => part !== undefined);
  if (parts.length > 0 && asset.fields.size > 0) {
    const fields = [...asset.fields.keys()].map((name) =>
      Object.fromEntries(parts.map((part) => [part, fieldPart(asset, name, part)])),
    );
    item['assetCustom'] = { ...(item['assetCustom'] as object | undefined), fields };
  }
  return item;
}

/** Every value that a filter's path means: several where the path leads into a list, each on its own. */
export function valuesAt(asset: Asset, path: string): readonly string[] {
  const part = partOf(path);
  if (part !== undefined) return [...asset.fields.keys()].map((name) => fieldPart(asset, name, part));
  const value = READERS[path]?.(asset) ?? null;
  return value === null ? [] : [value];
}

function partOf(path: string): (typeof FIELD_PATHS)[number] | undefined {
  return path.startsWith(FIELD) ? FIELD_PATHS.find((part) => path === `${FIELD}${part}`) : undefined;
}

function fieldPart(asset: Asset, name: string, part: (typeof FIELD_PATHS)[number]): string {
  switch (part) {
    case 'name':
      return name;
    case 'value':
      return asset.fields.get(name) ?? '';
    case 'fieldKey':
      return `field-${name.toLowerCase().replaceAll(/\W+/g, '-')}`;
  }
}
