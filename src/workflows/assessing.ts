/** Asking for a judgement: a local activity while the database answers quickly, else the same as an ordinary one. */
import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { Answer, CaseQuestion, CustodyQuestion } from '../activities/assess.ts';
import type { DeviceGate } from '../domain/gates.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { local, ordinary } from './activity-options.ts';

export function assessCase(question: CaseQuestion): Promise<Answer<CaseStation>> {
  return local.assessCase(question).catch((error: unknown) => {
    if (!isSlowDatabase(error)) throw error;
    return ordinary.assessCase(question);
  });
}

export function assessCustody(question: CustodyQuestion): Promise<Answer<DeviceGate>> {
  return local.assessCustody(question).catch((error: unknown) => {
    if (!isSlowDatabase(error)) throw error;
    return ordinary.assessCustody(question);
  });
}

/** A local activity fails with what it threw or with its time-out, unlike an ordinary one, which wraps both. */
function isSlowDatabase(error: unknown): boolean {
  return error instanceof TemporalFailure && !isCancellation(error);
}
