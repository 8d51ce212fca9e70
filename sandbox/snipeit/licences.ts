import { Router } from 'express';
import type { Request } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { fail, fields, filled, page, succeed } from './envelope.ts';
import type { SnipeitOptions } from './options.ts';
import { escaped } from './rows.ts';
import { seatsOf } from './store.ts';
import type { Licence, Seat, Store } from './store.ts';

/** Licences and their seats. A seat is checked in by an update that clears both of whom it may be checked out to. */
export function licenceRoutes(
  context: SimulatorContext,
  store: () => Store,
  { maxResults }: SnipeitOptions,
): Router {
  const router = Router();

  router.get('/licenses', (request, response) => {
    const all = [...store().licences.values()];
    response.json(page(request, all, maxResults, (licence) => licenceRow(store(), licence)));
  });

  // Not paged; a licence comes once for each seat that the asset has of it.
  router.get('/hardware/:id/licenses', (request, response) => {
    const assetId = Number(routeText(request, 'id'));
    const held = [...store().seats.values()].filter((seat) => seat.assetId === assetId);
    const rows = held.flatMap(({ licenceId }) => {
      const licence = store().licences.get(licenceId);
      return licence === undefined ? [] : [licenceRow(store(), licence)];
    });
    response.json({ total: rows.length, rows });
  });

  router.get('/licenses/:id/seats', (request, response) => {
    const licence = store().licences.get(Number(routeText(request, 'id')));
    if (!licence) return fail(response, 'License does not exist.');
    response.json(page(request, seatsOf(store(), licence.id), maxResults, (seat) => seatRow(store(), seat)));
  });

  router.patch('/licenses/:id/seats/:seat', (request, response) => {
    const seat = store().seats.get(Number(routeText(request, 'seat')));
    if (!seat) return fail(response, 'Seat not found');
    if (seat.licenceId !== Number(routeText(request, 'id')))
      return fail(response, 'Seat does not belong to the specified license');
    const before = { ...seat };
    const after = { ...seat, ...changeIn(request) };
    const isTouched = after.assetId !== seat.assetId || after.userId !== seat.userId;
    if (!isTouched) return succeed(response, { ...before }, 'License updated successfully.');
    const isCheckIn = after.assetId === null && after.userId === null;
    // Cleared of one, and still with the other: the vendor looks for whom the cleared one names, and finds nobody.
    const isHalf = after.assetId !== seat.assetId ? after.assetId === null : after.userId === null;
    if (!isCheckIn && isHalf) return fail(response, 'Target not found');
    Object.assign(seat, after);
    context.effect(request, {
      kind: isCheckIn ? 'seat-checkin' : 'seat-checkout',
      target: String(before.assetId ?? after.assetId ?? ''),
      params: { licenceId: seat.licenceId, seatId: seat.id, note: filled(fields(request), 'note') ?? null },
    });
    succeed(response, { ...seat }, 'License updated successfully.');
  });
  return router;
}

/** What the request says of asset and user; a field that it leaves out stays. */
function changeIn(request: Request): Partial<Pick<Seat, 'assetId' | 'userId'>> {
  const input = fields(request);
  const idIn = (name: string) => (input[name] === null ? null : Number(input[name]));
  return {
    ...('asset_id' in input && { assetId: idIn('asset_id') }),
    ...('assigned_to' in input && { userId: idIn('assigned_to') }),
  };
}

function licenceRow(store: Store, licence: Licence): object {
  const seats = seatsOf(store, licence.id);
  const free = seats.filter(({ assetId, userId }) => assetId === null && userId === null).length;
  return {
    id: licence.id,
    name: escaped(licence.name),
    seats: seats.length,
    free_seats_count: free,
    reassignable: licence.reassignable,
    available_actions: { checkout: true, checkin: true, clone: true, update: true, delete: true },
  };
}

function seatRow(store: Store, seat: Seat): object {
  const asset = seat.assetId === null ? undefined : store.assets.get(seat.assetId);
  const user = seat.userId === null ? undefined : store.users.get(seat.userId);
  return {
    id: seat.id,
    license_id: seat.licenceId,
    name: `Seat ${seat.id}`,
    assigned_user: user === undefined ? null : { id: user.id, name: escaped(user.username) },
    assigned_asset: asset === undefined ? null : { id: asset.id, name: escaped(asset.name) },
    location: null,
    reassignable: store.licences.get(seat.licenceId)?.reassignable ?? true,
    user_can_checkout: asset === undefined && user === undefined,
  };
}
