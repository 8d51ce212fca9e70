/** Pickups that still wait for a list of their vendor's. */
import { sql } from 'kysely';
import type { Reader } from './database.ts';

/**
 * So long after a unit's certificate its vendor is asked what became of it, where nothing waits for the answer: most say so
 * within weeks, and some never do.
 */
const ASKED_FOR_MS = 90 * 86_400_000;

export interface AwaitingPickup {
  readonly id: string;
  readonly state: 'booked' | 'confirmed' | 'received' | 'certified';
  /** Of a unit of it, what became of it is still to be said. */
  readonly isReportAwaited: boolean;
}

export interface AwaitingPage {
  readonly connector: string;
  /** Id of the last pickup before. */
  readonly after: string;
  readonly limit: number;
}

/**
 * Booked at the vendor: of others it knows nothing. Once all of a pickup is certified, it waits for nothing but reports: of
 * units whose closure waits for one, and for some time of those of which nobody has said where they went.
 */
export async function pickupsAwaiting(
  db: Reader,
  { connector, after, limit }: AwaitingPage,
  now: Date,
): Promise<readonly AwaitingPickup[]> {
  const since = new Date(now.getTime() - ASKED_FOR_MS);
  const { rows } = await sql<AwaitingPickup>`
    with awaiting as (
      select id, state, exists (
        select from pickup_lines as lines
        join custodies on custodies.device_id = lines.device_id and custodies.epoch = lines.epoch
        where lines.pickup_id = pickups.id and lines.taken_off_at is null and custodies.state <> 'cancelled'
          and (
            custodies.state = 'open' and custodies.blocked_by @> '[{"code": "disposition-awaited"}]'::jsonb
            or (custodies.state = 'open' or custodies.closed_at > ${since})
              and exists (
                select from facts
                where facts.stream = 'device:' || lines.device_id and facts.type = 'handoff.certified' and facts.at > ${since}
                  and (facts.canonical::jsonb #>> '{data,epoch}')::int = lines.epoch
              )
              and not exists (
                select from facts
                where facts.stream = 'device:' || lines.device_id
                  and facts.type in ('handoff.disposed', 'disposition.reported-late')
                  and (facts.canonical::jsonb #>> '{data,epoch}')::int = lines.epoch
                  and facts.canonical::jsonb #>> '{data,outcome}' <> 'not-processed'
                  and (
                    facts.canonical::jsonb #>> '{data,outcome}' = 'destroyed'
                    or facts.canonical::jsonb #>> '{data,downstream}' <> 'unknown'
                  )
              )
          )
      ) as "isReportAwaited"
      from pickups
      where connector = ${connector} and reference is not null and id > ${after}
        and state in ('booked', 'confirmed', 'received', 'certified')
    )
    select * from awaiting where state <> 'certified' or "isReportAwaited" order by id limit ${limit}`.execute(
    db,
  );
  return rows;
}
