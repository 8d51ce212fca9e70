/** What has been said and done about a person's leaving before: whether another word about it is still news. */
import { sql } from 'kysely';
import { caseStream } from '../domain/fact.ts';
import type { Reader, Tx } from './database.ts';
import type { LifecycleEvent } from './lifecycle.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * Whether something newer was said or done about this person's leaving: then an older event that arrives late, or again,
 * decides nothing. Newer is
 * - any word of the same source about leaving or coming back;
 * - for a leave: another source's word that the person stays, when it ended a case or comes from HR (an active account at
 *   another provider alone is no such word), and the end of a cancelled case, which the echo of our own cut precedes.
 *
 * @param providers The identity connectors; every other source is HR.
 */
export async function isSuperseded(
  tx: Tx,
  event: LifecycleEvent,
  providers: readonly string[],
): Promise<boolean> {
  const { personId, connector, occurredAt } = event;
  if (personId === null) return false;
  const { rows } = await sql<{ newer: boolean }>`
    select exists (
      select from lifecycle_events where person_id = ${personId} and occurred_at > ${occurredAt}
        and (connector = ${connector} and kind in ('leaver', 'rehire', 'cancellation')
          or ${event.kind === 'leaver'} and kind in ('rehire', 'cancellation')
            and (outcome = 'cancelled' or connector <> all(${[...providers]})))
    ) or ${event.kind === 'leaver'} and exists (
      -- What the source itself called off ended when it said so, above, not when we heard of it.
      select from cases where person_id = ${personId} and kind = 'offboarding' and state = 'cancelled'
        and closed_at > ${occurredAt}
        and not exists (select from lifecycle_events e where e.person_id = cases.person_id and e.connector = ${connector}
          and e.outcome = 'cancelled' and e.received_at = cases.closed_at)
    ) as newer`.execute(tx);
  return rows[0]?.newer === true;
}

/**
 * Whether a leave that was read off an account's state says only what was known when the person's last case was cancelled: the
 * same leave date on an account that stands as it stood then. Providers that tell states repeat that with every other change
 * of the account.
 *
 * @returns What became of it: `superseded`, or `not-confirmed` for an account that was enabled since; `null` when it is news.
 */
export async function repeatedLeave(
  tx: Tx,
  event: LifecycleEvent,
  isActive: boolean,
): Promise<'superseded' | 'not-confirmed' | null> {
  const { personId, connector } = event;
  if (personId === null) return null;
  const last = await lastCase(tx, personId);
  if (last === null || last.state !== 'cancelled' || last.closed_at === null) return null;
  const said = await wordsSince(tx, event);
  if (said === null) return null;
  const closedAt = Date.parse(last.closed_at);
  const wasGone =
    said.some((word) => Date.parse(word.received_at) <= closedAt && showsGone(word)) ||
    (await wasCutAt(tx, last.id, connector));
  if (isActive) return wasGone ? 'not-confirmed' : 'superseded';
  const wasActiveSince = said.some(
    (word) => Date.parse(word.received_at) > closedAt && word.outcome === 'not-confirmed',
  );
  return wasGone && !wasActiveSince ? 'superseded' : null;
}

type Word = Awaited<ReturnType<typeof wordsOf>>[number];

/** The provider's words since it last said something else than this leave; `null` when it never said it. */
async function wordsSince(tx: Tx, event: LifecycleEvent): Promise<readonly Word[] | null> {
  const undated = event.effectiveAt === event.occurredAt;
  const isSame = (word: Word) =>
    undated ? word.effective_at === word.occurred_at : word.effective_at === event.effectiveAt;
  const said: Word[] = [];
  for (const word of await wordsOf(tx, event)) {
    const other =
      word.kind === 'leaver'
        ? !isSame(word)
        : word.kind !== 'mover' && (word.kind !== 'suspension' || undated);
    if (other) break;
    said.push(word);
  }
  return said.some((word) => word.kind === 'leaver') ? said : null;
}

