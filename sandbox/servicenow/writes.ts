/** `PATCH`, `PUT` and `DELETE /api/now/table/{table}/{sys_id}`. Each counts an effect when it took hold. */
import { Router } from 'express';
import type { Request, Response } from 'express';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { noRecord } from './errors.ts';
import type { ServiceNowOptions } from './options.ts';
import { formOf, tableOf } from './reads.ts';
import { printed } from './rows.ts';
import { hasColumn, rowsOf, update } from './tables.ts';
import type { Row, Store, TableName } from './tables.ts';

export function writeRoutes(
  context: SimulatorContext,
  store: () => Store,
  options: ServiceNowOptions,
): Router {
  const router = Router();

  const change = (request: Request, response: Response): void => {
    const table = tableOf(request, response);
    if (table === null) return;
    const row = rowsOf(store(), table).get(routeText(request, 'sysId'));
    if (row === undefined) return noRecord(response);
    const values = accepted(store(), table, request.body);
    const params = { ...values, serial: row['serial_number'] ?? '', from: row['assigned_to'] ?? '' };
    update(row, withRules(table, row, values, options), 'integration', context.now());
    const sysId = row['sys_id'] ?? '';
    context.effect(request, { kind: 'update', target: sysId, key: store().keys.get(sysId) ?? '', params });
    response.json({ result: printed(store(), table, row, formOf(request, context.url)) });
  };
  router.patch('/:table/:sysId', change);
  router.put('/:table/:sysId', change);

  router.delete('/:table/:sysId', (request, response) => {
    const table = tableOf(request, response);
    if (table === null) return;
    const sysId = routeText(request, 'sysId');
    if (!rowsOf(store(), table).delete(sysId)) return noRecord(response);
    context.effect(request, { kind: 'delete', target: sysId, params: { table } });
    response.status(204).end();
  });
  return router;
}

/** Unknown columns and those that access control protects are dropped without a word. */
function accepted(store: Store, table: TableName, body: unknown): Row {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
  const values: Row = {};
  for (const [column, value] of Object.entries(body)) {
    if (!hasColumn(table, column) || column.startsWith('sys_')) continue;
    if (store.acl.readOnly.includes(`${table}.${column}`)) continue;
    values[column] = value === null ? '' : String(value);
  }
  return values;
}

/** "Assigned to" is cleared when a state changes from in use to on order, in stock or in transit (asset record fields). */
export function withRules(table: TableName, row: Row, values: Row, options: ServiceNowOptions): Row {
  if (table !== 'alm_hardware' || values['install_status'] === undefined) return values;
  const label = (value: string | undefined) =>
    options.choices.find((one) => one.element === 'install_status' && one.value === value)?.label;
  const [from, to] = [label(row['install_status']), label(values['install_status'])];
  const clears = from === 'In use' && (to === 'On order' || to === 'In stock' || to === 'In transit');
  return clears && values['assigned_to'] === undefined ? { ...values, assigned_to: '' } : values;
}
