/** Ticket links: facts in the stream of the case, or in the one that an exception belongs to. */
import { caseStream } from '../domain/fact.ts';
import type { Fact } from '../domain/fact.ts';
import type { TicketLink } from '../domain/tickets.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';

/** What became of the wish: `ended` where nothing is added any more. */
export type TicketOutcome = 'linked' | 'not-found' | 'ended';

/** Links a ticket to a case that has not ended. The same link again changes nothing. @throws FactConflict for another address. */
export async function linkTicketToCase(
  tx: Tx,
  caseId: string,
  link: TicketLink,
  by: string,
  now: Date,
): Promise<TicketOutcome> {
  const row = await tx
    .selectFrom('cases')
    .select(['generation', 'closed_at'])
    .where('id', '=', caseId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'not-found';
  if (row.closed_at !== null) return 'ended';
  await append(tx, { stream: caseStream(caseId), round: row.generation, exceptionId: null }, link, by, now);
  return 'linked';
}

/** Links a ticket to an open exception. */
export async function linkTicketToException(
  tx: Tx,
  exceptionId: string,
  link: TicketLink,
  by: string,
  now: Date,
): Promise<TicketOutcome> {
  const row = await tx
    .selectFrom('exceptions')
    .select(['stream', 'round', 'resolved_at'])
    .where('id', '=', exceptionId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'not-found';
  if (row.resolved_at !== null) return 'ended';
  await append(tx, { stream: row.stream, round: row.round, exceptionId }, link, by, now);
  return 'linked';
}

interface Subject {
  readonly stream: string;
  readonly round: number;
  readonly exceptionId: string | null;
}

async function append(
  tx: Tx,
  { stream, round, exceptionId }: Subject,
  { system, ticket, url }: TicketLink,
  by: string,
  now: Date,
): Promise<void> {
  const key = `ticket.linked:${stream}:${round}:${exceptionId ?? 'itself'}:${system}:${ticket}`;
  const data = { round, exceptionId, system, ticket, url };
  await appendFacts(tx, [{ stream, key, type: 'ticket.linked', actor: by, data }], now);
}

/** The links in these streams, in the order in which they were made. */
export async function ticketsIn(
  db: Reader,
  streams: readonly string[],
): Promise<readonly Fact<'ticket.linked'>[]> {
  if (streams.length === 0) return [];
  const rows = await db
    .selectFrom('facts')
    .select('canonical')
    .where('stream', 'in', [...streams])
    .where('type', '=', 'ticket.linked')
    .orderBy('id')
    .execute();
  return rows.map(({ canonical }) => JSON.parse(canonical) as Fact<'ticket.linked'>);
}
