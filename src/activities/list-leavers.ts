/** Who left in a period by one source, asked live for an audit. Reads only: nobody is linked, and no case is opened. */
import { ConnectorError } from '../adapters/errors.ts';
import type { DirectoryPerson } from '../adapters/identity/port.ts';
import type { CallOptions, Page } from '../adapters/read-options.ts';
import { isGone } from '../domain/gone.ts';
import { finishPart, keepPage, notePartFailure, openPart } from '../store/audits/listing.ts';
import type { ListedAccount } from '../store/audits/listing.ts';
import type { PeriodRow } from '../store/audits/periods.ts';
import type { Tx } from '../store/database.ts';
import { findByKeys } from '../store/people.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { withHealth } from './with-health.ts';

export interface ListOrder {
  readonly connector: string;
  readonly periodId: string;
}

/** A source of leavers, whichever of the two kinds it is. */
interface Source {
  readonly query: string;
  readonly list: (cursor: string | null, options?: CallOptions) => Promise<Page<DirectoryPerson>>;
  /** `null`: still here. */
  readonly standing: (account: DirectoryPerson, now: number) => ListedAccount['state'] | null;
  readonly leftAt: (account: DirectoryPerson) => string | null;
}

/** Page by page; after a crash it goes on with the page that it was at. */
export async function listLeavers(
  context: EngineContext,
  order: ListOrder,
  beat: () => void = () => {},
): Promise<void> {
  const { connector } = order;
  const open = await openPart(context.db, order);
  if (open === null) return;
  const source = sourceOf(context, connector, open.part.kind);
  try {
    await withHealth(context, connector, async () => listAll(context, order, source, beat));
  } catch (error) {
    const code = error instanceof ConnectorError ? error.code : 'internal';
    await notePartFailure(context.db, order, code, context.clock());
    throw error;
  }
}

async function listAll(
  context: EngineContext,
  order: ListOrder,
  source: Source,
  beat: () => void,
): Promise<void> {
  for (;;) {
    beat();
    const open = await openPart(context.db, order);
    if (open === null) return;
    const { cursor } = open.part;
    const page = await read(source, cursor);
    if (page === null)
      return finishPart(context.db, order, { outcome: 'not-offered', query: source.query }, context.clock());
    await keep(context, order, open.period, source, cursor, page);
    if (page.next === null)
      return finishPart(context.db, order, { outcome: 'listed', query: source.query }, context.clock());
  }
}

/** @returns `null` from a source that lets nobody list its people, which is no failure of it. */
async function read(source: Source, cursor: string | null): Promise<Page<DirectoryPerson> | null> {
  try {
    return await source.list(cursor);
  } catch (error) {
    if (error instanceof ConnectorError && error.vendorCode === 'NO_READ_API') return null;
    throw error;
  }
}

async function keep(
  context: EngineContext,
  { connector }: ListOrder,
  period: PeriodRow,
  source: Source,
  cursor: string | null,
  page: Page<DirectoryPerson>,
): Promise<void> {
  const now = context.clock();
  await inTransaction(context.db, async (tx) => {
    const leavers: ListedAccount[] = [];
    for (const account of page.items) {
      const state = source.standing(account, now.getTime());
      const leftAt = source.leftAt(account);
      if (state === null || !isWithin(leftAt, period)) continue;
      const personId = await personOf(tx, context, connector, account);
      leavers.push({ externalId: account.externalId, personId, leftAt, state });
    }
    await keepPage(tx, period, connector, { cursor, next: page.next, seen: page.items.length, leavers }, now);
  });
}

/** Who left at a time that nobody tells is listed, too. */
function isWithin(leftAt: string | null, { start_at: start, end_at: end }: PeriodRow): boolean {
  return leftAt === null || (Date.parse(leftAt) >= Date.parse(start) && Date.parse(leftAt) < Date.parse(end));
}

/** The person whom the account is linked to, or whom the configured keys tell; nothing is linked here. */
async function personOf(
  tx: Tx,
  { linkBy }: EngineContext,
  connector: string,
  account: DirectoryPerson,
): Promise<string | null> {
  const linked = await tx
    .selectFrom('person_links')
    .select('person_id')
    .where('connector', '=', connector)
    .where('external_id', '=', account.externalId)
    .executeTakeFirst();
  if (linked !== undefined) return linked.person_id;
  const found = await findByKeys(tx, connector, { ...account, timeZone: null }, linkBy);
  return typeof found === 'string' ? found : null;
}

function sourceOf(context: EngineContext, connector: string, kind: 'hr' | 'identity'): Source {
  if (kind === 'hr') {
    const { port } = connectorOf(context.connectors.hr, connector);
    return {
      query: 'every employee; those whose last day has passed and lies in the period, or is not told',
      list: (cursor, options) => port.listEmployees(cursor, options),
      standing: ({ state, leaveAt }, now) =>
        (leaveAt === null ? state === 'deactivated' : Date.parse(leaveAt) <= now) ? 'gone' : null,
      leftAt: ({ leaveAt }) => utc(leaveAt),
    };
  }
  const { port } = connectorOf(context.connectors.identity, connector);
  return {
    query:
      'every account in every state; those gone by the provider’s own rule, or deactivated, whose leave date, else the change of their state, lies in the period, or is not told',
    list: (cursor, options) => port.listPersons(cursor, options),
    standing: ({ state, leaveAt }, now) => {
      if (state !== 'deactivated' && state !== 'deleted') return null;
      const reading = {
        connector,
        rule: port.goneRule,
        state,
        leaveAt: leaveAt === null ? null : Date.parse(leaveAt),
      };
      return isGone(reading, now) ? 'gone' : 'unclear';
    },
    leftAt: ({ leaveAt, stateSince = null }) => utc(leaveAt ?? stateSince),
  };
}

function utc(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
