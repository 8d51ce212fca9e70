import { Router } from 'express';
import { z } from 'zod';
import { CompanyDevice } from '../core/company.ts';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { applyChange, changeErrors, checkIn, checkOut } from './changes.ts';
import { assetRow, labelRow, userRow } from './rows.ts';
import { addAsset, assetByAnyName, userByKey } from './seed.ts';
import { addLicence, OWNERSHIP_FIELD, seatsOf } from './store.ts';
import type { Asset, Store } from './store.ts';

/** A change made by somebody else: another administrator, a sync job. Absent fields stay as they are. */
const Change = z.strictObject({
  /** `after-next-read`: it happens just after the next answer that shows the asset, so between a reader's check and its write. */
  when: z.enum(['now', 'after-next-read']).default('now'),
  /** Key of the person who holds it from then on; null checks it in. */
  assignedTo: z.string().nullable().optional(),
  /** Name of a status label. */
  status: z.string().optional(),
  serial: z.string().optional(),
  assetTag: z.string().optional(),
  name: z.string().optional(),
  notes: z.string().nullable().optional(),
  ownership: z.string().optional(),
  deleted: z.boolean().optional(),
});
type Change = z.infer<typeof Change>;

/** Somebody enters a licence, and checks its first seats out: to assets, and to users beside them. */
const NewLicence = z.strictObject({
  name: z.string().min(1),
  seats: z.int().min(0).default(0),
  assets: z.array(z.string()).default([]),
  users: z.array(z.string()).default([]),
});

/** The control routes, and the hook by which queued changes happen after a read. */
export interface Control {
  readonly router: Router;
  shown(assets: readonly Asset[]): void;
  reset(): void;
}

/** Acts of other people on the inventory. */
export function createControl(context: SimulatorContext, store: () => Store): Control {
  const router = Router();
  const queued = new Map<number, Change[]>();

  router.get(
    '/assets',
    (_request, response) =>
      void response.json({ assets: [...store().assets.values()].map((asset) => assetRow(store(), asset)) }),
  );
  router.get(
    '/statuslabels',
    (_request, response) =>
      void response.json({ labels: [...store().labels.values()].map((label) => labelRow(store(), label)) }),
  );
  router.get('/activity', (_request, response) => void response.json({ activity: store().activity }));

  router.post('/assets', (request, response) => {
    const asset = addAsset(store(), CompanyDevice.parse(request.body), context.now());
    response.status(201).json(assetRow(store(), asset));
  });
  router.get('/seats', (_request, response) => void response.json({ seats: [...store().seats.values()] }));
  router.post('/licences', (request, response) => {
    const { name, seats, assets, users } = NewLicence.parse(request.body);
    const held = assets.map((key) => assetByAnyName(store(), key)).filter((asset) => asset !== undefined);
    const licence = addLicence(store(), name, seats, held);
    for (const [place, key] of users.entries()) {
      const seat = seatsOf(store(), licence.id)[place];
      if (seat !== undefined) seat.userId = userByKey(store(), key)?.id ?? null;
    }
    response.status(201).json(licence);
  });
  router.post('/users/:key/delete', (request, response) => {
    const user = userByKey(store(), routeText(request, 'key'));
    if (!user) return void response.status(404).json({ error: 'no such person' });
    user.deletedAt = context.now();
    response.json(userRow(store(), user));
  });
  router.post('/assets/:name/change', (request, response) => {
    const asset = assetByAnyName(store(), routeText(request, 'name'));
    if (!asset) return void response.status(404).json({ error: 'no such asset' });
    const change = Change.parse(request.body);
    const wrong = problem(store(), asset, change);
    if (wrong !== undefined) return void response.status(400).json({ error: wrong });
    if (change.when === 'after-next-read') queued.set(asset.id, [...(queued.get(asset.id) ?? []), change]);
    else apply(store(), asset, change, context.now());
    response.json({ when: change.when, asset: assetRow(store(), asset) });
  });

  return {
    router,
    shown(assets) {
      for (const asset of assets) {
        for (const change of queued.get(asset.id) ?? []) apply(store(), asset, change, context.now());
        queued.delete(asset.id);
      }
    },
    reset() {
      queued.clear();
    },
  };
}

function problem(store: Store, asset: Asset, change: Change): string | undefined {
  if (change.status !== undefined && labelId(store, change.status) === undefined)
    return `no status label is named ${change.status}`;
  if (typeof change.assignedTo === 'string' && !userByKey(store, change.assignedTo))
    return `no person has the key ${change.assignedTo}`;
  const errors = changeErrors(
    store,
    asset,
    change.assetTag === undefined ? {} : { assetTag: change.assetTag },
  );
  return errors && Object.values(errors).flat().join(' ');
}

function apply(store: Store, asset: Asset, change: Change, now: Date): void {
  const { name, serial, assetTag, notes, ownership } = change;
  const statusId = change.status === undefined ? undefined : labelId(store, change.status);
  if (change.assignedTo === null && asset.assignedTo !== null) checkIn(store, asset, now, 'by somebody else');
  const holder = typeof change.assignedTo === 'string' ? userByKey(store, change.assignedTo) : undefined;
  if (holder) checkOut(store, asset, holder.id, now, 'by somebody else');
  applyChange(
    asset,
    {
      ...(name !== undefined && { name }),
      ...(serial !== undefined && { serial }),
      ...(assetTag !== undefined && { assetTag }),
      ...(notes !== undefined && { notes }),
      ...(statusId !== undefined && { statusId }),
      ...(ownership !== undefined && { custom: { [OWNERSHIP_FIELD.column]: ownership } }),
    },
    now,
  );
  if (change.deleted !== undefined) asset.deletedAt = change.deleted ? now : null;
}

function labelId(store: Store, name: string): number | undefined {
  return [...store.labels.values()].find((label) => label.name === name)?.id;
}
