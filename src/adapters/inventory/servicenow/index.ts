/**
 * ServiceNow as the inventory: hardware assets (`alm_hardware`) over the Table API. Facts from the vendor's pages on the Table
 * API, rate limiting, asset states and asset record fields; values of states are read from the instance.
 */
import type { AdapterDeps } from '../../clients/deps.ts';
import { keepCounts } from '../kept-counts.ts';
import type { Inventory } from '../port.ts';
import { createChoiceReader } from './choices.ts';
import { createClient } from './client.ts';
import { closeAsset } from './close.ts';
import { dispositionPlace } from './late-word.ts';
import { leavingState } from './leave.ts';
import { countAllocations } from './licences.ts';
import { answerOf, isClosed } from './map.ts';
import { probe } from './probe.ts';
import { assetsOf, findBySerial, listAssets, readAsset, readRow } from './read.ts';
import type { ServiceNowSettings } from './settings.ts';

export { ServiceNowSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createServiceNow(
  name: string,
  settings: ServiceNowSettings,
  deps: AdapterDeps = {},
): Inventory {
  const client = createClient(name, settings, deps);
  const allocations = keepCounts((options) => countAllocations(client, options), client.clock);
  const books = { client, choices: createChoiceReader(client), allocations };
  const leaving = leavingState(books);
  const place = dispositionPlace(books);
  return {
    closes: true,
    ...(leaving === undefined ? {} : { leaving }),
    ...(place === undefined ? {} : { dispositionPlace: place }),
    listAssetsOf: (person, options) => assetsOf(books, person, options),
    findBySerial: (serial, person, options) => findBySerial(books, serial, person, options),
    async readAsset(externalId, options) {
      const row = await readRow(client, externalId, options);
      if (row === null) return null;
      return { ...(await readAsset(books, row, options)), answer: answerOf(row, settings) };
    },
    closeAsset: (externalId, closure, options) => closeAsset(books, externalId, closure, options),
    isClosed: (asset, closure) => isClosed(asset, closure, settings),
    listAssets: (cursor, options) => listAssets(books, cursor, options),
    probe: (options) => probe(client, options),
  };
}
