import { Router } from 'express';
import { queryText, routeText } from '../core/http.ts';
import { statusOf } from './directory.ts';
import type { Directory, Employee } from './directory.ts';
import { fail } from './errors.ts';

/** The read API: everybody in pages, or one person. */
export function employeeRoutes(directory: Directory, pageSize: number, now: () => Date): Router {
  const router = Router();

  router.get('/employees', (request, response) => {
    const cursor = queryText(request, 'cursor');
    const start = cursor === undefined ? 0 : readCursor(cursor);
    if (start === undefined)
      return fail(response, 400, 'invalid_cursor', 'The cursor was not made by this system.');
    const everybody = [...directory.values()];
    const limit = Math.min(
      pageSize,
      Math.max(1, Math.trunc(Number(queryText(request, 'limit'))) || pageSize),
    );
    const page = everybody.slice(start, start + limit);
    const end = start + page.length;
    response.json({
      employees: page.map((employee) => shown(directory, employee, now())),
      nextCursor: end < everybody.length ? writeCursor(end) : null,
    });
  });

  router.get('/employees/:externalId', (request, response) => {
    const wanted = routeText(request, 'externalId');
    const employee = [...directory.values()].find(({ externalId }) => externalId === wanted);
    if (!employee) return fail(response, 404, 'not_found', 'Nobody has this external id.');
    response.json(shown(directory, employee, now()));
  });
  return router;
}

function shown(directory: Directory, employee: Employee, now: Date): object {
  const { externalId, givenName, familyName, workEmail, country, timeZone, leave, updatedAt } = employee;
  return {
    externalId,
    givenName,
    familyName,
    workEmail,
    country,
    timeZone,
    manager: managerOf(directory, employee) ?? null,
    status: statusOf(employee, now),
    lastWorkingDay: leave?.lastWorkingDay ?? null,
    leaveAt: leave?.leaveAt ?? null,
    reason: leave?.reason ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}

/** The manager as events and answers name one. */
export function managerOf(
  directory: Directory,
  employee: Employee,
): { readonly externalId: string } | undefined {
  const manager = employee.managerKey === null ? undefined : directory.get(employee.managerKey);
  return manager && { externalId: manager.externalId };
}

function writeCursor(start: number): string {
  return Buffer.from(`after:${start}`).toString('base64url');
}

function readCursor(cursor: string): number | undefined {
  const match = /^after:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}
