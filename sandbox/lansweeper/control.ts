import { Router } from 'express';
import { z } from 'zod';
import { CompanyDevice } from '../core/company.ts';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import type { Access } from './access.ts';
import { addAsset, assetByAnyName, assign, FIELDS } from './store.ts';
import type { Asset, Store } from './store.ts';

/** A change made by somebody in the vendor's own pages, or by a scan. Absent fields stay as they are. */
const Change = z.strictObject({
  /** Key of the person who has it from then on; null: nobody. Sets the state too, unless `state` says otherwise. */
  assignedTo: z.string().nullable().optional(),
  /** Name of a state. */
  state: z.string().min(1).optional(),
  serial: z.string().optional(),
  /** Custom fields by name; null empties one. */
  fields: z.record(z.string(), z.string().nullable()).optional(),
  /** Who was signed in at the last scan. */
  userName: z.string().nullable().optional(),
  lastSeen: z.iso.datetime().optional(),
  deleted: z.boolean().optional(),
});
type Change = z.infer<typeof Change>;

export interface ControlParts {
  readonly context: SimulatorContext;
  readonly access: Access;
  readonly store: () => Store;
  readonly siteId: string;
}

/** Acts of other people on the inventory. */
export function createControl({ access, context, siteId, store }: ControlParts): Router {
  const router = Router();
  router.get(
    '/assets',
    (_request, response) =>
      void response.json({ assets: [...store().assets.values()].map((asset) => shownAs(asset)) }),
  );
  router.post('/assets', (request, response) => {
    const asset = addAsset(store(), CompanyDevice.parse(request.body), siteId, context.now());
    response.status(201).json(shownAs(asset));
  });
  router.post('/assets/:name/change', (request, response) => {
    const asset = assetByAnyName(store(), routeText(request, 'name'));
    if (!asset) return void response.status(404).json({ error: 'no such asset' });
    const change = Change.parse(request.body);
    if (typeof change.assignedTo === 'string' && !store().people.has(change.assignedTo))
      return void response.status(400).json({ error: `no person has the key ${change.assignedTo}` });
    apply(store(), asset, change);
    response.json(shownAs(asset));
  });
  router.post('/oauth/authorize', (_request, response) => void response.json({ code: access.authorize() }));
  router.post('/oauth/expire', (_request, response) => {
    access.expireTokens();
    response.status(204).end();
  });
  router.post('/oauth/revoke', (_request, response) => {
    access.revoke();
    response.status(204).end();
  });
  return router;
}

function apply(store: Store, asset: Asset, change: Change): void {
  if (change.assignedTo !== undefined) assign(store, asset, change.assignedTo);
  if (change.state !== undefined) asset.stateName = change.state;
  if (change.serial !== undefined) asset.serialNumber = change.serial;
  if (change.userName !== undefined) asset.userName = change.userName;
  if (change.lastSeen !== undefined) asset.lastSeen = change.lastSeen;
  for (const [name, value] of Object.entries(change.fields ?? {})) {
    if (value === null) asset.fields.delete(name);
    else asset.fields.set(name, value);
  }
  if (change.deleted === true) store.assets.delete(asset.key);
}

function shownAs(asset: Asset): object {
  return {
    ...asset,
    fields: Object.fromEntries(asset.fields),
    certificate: asset.fields.get(FIELDS.certificate),
  };
}
