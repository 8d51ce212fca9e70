/** Polling an identity provider: recovers what a hook dropped, and keeps its push channel alive. */
import { sql } from 'kysely';
import type { LifecycleHint } from '../adapters/identity/port.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { noteRecovery } from '../store/audits/installation.ts';
import { keepHint, stopsIntake } from './intake-failures.ts';
import { takeHint } from './lifecycle.ts';

/**
 * Reads what changed since the stored cursor and takes each hint in. A hint that fails for a reason of its own is kept in the
 * inbox, to be tried again there. The cursor moves only when every hint of the page is taken in or kept, so a crash repeats a
 * page, which is harmless.
 */
export async function pollIdentity(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void = () => {},
): Promise<void> {
  const { port } = connectorOf(context.connectors.identity, connector);
  for (;;) {
    beat();
    const before = await context.db
      .selectFrom('connector_state')
      .select('cursor')
      .where('connector', '=', connector)
      .executeTakeFirst();
    const page = await port.changesSince(before?.cursor ?? null);
    for (const hint of page.hints) {
      beat();
      await takeOrKeep(context, connector, hint);
    }
    if (page.resync) await rereadOpenCases(context, connector, beat);
    await moveCursor(context, connector, page.cursor);
    if (!page.more) return;
  }
}

async function takeOrKeep(context: EngineContext, connector: string, hint: LifecycleHint): Promise<void> {
  try {
    await takeHint(context, connector, hint);
  } catch (error) {
    if (stopsIntake(error)) throw error;
    await keepHint(context, connector, hint, error);
  }
}

/**
 * After a gap that the provider cannot tell the changes of: whoever has an open case because of this provider is read again,
 * so that somebody who came back in between is not offboarded.
 */
async function rereadOpenCases(context: EngineContext, connector: string, beat: () => void): Promise<void> {
  const rows = await context.db
    .selectFrom('cases')
    .innerJoin('person_links', 'person_links.person_id', 'cases.person_id')
    .select(['cases.id', 'person_links.external_id'])
    .where('cases.state', 'in', ['scheduled', 'open'])
    .where('cases.source', '=', connector)
    .where('person_links.connector', '=', connector)
    .execute();
  const { port } = connectorOf(context.connectors.identity, connector);
  for (const { id, external_id: externalId } of rows) {
    beat();
    const occurredAt = context.clock().toISOString();
    const hint: LifecycleHint = {
      eventId: `resync:${id}:${occurredAt}`,
      kind: 'rehire',
      externalId,
      occurredAt,
      effectiveAt: null,
      fromState: true,
    };
    try {
      const live = await port.readPerson(externalId);
      if (live?.state !== 'active' || live.leaveAt !== null) continue;
      await takeHint(context, connector, hint);
    } catch (error) {
      if (stopsIntake(error)) throw error;
      await keepHint(context, connector, hint, error);
    }
  }
}

async function moveCursor(context: EngineContext, connector: string, cursor: string): Promise<void> {
  await sql`
    insert into connector_state (connector, cursor, last_ok_at) values (${connector}, ${cursor}, now())
    on conflict (connector) do update set cursor = excluded.cursor, last_ok_at = excluded.last_ok_at`.execute(
    context.db,
  );
}

/** Notes that a connector answered, or how it failed: shown by `doctor`, the API and metrics. */
export async function noteHealth(
  context: EngineContext,
  connector: string,
  errorCode: string | null,
): Promise<void> {
  if (errorCode === null) await noteRecovery(context.db, connector, context.clock());
  const query =
    errorCode === null
      ? sql`insert into connector_state (connector, last_ok_at) values (${connector}, now()) on conflict (connector) do update set last_ok_at = now()`
      : sql`insert into connector_state (connector, last_error_at, last_error_code) values (${connector}, now(), ${errorCode})
            on conflict (connector) do update set last_error_at = now(), last_error_code = excluded.last_error_code`;
  await query.execute(context.db);
}
