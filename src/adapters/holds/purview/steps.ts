/**
 * What is still to be read, as a list of small steps of one request each: cases, then for each case its custodians, its hold
 * policies, and the sources of each policy. The list is also the cursor of a listing, which so goes on where it stopped.
 */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import { Place, startOf } from './page.ts';

export const CASES = '/security/cases/ediscoveryCases';

const caseId = z.string().min(1);
const Step = z.discriminatedUnion('read', [
  z.strictObject({ read: z.literal('cases'), place: Place }),
  /** `place` is left out where it is the beginning: there may be many of these. */
  z.strictObject({ read: z.literal('custodians'), caseId, place: Place.optional() }),
  z.strictObject({ read: z.literal('policies'), caseId, place: Place }),
  z.strictObject({
    read: z.literal('sources'),
    caseId,
    policyId: z.string().min(1),
    policyIsOff: z.boolean(),
    place: Place,
  }),
]);
export type Step = z.infer<typeof Step>;

const Agenda = z.strictObject({
  steps: z.array(Step),
  /** Whether the sentinel case was among the cases so far. */
  sentinelSeen: z.boolean(),
});
export type Agenda = z.infer<typeof Agenda>;

export const WHOLE_AGENDA: Agenda = {
  steps: [{ read: 'cases', place: startOf(CASES) }],
  sentinelSeen: false,
};

export function casePath(id: string): string {
  return `${CASES}/${encodeURIComponent(id)}`;
}

/** `null` when nothing is left. */
export function cursorOf(agenda: Agenda): string | null {
  return agenda.steps.length === 0 ? null : JSON.stringify(agenda);
}

/** @throws ConnectorError `refused` with `CURSOR`, nothing sent, for a text that is none of ours. */
export function agendaOf(connector: string, cursor: string | null): Agenda {
  if (cursor === null) return WHOLE_AGENDA;
  try {
    return Agenda.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new ConnectorError('refused', connector, 'list holds', { vendorCode: 'CURSOR', cause });
  }
}
