/** Links to tickets of other systems, on a case and on an exception. They are shown, and judged by nobody. */
import { z } from 'zod';
import { caseStream } from '../../domain/fact.ts';
import type { Reader } from '../../store/database.ts';
import { FactConflict } from '../../store/facts.ts';
import { readException } from '../../store/read/exceptions.ts';
import { linkTicketToCase, linkTicketToException, ticketsIn } from '../../store/tickets.ts';
import type { TicketOutcome } from '../../store/tickets.ts';
import { inTransaction } from '../../store/transactions.ts';
import { Problem } from '../problem.ts';
import type { ProblemCode } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id } from '../shapes/common.ts';
import { TicketBody, TicketList, ticketView } from '../shapes/tickets.ts';

const OneException = z.strictObject({ id: Id('exception') });

const ofCase = route({
  method: 'post',
  path: '/cases/:id/tickets',
  action: 'tickets.link',
  summary: 'Links a ticket of another system to a case',
  params: z.strictObject({ id: Id('case') }),
  body: TicketBody,
  answer: TicketList,
  problems: ['not-found', 'case-ended', 'conflict'],
  async handle({ db }, { params, body, actor, now }) {
    await linked('case-ended', () =>
      inTransaction(db, (tx) => linkTicketToCase(tx, params.id, body, actor, now)),
    );
    return ok({ tickets: (await ticketsIn(db, [caseStream(params.id)])).map(ticketView) });
  },
});

const ofException = route({
  method: 'post',
  path: '/exceptions/:id/tickets',
  action: 'tickets.link',
  summary: 'Links a ticket of another system to an open exception',
  params: OneException,
  body: TicketBody,
  answer: TicketList,
  problems: ['not-found', 'exception-decided', 'conflict'],
  async handle({ db }, { params, body, actor, now }) {
    await linked('exception-decided', () =>
      inTransaction(db, (tx) => linkTicketToException(tx, params.id, body, actor, now)),
    );
    return ok(await ticketsOfException(db, params.id));
  },
});

const readOfException = route({
  method: 'get',
  path: '/exceptions/:id/tickets',
  action: 'exceptions.read',
  summary: 'The tickets that are linked to an exception',
  params: OneException,
  answer: TicketList,
  problems: ['not-found'],
  handle: async ({ db }, { params }) => ok(await ticketsOfException(db, params.id)),
});

async function ticketsOfException(db: Reader, id: string) {
  const exception = await readException(db, id);
  if (exception === null) throw new Problem('not-found');
  const facts = await ticketsIn(db, [exception.stream]);
  return { tickets: facts.filter(({ data }) => data.exceptionId === id).map(ticketView) };
}

/** The same number with another address contradicts what is recorded. */
async function linked(ended: ProblemCode, link: () => Promise<TicketOutcome>): Promise<void> {
  try {
    const outcome = await link();
    if (outcome !== 'linked') throw new Problem(outcome === 'ended' ? ended : 'not-found');
  } catch (error) {
    if (error instanceof FactConflict) throw new Problem('conflict');
    throw error;
  }
}

export const TICKET_ROUTES = [ofCase, ofException, readOfException];
