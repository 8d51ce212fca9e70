import { Router } from 'express';
import type { Request, Response } from 'express';
import { queryText, routeText } from '../core/http.ts';
import { cut, fail, page, wholeNumber } from './envelope.ts';
import type { SnipeitOptions } from './options.ts';
import { assetRow, fullName, labelRow, userRow } from './rows.ts';
import { ASSET_SORTS, sort, USER_SORTS } from './sorts.ts';
import { liveAssets } from './store.ts';
import type { Asset, Store, User } from './store.ts';

const MISSING_ASSET = 'Asset does not exist.';

/** What the reading routes work on. */
export interface Reads {
  /** The current state; a reset replaces it. */
  readonly store: () => Store;
  readonly options: SnipeitOptions;
  /** Called once the answer that showed these assets is on its way. */
  readonly shown: (assets: readonly Asset[]) => void;
}

/** Routes that read hardware, users, status labels and locations. */
export function readRoutes({ store, options, shown }: Reads): Router {
  const router = Router();

  const list = (request: Request, response: Response, assets: readonly Asset[]): void => {
    const entries = cut(request, assets, options.maxResults);
    response.json({ total: assets.length, rows: entries.map((asset) => assetRow(store(), asset)) });
    shown(entries);
  };
  const one = (response: Response, asset: Asset | undefined): void => {
    if (!asset) return fail(response, MISSING_ASSET);
    response.json(assetRow(store(), asset));
    shown([asset]);
  };

  router.get('/hardware/byserial/:serial', (request, response) => {
    const wanted = routeText(request, 'serial').toLowerCase();
    const found = withDeleted(request, store()).filter((asset) => asset.serial.toLowerCase() === wanted);
    if (found.length === 0) return fail(response, MISSING_ASSET);
    found.sort((a, b) => a.id - b.id);
    list(request, response, found);
  });
  router.get('/hardware/bytag/:tag', (request, response) => {
    const wanted = routeText(request, 'tag').toLowerCase();
    const found = withDeleted(request, store()).filter((asset) => asset.assetTag.toLowerCase() === wanted);
    if (found.length > 0 && queryText(request, 'deleted') === 'true') return list(request, response, found);
    one(response, found[0]);
  });
  router.get('/hardware', (request, response) => {
    const assets = filtered(request, store(), options);
    sort(request, assets, ASSET_SORTS, 'created_at');
    list(request, response, assets);
  });
  router.get('/hardware/:id', (request, response) =>
    one(response, store().assets.get(Number(routeText(request, 'id')))),
  );

  router.get('/users', (request, response) => {
    const exact = {
      email: queryText(request, 'email'),
      username: queryText(request, 'username'),
      employeeNum: queryText(request, 'employee_num'),
    };
    const search = queryText(request, 'search')?.toLowerCase();
    const users = [...store().users.values()]
      .filter(
        (user) =>
          same(user.email, exact.email) &&
          same(user.username, exact.username) &&
          same(user.employeeNum, exact.employeeNum),
      )
      .filter(
        (user) =>
          search === undefined ||
          `${fullName(user)}\n${user.email}\n${user.username}\n${user.employeeNum}`
            .toLowerCase()
            .includes(search),
      )
      .filter((user) => userIsMeant(request, user));
    sort(request, users, USER_SORTS, 'first_name');
    response.json(page(request, users, options.maxResults, (user) => userRow(store(), user)));
  });
  router.get('/users/:id', (request, response) => {
    const user = store().users.get(Number(routeText(request, 'id')));
    if (!user) return fail(response, 'User does not exist.');
    response.json(userRow(store(), user));
  });
  router.get('/users/:id/assets', (request, response) => {
    const user = store().users.get(Number(routeText(request, 'id')));
    if (!user) return fail(response, 'User does not exist.');
    // Unlike the hardware list, this one shows archived assets too.
    list(
      request,
      response,
      liveAssets(store()).filter((asset) => asset.assignedTo === user.id),
    );
  });

  router.get('/statuslabels', (request, response) => {
    response.json(
      page(request, [...store().labels.values()], options.maxResults, (label) => labelRow(store(), label)),
    );
  });
  router.get('/locations', (request, response) => {
    response.json(
      page(request, [...store().locations.values()], options.maxResults, (location) => ({
        id: location.id,
        name: location.name,
      })),
    );
  });
  return router;
}

/** Deleted users are listed only when asked for. */
function userIsMeant(request: Request, user: User): boolean {
  if (queryText(request, 'deleted') === 'true') return user.deletedAt !== null;
  return user.deletedAt === null || queryText(request, 'all') === 'true';
}

function filtered(request: Request, store: Store, options: SnipeitOptions): Asset[] {
  const statusId = wholeNumber(queryText(request, 'status_id'));
  const status = queryText(request, 'status');
  const search = queryText(request, 'search')?.toLowerCase();
  const serial = queryText(request, 'serial');
  const tag = queryText(request, 'asset_tag');
  const holder = wholeNumber(queryText(request, 'assigned_to'));
  // A filter by holder counts only together with its type; alone it is ignored.
  const byHolder = holder !== undefined && queryText(request, 'assigned_type') === 'App\\Models\\User';
  const hideArchived = statusId === undefined && status === undefined && !options.showArchivedInList;

  return (
    status === 'Deleted'
      ? [...store.assets.values()].filter((asset) => asset.deletedAt !== null)
      : liveAssets(store)
  ).filter((asset) => {
    const type = store.labels.get(asset.statusId)?.type;
    if (hideArchived && type === 'archived') return false;
    if (status === 'Archived' && type !== 'archived') return false;
    if (status === 'Pending' && type !== 'pending') return false;
    if (status === 'Undeployable' && type !== 'undeployable') return false;
    if (status === 'RTD' && (type !== 'deployable' || asset.assignedTo !== null)) return false;
    if (status === 'Deployed' && asset.assignedTo === null) return false;
    if (statusId !== undefined && asset.statusId !== statusId) return false;
    if (!same(asset.serial, serial) || !same(asset.assetTag, tag)) return false;
    if (byHolder && asset.assignedTo !== holder) return false;
    return search === undefined || searchText(store, asset).includes(search);
  });
}

function withDeleted(request: Request, store: Store): Asset[] {
  return queryText(request, 'deleted') === 'true' ? [...store.assets.values()] : liveAssets(store);
}

function searchText(store: Store, asset: Asset): string {
  const model = store.models.get(asset.modelId);
  const user = asset.assignedTo === null ? undefined : store.users.get(asset.assignedTo);
  const parts = [
    asset.name,
    asset.assetTag,
    asset.serial,
    asset.notes,
    model?.name,
    store.labels.get(asset.statusId)?.name,
  ];
  if (model) parts.push(store.manufacturers.get(model.manufacturerId)?.name);
  if (user) parts.push(fullName(user), user.username);
  return parts.join('\n').toLowerCase();
}

/** Equality as the vendor's database compares text: without regard to case. No wish matches all. */
function same(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || value.toLowerCase() === wanted.toLowerCase();
}
