/** What changed, by delta queries on users. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { CallOptions } from '../../read-options.ts';
import type { LifecycleHint } from '../port.ts';
import { toHints } from './hints.ts';
import { DeletedUser, DeltaPage } from './schema.ts';
import type { DeltaUser } from './schema.ts';
import { readUser } from './users.ts';

const OPERATION = 'read changes';
const START = '/users/delta?$select=id,accountEnabled,employeeLeaveDateTime,createdDateTime';

/** Our cursor: Graph's link, and what its round is about. */
const Cursor = z.object({
  at: z.string().startsWith('/'),
  since: z.iso.datetime(),
  full: z.boolean(),
  /** The round began because Graph had forgotten the one before. */
  resync: z.boolean(),
});
type Cursor = z.infer<typeof Cursor>;

export interface Changes {
  readonly hints: readonly LifecycleHint[];
  readonly cursor: string;
  readonly more: boolean;
  readonly resync: boolean;
}

/**
 * One page. The first round is full and tells of leave dates to come; who has left before is not news.
 *
 * Graph keeps a delta token for seven days; one that it no longer takes (410, or `syncStateNotFound`) begins a full round
 * with `resync`. A full round lists who exists, so one after a gap also reads the recycle bin. What it cannot tell is who
 * was purged from there, and who was enabled again or suspended in the gap: `resync` says to read the persons of open
 * cases anew.
 */
export async function changesSince(
  connector: string,
  graph: GraphClient,
  cursor: string | null,
  clock: () => Date,
  options?: CallOptions,
): Promise<Changes> {
  const now = clock().toISOString();
  if (cursor === null)
    return readPage(connector, graph, { at: START, since: now, full: true, resync: false }, clock, options);
  const known = readCursor(cursor);
  try {
    if (known !== null) return await readPage(connector, graph, known, clock, options);
  } catch (error) {
    if (!isExpired(error)) throw error;
  }
  // What happened since the lost baseline is still told as of then.
  const since = known?.since ?? now;
  return readPage(connector, graph, { at: START, since, full: true, resync: true }, clock, options);
}

async function readPage(
  connector: string,
  graph: GraphClient,
  cursor: Cursor,
  clock: () => Date,
  options?: CallOptions,
): Promise<Changes> {
  // A delta link is asked for before its answer is read, so that the next baseline is never later than the answer.
  const asked = clock();
  const page = await graph.get(OPERATION, cursor.at, DeltaPage, options);
  const next = page['@odata.nextLink'];
  const delta = page['@odata.deltaLink'];
  const link = next ?? delta;
  if (link === undefined) throw unexpectedAnswer({ connector, operation: OPERATION, effect: 'read' });
  const hints = new Map<string, LifecycleHint>();
  for (const row of page.value) {
    for (const hint of toHints(await complete(graph, row, cursor, options), cursor, asked))
      hints.set(hint.eventId, hint);
  }
  const at = graph.pathOf(OPERATION, link);
  if (next !== undefined)
    return {
      hints: [...hints.values()],
      cursor: JSON.stringify({ ...cursor, at }),
      more: true,
      resync: cursor.resync,
    };
  if (cursor.resync) {
    for (const row of await deletedSince(graph, cursor.since, options)) {
      for (const hint of toHints(row, cursor, asked)) hints.set(hint.eventId, hint);
    }
  }
  const following: Cursor = { at, since: asked.toISOString(), full: false, resync: false };
  return {
    hints: [...hints.values()],
    cursor: JSON.stringify(following),
    more: false,
    resync: cursor.resync,
  };
}

/**
 * Graph's pages differ in whether a row of a later round has every selected property or at least the changed ones. Where
 * the difference would matter (no word of the account, or a disabled one without a word of the leave date), it is read.
 */
async function complete(
  graph: GraphClient,
  row: DeltaUser,
  { full }: Cursor,
  options?: CallOptions,
): Promise<DeltaUser> {
  if (row['@removed'] !== undefined) return row;
  const enough =
    row.accountEnabled === true ||
    (row.accountEnabled === false && (full || row.employeeLeaveDateTime !== undefined));
  if (enough) return row;
  const user = await readUser(graph, row.id, options);
  if (user === null) return { ...row, '@removed': {} };
  return {
    ...row,
    accountEnabled: user.accountEnabled,
    employeeLeaveDateTime: row.employeeLeaveDateTime ?? user.employeeLeaveDateTime,
  };
}

async function deletedSince(
  graph: GraphClient,
  since: string,
  options?: CallOptions,
): Promise<readonly DeltaUser[]> {
  const path = '/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime';
  const users = await graph.all('list deleted users', path, DeletedUser, options);
  return users
    .filter((user) => (toUtcIsoOrNever(user.deletedDateTime) ?? since) >= since)
    .map(({ id }) => ({ id, '@removed': {} }));
}

function isExpired(error: unknown): boolean {
  if (!(error instanceof ConnectorError)) return false;
  const codes = ['syncStateNotFound', 'syncStateInvalid', 'resyncRequired'];
  return error.status === 410 || (error.vendorCode !== undefined && codes.includes(error.vendorCode));
}

function readCursor(cursor: string): Cursor | null {
  try {
    return Cursor.parse(JSON.parse(cursor));
  } catch {
    return null;
  }
}
