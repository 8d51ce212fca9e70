/** An HR system that sends the published webhook, and perhaps lets its employees be read again. */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { codeInError, createHttpClient } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { DirectoryPerson, HrSystem } from '../port.ts';
import { leaveInstant } from './leave.ts';
import { Employee, EmployeePage } from './schema.ts';
import type { WebhookSettings } from './settings.ts';

export { createWebhookHookVerifier, readWebhookHook } from './hook.ts';
export { WebhookSettings } from './settings.ts';

/**
 * `name` is the connector's name in the configuration: errors carry it. Without `readApi`, reading is refused (`NO_READ_API`):
 * an HR system that cannot be asked has not said that somebody is unknown.
 */
export function createWebhook(name: string, settings: WebhookSettings, deps: AdapterDeps = {}): HrSystem {
  const { readApi } = settings;
  if (readApi === undefined) {
    const refuse = (operation: string) => () =>
      Promise.reject(new ConnectorError('refused', name, operation, { vendorCode: 'NO_READ_API' }));
    return {
      readEmployee: refuse('read employee'),
      listEmployees: refuse('list employees'),
      probe: () => Promise.resolve({ missing: [] }),
    };
  }

  const http = createHttpClient({
    connector: name,
    baseUrl: readApi.baseUrl,
    headers: { authorization: `Bearer ${readApi.token}`, accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
    errorCode: codeInError,
  });
  const reading = { effect: 'read', method: 'GET' } as const;

  return {
    async readEmployee(externalId, options) {
      const what = {
        operation: 'read employee',
        ...reading,
        path: `/employees/${encodeURIComponent(externalId)}`,
      };
      try {
        const employee = await http.sendForJson(what, Employee, options);
        if (employee.externalId !== externalId) throw unexpectedAnswer({ connector: name, ...what });
        return toPerson(employee);
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'not-found' && error.vendorCode === 'not_found')
          return null;
        throw error;
      }
    },

    async listEmployees(cursor, options) {
      const what = {
        operation: 'list employees',
        ...reading,
        path: '/employees',
        query: cursor === null ? {} : { cursor },
      };
      const { employees, nextCursor } = await http.sendForJson(what, EmployeePage, options);
      return { items: employees.map(toPerson), next: nextCursor };
    },

    async probe(options) {
      try {
        await http.send(
          { operation: 'list employees', ...reading, path: '/employees', query: { limit: 1 } },
          options,
        );
        return { missing: [] };
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'refused')
          return { missing: ['a valid token for the read API'] };
        throw error;
      }
    },
  };
}

/** "Leaving" is still here: the leave date says when that ends. */
function toPerson(employee: Employee): DirectoryPerson {
  const name = [employee.givenName, employee.familyName]
    .filter((part) => part !== null && part !== undefined)
    .join(' ');
  return {
    externalId: employee.externalId,
    state: employee.status === 'left' ? 'deactivated' : 'active',
    employeeNumber: employee.externalId,
    workEmail: employee.workEmail ?? null,
    login: null,
    displayName: name === '' ? null : name,
    country: employee.country ?? null,
    managerExternalId: employee.manager?.externalId ?? null,
    leaveAt: leaveInstant(employee, employee.timeZone),
  };
}
