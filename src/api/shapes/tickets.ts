/** Ticket links as requests give them and answers show them. */
import { z } from 'zod';
import type { Fact } from '../../domain/fact.ts';
import { isTicketNumber, LONGEST_TICKET_URL, TICKET_SYSTEMS } from '../../domain/tickets.ts';
import { Instant } from './common.ts';

export const TicketBody = z
  .strictObject({
    system: z.enum(TICKET_SYSTEMS),
    ticket: z.string().max(64).meta({ description: 'Its number, such as INC0010001 or ITSM-42.' }),
    url: z
      .url({ protocol: /^https$/u })
      .max(LONGEST_TICKET_URL)
      .refine(hasNoCredentials, 'an address without credentials')
      .meta({ description: 'Where to read it. It stands in a fact: give it no personal data.' }),
  })
  .refine(({ system, ticket }) => isTicketNumber(system, ticket), {
    path: ['ticket'],
    message: 'not a number of that system',
  });

export const TicketShape = z.object({
  exceptionId: z
    .string()
    .nullable()
    .meta({ description: 'The exception that it belongs to; null: the case itself.' }),
  system: z.enum(TICKET_SYSTEMS),
  ticket: z.string(),
  url: z.string(),
  linkedAt: Instant,
  linkedBy: z.string(),
});

export const TicketList = z.object({ tickets: z.array(TicketShape) }).meta({ title: 'Linked tickets' });

export function ticketView({ at, actor, data }: Fact<'ticket.linked'>): z.output<typeof TicketShape> {
  const { exceptionId, system, ticket, url } = data;
  return { exceptionId, system, ticket, url, linkedAt: at, linkedBy: actor };
}

function hasNoCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}
