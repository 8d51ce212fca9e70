/**
 * Past leavers who still hold something: every account of a provider that is gone since the date, asked at every source, and a
 * case for each who holds a device and was never offboarded here. Clocks run from today, and wipes wait for people.
 */
import type { DirectoryPerson, IdentityProvider } from '../adapters/identity/port.ts';
import { isGone } from '../domain/gone.ts';
import { readBackfillPart, recordProgress } from '../store/backfills.ts';
import { openOrMoveCase } from '../store/cases.ts';
import { linkPerson, readIdentity } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { accountsAt, keysOf } from './person-accounts.ts';
import { withHealth } from './with-health.ts';

export interface BackfillOrder {
  readonly connector: string;
  readonly backfillId: string;
}

/** Page by page; after a crash it goes on with the page that it was at, which opens nothing twice. */
export async function backfillLeavers(
  context: EngineContext,
  { connector, backfillId }: BackfillOrder,
  beat: () => void = () => {},
): Promise<void> {
  const { port } = connectorOf(context.connectors.identity, connector);
  await withHealth(context, connector, async () => {
    for (;;) {
      const part = await readBackfillPart(context.db, backfillId, connector);
      if (part === null || part.finished) return;
      const page = await port.listPersons(part.cursor);
      const counts = { leavers: 0, opened: 0, unclear: 0 };
      for (const account of page.items) {
        beat();
        const became = await consider(context, { connector, backfillId, port }, account, part.since);
        if (became === null) continue;
        if (became === 'unclear') counts.unclear += 1;
        else counts.leavers += 1;
        if (became === 'opened') counts.opened += 1;
      }
      const progress = { accounts: page.items.length, ...counts, cursor: page.next };
      await recordProgress(context.db, backfillId, connector, progress, context.clock());
    }
  });
}

interface Provider {
  readonly connector: string;
  readonly backfillId: string;
  readonly port: IdentityProvider;
}

/** @returns `null` for who is here, or left before the date. */
async function consider(
  context: EngineContext,
  provider: Provider,
  account: DirectoryPerson,
  since: string,
): Promise<'opened' | 'known' | 'holds-nothing' | 'unclear' | null> {
  const { connector, port } = provider;
  if (account.state !== 'deactivated' && account.state !== 'deleted') return null;
  const leaveAt = account.leaveAt === null ? null : Date.parse(account.leaveAt);
  const leftAt = account.leaveAt ?? account.stateSince ?? null;
  // Who left at a time that nobody tells is looked at, too.
  if (leftAt !== null && Date.parse(leftAt) < Date.parse(since)) return null;
  const now = context.clock();
  const reading = { connector, rule: port.goneRule, state: account.state, leaveAt } as const;
  if (!isGone(reading, now.getTime())) return 'unclear';
  const link = { connector, externalId: account.externalId, state: account.state, leaveAt: account.leaveAt };
  const personId = await inTransaction(context.db, (tx) =>
    linkPerson(tx, link, { ...account, timeZone: null }, context.linkBy),
  );
  if (typeof personId !== 'string') return 'erased' in personId ? null : 'unclear';
  const known = await context.db
    .selectFrom('cases')
    .select('id')
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .where('state', '<>', 'cancelled')
    .executeTakeFirst();
  if (known !== undefined) return 'known';
  const person = await readIdentity(context.db, personId);
  if (!(await holdsAnything(context, person))) return 'holds-nothing';
  const leave = {
    personId,
    source: connector,
    eventKey: `backfill:${provider.backfillId}:${account.externalId}`,
    effectiveAt: now,
    late: true,
    backfill: true,
  } as const;
  const { outcome } = await inTransaction(context.db, (tx) =>
    openOrMoveCase(tx, leave, context.terms, context.clock()),
  );
  return outcome === 'opened' ? 'opened' : 'known';
}

/** Whether any source names the person as holder of a device now. */
async function holdsAnything(context: EngineContext, person: PersonIdentity): Promise<boolean> {
  const { identity, devices, inventory } = context.connectors;
  for (const { port } of inventory.values())
    if ((await port.listAssetsOf(keysOf(person))).length > 0) return true;
  for (const { port, peopleFrom } of devices.values()) {
    const { ids } = await accountsAt(context, peopleFrom, connectorOf(identity, peopleFrom).port, person);
    for (const id of ids) if ((await port.listDevicesOf(id)).length > 0) return true;
  }
  for (const { name, port } of identity.values()) {
    for (const account of person.accounts.filter((one) => one.connector === name))
      if ((await port.listDevicesOf(account.externalId)).length > 0) return true;
  }
  return false;
}
