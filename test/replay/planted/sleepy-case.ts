/** A planted mistake: a pause that no history knows. */
import { sleep } from '@temporalio/workflow';
import { offboardingCase as real } from '../../../src/workflows/offboarding-case.ts';

export async function offboardingCase(): Promise<void> {
  await sleep('1s');
  await real();
}
