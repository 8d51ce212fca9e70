import { Router } from 'express';
import type { Request, Response } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { applyChange, changeErrors, checkIn, checkOut } from './changes.ts';
import type { AssetChange } from './changes.ts';
import { fail, fields, filled, succeed, wholeNumber } from './envelope.ts';
import { canCheckOut, escaped, flatAsset } from './rows.ts';
import type { Asset, Store } from './store.ts';

/** Routes that change hardware. Each counts an effect when it took hold. */
export function writeRoutes(context: SimulatorContext, store: () => Store): Router {
  const router = Router();

  const update = (request: Request, response: Response): void => {
    const asset = liveAsset(request, store());
    if (!asset) return fail(response, 'Asset not found');
    const input = fields(request);
    const change = readChange(input, store());
    const errors = changeErrors(store(), asset, change);
    if (errors) return fail(response, errors);
    const now = context.now();
    applyChange(asset, change, now);
    store().activity.push({ at: now.toISOString(), action: 'update', assetId: asset.id, note: null });
    const holder = wholeNumber(input['assigned_user']);
    if (holder !== undefined && store().users.has(holder))
      checkOut(store(), asset, holder, now, 'Checked out on asset update');
    context.effect(request, {
      kind: 'patch',
      target: String(asset.id),
      key: asset.key,
      params: { ...change, serial: asset.serial },
    });
    succeed(response, flatAsset(asset), 'Asset updated successfully.');
  };
  router.patch('/hardware/:id', update);
  router.put('/hardware/:id', update);

  router.post('/hardware/:id/checkin', (request, response) => {
    const asset = liveAsset(request, store());
    if (!asset) return fail(response, 'Asset not found');
    if (asset.assignedTo === null)
      return fail(response, 'That asset is already checked in.', summary(store(), asset));
    const input = fields(request);
    const change = readPlacement(input);
    const errors = changeErrors(store(), asset, change);
    if (errors) return fail(response, errors);
    const from = asset.assignedTo;
    const now = context.now();
    checkIn(store(), asset, now, filled(input, 'note') ?? null);
    applyChange(asset, change, now);
    context.effect(request, {
      kind: 'checkin',
      target: String(asset.id),
      key: asset.key,
      params: {
        serial: asset.serial,
        from,
        statusId: asset.statusId,
        locationId: asset.locationId,
        note: filled(input, 'note') ?? null,
      },
    });
    succeed(response, summary(store(), asset), 'Asset checked in successfully.');
  });

  router.post('/hardware/:id/checkout', (request, response) => {
    const asset = liveAsset(request, store());
    if (!asset) return fail(response, 'Asset not found');
    const tag = { asset: escaped(asset.assetTag) };
    if (!canCheckOut(store(), asset)) return fail(response, 'That asset is not available for checkout!', tag);
    const input = fields(request);
    const type = filled(input, 'checkout_to_type');
    if (type !== 'user')
      return fail(response, { checkout_to_type: ['This simulator checks out to users only.'] });
    const user = store().users.get(wholeNumber(input['assigned_user']) ?? -1);
    if (!user) {
      const payload = {
        asset: { id: asset.id, asset_tag: asset.assetTag },
        target_id: input['assigned_user'] ?? null,
        target_type: 'user',
      };
      return fail(
        response,
        `Checkout target for asset ${escaped(asset.assetTag)} is invalid - user does not exist.`,
        payload,
      );
    }
    const statusId = idField(input, 'status_id');
    const change: AssetChange = statusId === undefined ? {} : { statusId };
    const errors = changeErrors(store(), asset, change);
    if (errors) return fail(response, errors);
    const now = context.now();
    applyChange(asset, change, now);
    checkOut(store(), asset, user.id, now, filled(input, 'note') ?? null);
    context.effect(request, {
      kind: 'checkout',
      target: String(asset.id),
      key: asset.key,
      params: { serial: asset.serial, to: user.id },
    });
    succeed(response, tag, 'Asset checked out successfully.');
  });
  return router;
}

function liveAsset(request: Request, store: Store): Asset | undefined {
  const asset = store.assets.get(Number(routeText(request, 'id')));
  return asset?.deletedAt === null ? asset : undefined;
}

/** Unknown fields are dropped without a word, as the vendor's mass assignment does. */
function readChange(input: Readonly<Record<string, unknown>>, store: Store): AssetChange {
  const custom = store.fields
    .filter(({ column }) => column in input)
    .map(({ column }): [string, string | null] => [column, filled(input, column) ?? null]);
  const rtdLocationId = idField(input, 'rtd_location_id');
  return {
    ...readPlacement(input),
    ...(filled(input, 'asset_tag') !== undefined && { assetTag: String(input['asset_tag']) }),
    ...(typeof input['serial'] === 'string' && { serial: input['serial'] }),
    ...(rtdLocationId !== undefined && { rtdLocationId }),
    ...('notes' in input && { notes: filled(input, 'notes') ?? null }),
    ...(custom.length > 0 && { custom: Object.fromEntries(custom) }),
  };
}

/** The fields that a check-in may set too: name, label, place. */
function readPlacement(input: Readonly<Record<string, unknown>>): AssetChange {
  const [statusId, locationId] = [idField(input, 'status_id'), idField(input, 'location_id')];
  return {
    ...(typeof input['name'] === 'string' && { name: input['name'] }),
    ...(statusId !== undefined && { statusId }),
    ...(locationId !== undefined && { locationId }),
  };
}

/** A reference by id. Something that is no number becomes an id that nothing has, and so a validation error. */
function idField(input: Readonly<Record<string, unknown>>, name: string): number | undefined {
  return filled(input, name) === undefined ? undefined : (wholeNumber(input[name]) ?? -1);
}

function summary(store: Store, asset: Asset): object {
  const model = store.models.get(asset.modelId);
  return {
    asset_tag: escaped(asset.assetTag),
    model: escaped(model?.name ?? ''),
    model_number: escaped(model?.modelNumber ?? ''),
  };
}
