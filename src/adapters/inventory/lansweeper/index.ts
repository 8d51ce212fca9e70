/**
 * Lansweeper as an inventory to read: scanned assets over the GraphQL Data API (facts from the vendor's pages on restrictions,
 * its published Postman collection and its own open client). Nothing is ever written there: scans own the records. What became
 * of an asset is written down by people, and read back here; or another inventory is the one that is closed.
 */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import type { Inventory } from '../port.ts';
import { createClient } from './client.ts';
import { isClosed } from './map.ts';
import { probe } from './probe.ts';
import { assetsOf, byId, bySerial, listAssets } from './read.ts';
import type { LansweeperSettings } from './settings.ts';

export { LansweeperSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createLansweeper(
  name: string,
  settings: LansweeperSettings,
  deps: AdapterDeps = {},
): Inventory {
  const client = createClient(name, settings, deps);
  return {
    closes: false,
    listAssetsOf: (person, options) => assetsOf(client, person, options),
    findBySerial: (serial, person, options) => bySerial(client, serial, person, options),
    readAsset: (externalId, options) => byId(client, externalId, options),
    closeAsset: () =>
      Promise.reject(new ConnectorError('refused', name, 'close asset', { vendorCode: 'READ_ONLY' })),
    isClosed: (asset, closure) => isClosed(asset, closure, settings),
    listAssets: (cursor, options) => listAssets(client, cursor, options),
    probe: (options) => probe(client, options),
  };
}
