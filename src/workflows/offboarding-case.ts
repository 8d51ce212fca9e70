/** A person leaves. Workflow id `case:<case id>:<generation>`: id and database are all it needs to start. */
import { workflowInfo } from '@temporalio/workflow';
import type { Act } from '../domain/judgement.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { vendor } from './activity-options.ts';
import { assessCase } from './assessing.ts';
import { follow } from './passing.ts';

export async function offboardingCase(): Promise<void> {
  const { caseId, generation } = subject();

  function perform(act: Act): Promise<void> {
    const ask = vendor(act.connector);
    const ref = { caseId, generation, connector: act.connector };
    switch (act.act) {
      case 'ask-source':
        return ask.askSource(ref);
      case 'look-up-serials':
        return ask.lookUpSerials(ref);
      case 'cut-access':
        return ask.cutAccess(ref);
      default:
        throw new Error(`a case performs no ${act.act}`);
    }
  }

  const assess = (now: number) => assessCase({ caseId, generation, now });
  await follow<CaseStation>({ assess, perform }, async (through) => {
    await through('leave');
    // The cut follows discovery; yet a source that is down delays it only as long as the policy allows.
    await Promise.all([through('discovery'), through('access-cut')]);
    // Each device is followed by a custody of its own, which outlives the case if need be.
    await through('devices');
  });
}

function subject(): { readonly caseId: string; readonly generation: number } {
  const [, caseId = '', generation = ''] = workflowInfo().workflowId.split(':');
  return { caseId, generation: Number(generation) };
}
