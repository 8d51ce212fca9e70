/** What tells that something closed is not over: a sign-in, life from a device that was disposed of, a waiver that ran out. */
import { sql } from 'kysely';
import type { Reader } from './database.ts';
import type { Reopening } from './reopen.ts';

/** How far two systems' clocks may be apart, and how long a last word may take to arrive, milliseconds. */
const TOLERANCE_MS = 3_600_000;

/** A device as a device manager lists it. */
export interface SeenAlive {
  /** Normalised. */
  readonly serial: string;
  /** ISO 8601 UTC. */
  readonly lastSeenAt: string;
}

/** Cases whose device was disposed of, returned or lost, and showed life afterwards. One in a later epoch is somebody's again. */
export async function disposedAlive(db: Reader, seen: readonly SeenAlive[]): Promise<readonly Reopening[]> {
  if (seen.length === 0) return [];
  const rows = await db
    .selectFrom('devices')
    .innerJoin('custodies', 'custodies.device_id', 'devices.id')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['devices.id', 'devices.serial', 'custodies.epoch', 'custodies.closed_at', 'custodies.case_id'])
    .where(
      'devices.serial',
      'in',
      seen.map((one) => one.serial),
    )
    .where('custodies.state', '=', 'closed')
    .where('custodies.route', 'in', ['dispose', 'lessor-return', 'lost'])
    .where('cases.state', 'in', ['completed', 'completed-with-waivers'])
    .where(
      sql<boolean>`not exists (select from custodies later where later.device_id = devices.id and later.epoch > custodies.epoch)`,
    )
    .execute();
  return rows.flatMap((row): readonly Reopening[] => {
    const alive = seen.find((one) => one.serial === row.serial);
    const closed = row.closed_at === null ? Number.NaN : Date.parse(row.closed_at);
    if (alive === undefined || !(Date.parse(alive.lastSeenAt) > closed + TOLERANCE_MS)) return [];
    return [
      {
        caseId: row.case_id,
        reason: 'disposed-device-alive',
        seen: `${row.id}:${row.epoch}:${row.closed_at}`,
      },
    ];
  });
}

/** The completed case of an account that was signed in to after its end, unless the person is back by somebody's word. */
export async function signedInAfter(
  db: Reader,
  account: { readonly connector: string; readonly externalId: string; readonly lastSignInAt: string },
): Promise<Reopening | null> {
  const { rows } = await sql<{ id: string; generation: number }>`
    select cases.id, cases.generation from person_links
    join cases on cases.person_id = person_links.person_id and cases.kind = 'offboarding'
    where person_links.connector = ${account.connector} and person_links.external_id = ${account.externalId}
      and cases.state in ('completed', 'completed-with-waivers')
      and cases.closed_at + ${`${TOLERANCE_MS} milliseconds`}::interval < ${account.lastSignInAt}::timestamptz
      and not exists (select from lifecycle_events e where e.person_id = cases.person_id
        and e.kind in ('joiner', 'rehire') and e.occurred_at > cases.opened_at)
    order by cases.opened_at desc limit 1`.execute(db);
  const [found] = rows;
  if (found === undefined) return null;
  return { caseId: found.id, reason: 'leaver-signed-in', seen: `${account.connector}:${found.generation}` };
}

/** Completed cases that a waiver let through which has run out. */
export async function waiversRunOut(db: Reader, now: Date): Promise<readonly Reopening[]> {
  const { rows } = await sql<{ case_id: string; key: string }>`
    select distinct cases.id as case_id, facts.key from cases
    join facts on facts.type = 'gate.waived' and (
      facts.stream = 'case:' || cases.id and (facts.canonical::jsonb #>> '{data,round}')::int = cases.generation
      or exists (select from custodies where custodies.case_id = cases.id and custodies.generation = cases.generation
        and facts.stream = 'device:' || custodies.device_id
        and (facts.canonical::jsonb #>> '{data,round}')::int = custodies.epoch))
    where cases.state = 'completed-with-waivers'
      and (facts.canonical::jsonb #>> '{data,expiresAt}')::timestamptz <= ${now}`.execute(db);
  return rows.map((row) => ({ caseId: row.case_id, reason: 'waiver-expired', seen: row.key }));
}
