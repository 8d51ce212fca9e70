/**
 * Snipe-IT as the inventory (API v1; facts from the project's PHP controllers and transformers). There is no official Node
 * client. Failures are HTTP 200 with `status: "error"`; serials are compared again on our side.
 */
import type { AdapterDeps } from '../../clients/deps.ts';
import { keepCounts } from '../kept-counts.ts';
import type { Inventory } from '../port.ts';
import { createClient } from './client.ts';
import { closeAsset, isClosed } from './close.ts';
import { leavingState } from './leave.ts';
import { allWithLicences, countSeats, withLicences } from './licences.ts';
import { answerOf, toAsset } from './map.ts';
import { assetsOf, heldBy } from './people.ts';
import { probe } from './probe.ts';
import { bySerial, listAssets, readRow } from './read.ts';
import type { SnipeitSettings } from './settings.ts';

export { SnipeitSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createSnipeit(name: string, settings: SnipeitSettings, deps: AdapterDeps = {}): Inventory {
  const client = createClient(name, settings, deps);
  const leaving = leavingState(client);
  const counts = keepCounts((options) => countSeats(client, options), deps.clock ?? (() => new Date()));
  return {
    closes: true,
    ...(leaving === undefined ? {} : { leaving }),
    listAssetsOf: (person, options) => assetsOf(client, person, options),
    async findBySerial(serial, person, options) {
      const assets = await heldBy(client, await bySerial(client, serial, options), person, options);
      return Promise.all(assets.map((asset) => withLicences(client, asset, options)));
    },
    async readAsset(externalId, options) {
      const row = await readRow(client, externalId, options);
      if (row === null) return null;
      const asset = await withLicences(client, toAsset(row, settings, false), options);
      return { ...asset, answer: answerOf(row, settings) };
    },
    closeAsset: (externalId, closure, options) => closeAsset(client, externalId, closure, options),
    isClosed: (asset, closure) => isClosed(asset, closure, settings),
    async listAssets(cursor, options) {
      const { items, next } = await listAssets(client, cursor, options);
      const seats = () => counts.at(cursor, options);
      return { items: await allWithLicences(client, items, seats, options), next };
    },
    probe: (options) => probe(client, options),
  };
}
