/** Doing one step of a reading: one request. */
import type { CallOptions } from '../../read-options.ts';
import type { ExternalHold } from '../port.ts';
import { caseMayHold, custodianIsHeld, policyMayHold, sourceIsHeld } from './in-force.ts';
import { opaque } from './ids.ts';
import { readPage, startOf, untold } from './page.ts';
import type { CollectionPage, PurviewContext } from './page.ts';
import { CaseRecord, CustodianRecord, PolicyRecord, SourceRecord } from './schema.ts';
import { casePath } from './steps.ts';
import type { Agenda, Step } from './steps.ts';

export interface Advance {
  readonly holds: readonly ExternalHold[];
  /** What is left to read. */
  readonly agenda: Agenda;
}

/** Does the first step of the agenda. @throws ConnectorError; then the same agenda may be tried again. */
export async function advance(
  context: PurviewContext,
  agenda: Agenda,
  options?: CallOptions,
): Promise<Advance> {
  const [step, ...rest] = agenda.steps;
  if (step === undefined) return { holds: [], agenda };
  if (step.read === 'cases') return readCases(context, agenda, step, rest, options);
  const { holds, steps } = await readWithinCase(context, step, options);
  return { holds, agenda: { ...agenda, steps: [...steps, ...rest] } };
}

/** All cases come first, while the links to their next pages are fresh. */
async function readCases(
  context: PurviewContext,
  { sentinelSeen: seenBefore }: Agenda,
  { place }: Extract<Step, { read: 'cases' }>,
  rest: readonly Step[],
  options?: CallOptions,
): Promise<Advance> {
  const operation = 'list cases';
  const { items, next } = await readPage(context, operation, place, CaseRecord, options);
  const sentinel = context.settings.sentinelCaseId.toLowerCase();
  const sentinelSeen = seenBefore || items.some(({ id }) => id.toLowerCase() === sentinel);
  if (next === null && !sentinelSeen) throw untold(context.connector, operation, 'SENTINEL_NOT_SEEN');
  const open = items.filter(caseMayHold).map(({ id }): Step => ({ read: 'custodians', caseId: id }));
  const more: readonly Step[] = next === null ? [] : [{ read: 'cases', place: next }];
  return { holds: [], agenda: { steps: [...more, ...rest, ...open], sentinelSeen } };
}

interface Found {
  readonly holds: readonly ExternalHold[];
  readonly steps: readonly Step[];
}

async function readWithinCase(
  context: PurviewContext,
  step: Exclude<Step, { read: 'cases' }>,
  options?: CallOptions,
): Promise<Found> {
  const path = casePath(step.caseId);
  switch (step.read) {
    case 'custodians': {
      const place = step.place ?? startOf(`${path}/custodians`);
      const operation = 'list custodians';
      const { items, next } = await readPage(context, operation, place, CustodianRecord, options);
      const held = items.filter(custodianIsHeld);
      const holds = held.map((record) =>
        toHold(context, operation, `${opaque(step.caseId)}/custodians/${opaque(record.id)}`, record.email),
      );
      const after: Step = { read: 'policies', caseId: step.caseId, place: startOf(`${path}/legalHolds`) };
      return { holds, steps: [next === null ? after : { ...step, place: next }] };
    }
    case 'policies': {
      const operation = 'list hold policies';
      const page = await readPage(context, operation, step.place, PolicyRecord, options);
      return { holds: [], steps: stepsOfPolicies(step, page) };
    }
    case 'sources': {
      const { caseId, policyId, policyIsOff } = step;
      const operation = 'list sources of hold policy';
      const { items, next } = await readPage(context, operation, step.place, SourceRecord, options);
      const policy = `${opaque(caseId)}/legalHolds/${opaque(policyId)}`;
      const held = items.filter((record) => sourceIsHeld(policyIsOff, record));
      const holds = held.map((record) =>
        toHold(context, operation, `${policy}/userSources/${opaque(record.id)}`, record.email),
      );
      return { holds, steps: next === null ? [] : [{ ...step, place: next }] };
    }
  }
}

function stepsOfPolicies(
  step: Extract<Step, { read: 'policies' }>,
  { items, next }: CollectionPage<PolicyRecord>,
): readonly Step[] {
  const { caseId } = step;
  const sources = items.filter(policyMayHold).map(({ id, isEnabled }): Step => {
    const place = startOf(`${casePath(caseId)}/legalHolds/${encodeURIComponent(id)}/userSources`);
    return { read: 'sources', caseId, policyId: id, policyIsOff: isEnabled === false, place };
  });
  return next === null ? sources : [{ ...step, place: next }, ...sources];
}

/** A hold that does not say on whom it is may be on anybody. */
function toHold(
  { connector }: PurviewContext,
  operation: string,
  externalId: string,
  email: string | null | undefined,
): ExternalHold {
  const address = email?.trim() ?? '';
  if (address === '') throw untold(connector, operation, 'HOLD_WITHOUT_ADDRESS');
  return { externalId, addresses: [address] };
}
