/** Acts of other people on the instance: an administrator, a sync job. */
import { Router } from 'express';
import { z } from 'zod';
import { CompanyDevice } from '../core/company.ts';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import type { ServiceNowOptions } from './options.ts';
import { addAsset, assetByAnyName, stateNamed } from './seed.ts';
import type { MakeId } from './seed.ts';
import { insert, rowsOf, update } from './tables.ts';
import type { Row, Store } from './tables.ts';
import { withRules } from './writes.ts';

/** A change made by somebody else. Absent fields stay as they are. */
const Change = z.strictObject({
  /** `after-next-read`: just after the next answer that shows the asset, so between a reader's check and its write. */
  when: z.enum(['now', 'after-next-read']).default('now'),
  /** Key of the person who holds it from then on; null: nobody. */
  assignedTo: z.string().nullable().optional(),
  /** `State` or `State/Substate`, by labels. */
  status: z.string().optional(),
  serial: z.string().optional(),
  /** Other columns, as they are stored. */
  columns: z.record(z.string(), z.string()).default({}),
  deleted: z.boolean().default(false),
});
type Change = z.infer<typeof Change>;

const AccessControl = z.strictObject({
  hidden: z.array(z.string()).default([]),
  readOnly: z.array(z.string()).default([]),
  hiddenRows: z.array(z.string()).default([]),
});

export interface Control {
  readonly router: Router;
  shown(rows: readonly Row[]): void;
  reset(): void;
}

export interface ControlParts {
  readonly context: SimulatorContext;
  readonly options: ServiceNowOptions;
  readonly store: () => Store;
  readonly id: MakeId;
  expireTokens(): void;
}

export function createControl({ context, options, store, id, expireTokens }: ControlParts): Control {
  const router = Router();
  const queued = new Map<string, Change[]>();
  let allocated = 0;

  router.get('/assets', (_request, response) => {
    response.json({ assets: [...rowsOf(store(), 'alm_hardware').values()] });
  });
  router.post('/assets', (request, response) => {
    const at = { store: store(), options, id, now: context.now() };
    response.status(201).json(addAsset(at, CompanyDevice.parse(request.body)));
  });
  router.post('/acl', (request, response) => {
    const { hidden, readOnly, hiddenRows } = AccessControl.parse(request.body);
    const rows = hiddenRows.map((name) => assetByAnyName(store(), name)?.['sys_id'] ?? name);
    store().acl = { hidden, readOnly, hiddenRows: rows };
    response.json(store().acl);
  });
  router.post('/tokens/expire', (_request, response) => {
    expireTokens();
    response.status(204).end();
  });
  router.get('/allocations', (_request, response) => {
    response.json({ allocations: [...rowsOf(store(), 'alm_entitlement_asset').values()] });
  });
  router.post('/assets/:name/licences', (request, response) => {
    const asset = assetByAnyName(store(), routeText(request, 'name'));
    if (!asset) return void response.status(404).json({ error: 'no such asset' });
    const allocation = { allocated_to: asset['ci'] ?? '', licensed_by: 'Licence', quantity: '1' };
    const sysId = id('allocation', asset['sys_id'] ?? '', String((allocated += 1)));
    response.status(201).json(insert(store(), 'alm_entitlement_asset', sysId, allocation, context.now()));
  });
  router.post('/assets/:name/change', (request, response) => {
    const asset = assetByAnyName(store(), routeText(request, 'name'));
    if (!asset) return void response.status(404).json({ error: 'no such asset' });
    const change = Change.parse(request.body);
    const sysId = asset['sys_id'] ?? '';
    if (change.when === 'after-next-read') queued.set(sysId, [...(queued.get(sysId) ?? []), change]);
    else apply(asset, change);
    response.json({ when: change.when, asset });
  });

  function apply(asset: Row, change: Change): void {
    if (change.deleted) {
      rowsOf(store(), 'alm_hardware').delete(asset['sys_id'] ?? '');
      return;
    }
    const { assignedTo, status, serial } = change;
    const held = assignedTo === undefined ? {} : holder(assignedTo);
    const values = {
      ...held,
      ...(status === undefined ? {} : stateNamed(options, status)),
      ...(serial === undefined ? {} : { serial_number: serial }),
      ...change.columns,
    };
    update(asset, withRules('alm_hardware', asset, values, options), 'somebody.else', context.now());
  }

  function holder(key: string | null): Row {
    return key === null
      ? { assigned_to: '' }
      : { assigned_to: id('sys_user', key), ...stateNamed(options, 'In use') };
  }

  return {
    router,
    shown(rows) {
      for (const row of rows) {
        for (const change of queued.get(row['sys_id'] ?? '') ?? []) apply(row, change);
        queued.delete(row['sys_id'] ?? '');
      }
    },
    reset: () => queued.clear(),
  };
}
