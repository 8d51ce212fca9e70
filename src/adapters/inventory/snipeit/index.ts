/**
 * Snipe-IT as the inventory (API v1; facts from the project's PHP controllers and transformers). There is no official Node
 * client. Failures are HTTP 200 with `status: "error"`; serials are compared again on our side.
 */
import type { AdapterDeps } from '../../clients/deps.ts';
import type { Inventory } from '../port.ts';
import { createClient } from './client.ts';
import { closeAsset, isClosed } from './close.ts';
import { leavingState } from './leave.ts';
import { toAsset } from './map.ts';
import { assetsOf, heldBy } from './people.ts';
import { probe } from './probe.ts';
import { bySerial, listAssets, readRow } from './read.ts';
import type { SnipeitSettings } from './settings.ts';

export { SnipeitSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createSnipeit(name: string, settings: SnipeitSettings, deps: AdapterDeps = {}): Inventory {
  const client = createClient(name, settings, deps);
  const leaving = leavingState(client);
  return {
    closes: true,
    ...(leaving === undefined ? {} : { leaving }),
    listAssetsOf: (person, options) => assetsOf(client, person, options),
    findBySerial: async (serial, person, options) =>
      heldBy(client, await bySerial(client, serial, options), person, options),
    async readAsset(externalId, options) {
      const row = await readRow(client, externalId, options);
      return row === null ? null : toAsset(row, settings, false);
    },
    closeAsset: (externalId, closure, options) => closeAsset(client, externalId, closure, options),
    isClosed: (asset, closure) => isClosed(asset, closure, settings),
    listAssets: (cursor, options) => listAssets(client, cursor, options),
    probe: (options) => probe(client, options),
  };
}
