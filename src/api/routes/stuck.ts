/** What is past its deadline, whose move it is, and since when. */
import { z } from 'zod';
import { toMs } from '../../domain/time.ts';
import { stuckCases } from '../../store/read/cases.ts';
import { overdueOthers } from '../../store/read/exceptions.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { ok, route } from '../route.ts';
import { Id } from '../shapes/common.ts';
import { BlockedByShape } from '../shapes/gates.ts';
import { caseStanding } from '../views/case-standing.ts';

const StuckItem = z
  .object({
    caseId: z.string().nullable(),
    personId: z.string().nullable(),
    exceptionId: z.string().nullable(),
    ...BlockedByShape.shape,
  })
  .meta({ title: 'Something past its deadline' });

const listRoute = route({
  method: 'get',
  path: '/stuck',
  action: 'stuck.read',
  summary:
    'What is past its deadline and not parked; `limit` counts cases. Exceptions of no case come with the first page',
  query: z.strictObject(PageQuery),
  answer: pageOf(StuckItem),
  problems: ['invalid-cursor'],
  handle: (deps, { query, now }) =>
    snapshot(deps.db, async (tx) => {
      const after = readCursor(Id('case'), query.cursor);
      const rows = await stuckCases(tx, after, query.limit + 1, now);
      const page = toPage(
        rows,
        query.limit,
        (row) => row,
        (row) => row.id,
      );
      const items = [];
      for (const row of page.items) {
        const { blockedBy } = await caseStanding(deps, tx, row, now);
        const overdue = blockedBy.filter(
          (block) => !block.parked && block.dueAt !== null && toMs(block.dueAt) <= now.getTime(),
        );
        items.push(
          ...overdue.map((block) => ({
            caseId: row.id,
            personId: row.person_id,
            exceptionId: null,
            ...block,
          })),
        );
      }
      const others = after === null ? await overdueOthers(tx, now) : [];
      items.push(
        ...others.map((exception) => ({
          caseId: null,
          personId: null,
          exceptionId: exception.id,
          kind: 'decision' as const,
          gate: null,
          deviceId: exception.device_id,
          code: exception.code,
          owner: exception.owner,
          since: exception.opened_at,
          dueAt: exception.due_at,
          escalatesAt: null,
          parked: false,
        })),
      );
      return ok({ items, next: page.next });
    }),
});

export const STUCK_ROUTES = [listRoute];