/** Newest first. */
function wordsOf(tx: Tx, { connector, externalId, eventId, occurredAt }: LifecycleEvent) {
  return tx
    .selectFrom('lifecycle_events')
    .select(['kind', 'occurred_at', 'effective_at', 'received_at', 'outcome'])
    .where('connector', '=', connector)
    .where('external_id', '=', externalId)
    .where('event_id', '<>', eventId)
    .where('occurred_at', '<=', occurredAt)
    .orderBy('occurred_at', 'desc')
    .orderBy('received_at', 'desc')
    .limit(100)
    .execute();
}

/** Whether the account was out of use when this was said. */
function showsGone(word: Word): boolean {
  if (word.kind === 'suspension') return true;
  return word.outcome !== 'not-confirmed' && Date.parse(word.effective_at) <= Date.parse(word.received_at);
}

/** Whether we cut the person's access at that connector in that case. */
export async function wasCutAt(tx: Tx, caseId: string, connector: string): Promise<boolean> {
  const { rows } = await sql<{ cut: boolean }>`
    select exists (select from facts where stream = ${caseStream(caseId)} and type = 'access.cut'
      and canonical::jsonb -> 'data' ->> 'connector' = ${connector}) as cut`.execute(tx);
  return rows[0]?.cut === true;
}

/** The open case that somebody's word about the person meets. */
export interface OpenCase {
  readonly caseId: string;
  readonly generation: number;
  readonly state: 'scheduled' | 'open';
  /** Who began it: a connector, or `token:<id>`. */
  readonly source: string;
  readonly startedAt: string | null;
  readonly policyDigest: string;
}

/** The person's open case with its row locked; `null` when there is none. */
export async function lockOpenCase(tx: Tx, personId: string): Promise<OpenCase | null> {
  const row = await tx
    .selectFrom('cases')
    .select(['id', 'generation', 'state', 'source', 'started_at', 'policy_digest'])
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .where('state', 'in', ['scheduled', 'open'])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    caseId: row.id,
    generation: row.generation,
    state: row.state === 'open' ? 'open' : 'scheduled',
    source: row.source,
    startedAt: row.started_at,
    policyDigest: row.policy_digest,
  };
}

/** How an account was seen last. */
export interface SeenAccount {
  readonly state: string | null;
  readonly seenAt: string;
}

export async function lastSeen(
  db: Reader,
  connector: string,
  externalId: string,
): Promise<SeenAccount | null> {
  const row = await db
    .selectFrom('person_links')
    .select(['state', 'seen_at'])
    .where('connector', '=', connector)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  return row === undefined ? null : { state: row.state, seenAt: row.seen_at };
}

export interface AnotherLeave {
  readonly personId: string;
  /** ISO 8601 UTC. */
  readonly effectiveAt: string;
  /** The account is deleted by now: the end of a leaving, never a new one. */
  readonly deleted: boolean;
  /** How the account was seen before this word about it. */
  readonly before: SeenAccount | null;
}

/**
 * Whether this person's leaving has been dealt with: their last offboarding ended well, and nothing says that they were back
 * since. Then another word about the same leaving (the account deleted weeks later, HR's date after the provider's) opens
 * nothing. Back is whom a source says so of, whose account was seen active after the end, and who leaves more than a day
 * after it.
 */
export async function isOffboarded(tx: Tx, leave: AnotherLeave): Promise<boolean> {
  const { personId, effectiveAt, deleted, before } = leave;
  const last = await lastCase(tx, personId);
  if (last === null || (last.state !== 'completed' && last.state !== 'completed-with-waivers')) return false;
  const closedAt = Date.parse(last.closed_at ?? last.opened_at);
  if (!deleted && Date.parse(effectiveAt) > closedAt + DAY_MS) return false;
  if (before?.state === 'active' && Date.parse(before.seenAt) > closedAt) return false;
  const { rows } = await sql<{ back: boolean }>`
    select exists (select from lifecycle_events where person_id = ${personId} and kind in ('joiner', 'rehire')
        and occurred_at > ${last.opened_at})
      or exists (select from person_links where person_id = ${personId} and state = 'active'
        and seen_at > ${last.closed_at ?? last.opened_at}) as back`.execute(tx);
  return rows[0]?.back !== true;
}

async function lastCase(tx: Tx, personId: string) {
  const row = await tx
    .selectFrom('cases')
    .select(['id', 'state', 'opened_at', 'closed_at'])
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
