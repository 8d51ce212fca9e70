/** Tickets of other systems that belong to a case or an exception: a link, no more. Nobody judges by one. */
export const TICKET_SYSTEMS = ['servicenow', 'jira'] as const;
export type TicketSystem = (typeof TICKET_SYSTEMS)[number];

export interface TicketLink {
  readonly system: TicketSystem;
  /** The ticket's own number, such as `INC0010001` or `ITSM-42`. */
  readonly ticket: string;
  /** Where to read it: https, without credentials. */
  readonly url: string;
}

/** The longest address that is kept. */
export const LONGEST_TICKET_URL = 500;

const NUMBERS: Readonly<Record<TicketSystem, RegExp>> = {
  servicenow: /^[A-Z]{2,10}\d{4,12}$/u,
  jira: /^[A-Z][A-Z0-9_]{0,29}-\d{1,10}$/u,
};

/** Whether a text has the form of that system's ticket numbers. */
export function isTicketNumber(system: TicketSystem, ticket: string): boolean {
  return NUMBERS[system].test(ticket);
}
