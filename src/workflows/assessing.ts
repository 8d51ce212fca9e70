/** Asking for a judgement: a local activity while the database answers quickly, else the same as an ordinary one. */
import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { Answer, CaseQuestion, CustodyQuestion } from '../activities/assess.ts';
import type { DeviceGate } from '../domain/gates.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { local, ordinary } from './activity-options.ts';

export async function assessCase(question: CaseQuestion): Promise<Answer<CaseStation>> {
  try {
    return await local.assessCase(question);
  } catch (error) {
    if (!isSlowDatabase(error)) throw error;
    return ordinary.assessCase(question);
  }
}

export async function assessCustody(question: CustodyQuestion): Promise<Answer<DeviceGate>> {
  try {
    return await local.assessCustody(question);
  } catch (error) {
    if (!isSlowDatabase(error)) throw error;
    return ordinary.assessCustody(question);
  }
}

/** A local activity fails with what it threw or with its time-out, unlike an ordinary one, which wraps both. */
function isSlowDatabase(error: unknown): boolean {
  return error instanceof TemporalFailure && !isCancellation(error);
}
