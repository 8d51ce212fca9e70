/** `GET /api/v1/logs`: the System Log, for bounded and for polling queries. */
import { Router } from 'express';
import type { Request } from 'express';
import { compileFilter } from '../core/filter.ts';
import { queryText } from '../core/http.ts';
import { invalid, OktaError } from './errors.ts';
import type { LogEvent } from './log-event.ts';
import type { OktaOrg } from './org.ts';
import { link, readLimit, withAfter } from './paging.ts';

const DAY = 86_400_000;
const RETENTION = 90 * DAY;

/**
 * Ascending without `until` is a polling query: events come in the order they were persisted, and every answer has a
 * `next` link, an empty one too, from which polling goes on. A bounded or descending query ends: its last page has none.
 */
export function logsRouter(org: OktaOrg): Router {
  const router = Router();
  router.get('/api/v1/logs', (request, response) => {
    const now = org.context.now().getTime();
    const after = queryText(request, 'after');
    if (after !== undefined && queryText(request, 'since') !== undefined)
      throw invalid('after', 'The parameters since and after cannot be used together');
    const until = readTime(request, 'until');
    const since = readTime(request, 'since') ?? (until ?? now) - 7 * DAY;
    if (now - since > 180 * DAY)
      throw new OktaError(400, 'E0000053', 'The since parameter must be within 180 days');
    const descending = queryText(request, 'sortOrder') === 'DESCENDING';
    const limit = readLimit(request, 100, 1000);
    const filter = queryText(request, 'filter');
    const matches = filter === undefined ? () => true : compileFilter(filter);
    const words = queryText(request, 'q')?.toLowerCase().split(/\s+/) ?? [];

    const { events } = org.state;
    const wanted = (event: LogEvent): boolean => {
      const published = Date.parse(event.published);
      if (
        published < now - RETENTION ||
        (after === undefined && published < since) ||
        (until !== undefined && published >= until)
      )
        return false;
      if (!matches(event)) return false;
      const text = words.length === 0 ? '' : JSON.stringify(event).toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const order = events.map((event, index) => ({ event, position: index + 1 }));
    if (descending) order.reverse();
    const from = after === undefined ? undefined : readCursor(after, events.length);
    const rest = order.filter(
      ({ event, position }) =>
        (from === undefined || (descending ? position < from : position > from)) && wanted(event),
    );
    const page = rest.slice(0, limit);

    link(response, org.context.url + request.originalUrl, 'self');
    const polling = until === undefined && !descending;
    if (polling || rest.length > limit) {
      // With nothing new, polling goes on behind everything that was looked at.
      const position = rest.length > limit ? (page.at(-1)?.position ?? 0) : events.length;
      link(response, withAfter(request, org.context.url, cursor(position), ['since']), 'next');
    }
    response.json(page.map(({ event }) => event));
  });
  return router;
}

function cursor(position: number): string {
  return Buffer.from(`log:${position}`).toString('base64url');
}

function readCursor(after: string, most: number): number {
  const match = /^log:(\d+)$/.exec(Buffer.from(after, 'base64url').toString());
  const position = Number(match?.[1] ?? Number.NaN);
  if (!(position <= most)) throw invalid('after', 'The after cursor is not valid');
  return position;
}

function readTime(request: Request, name: string): number | undefined {
  const text = queryText(request, name);
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(name, `${name}: must be an ISO 8601 timestamp`);
  return time;
}
