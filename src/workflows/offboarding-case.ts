/** A person leaves. Workflow id `case:<case id>:<generation>`: id and database are all it needs to start. */
import { workflowInfo } from '@temporalio/workflow';
import type { Act } from '../domain/judgement.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { vendor } from './activity-options.ts';
import { assessCase } from './assessing.ts';
import { pass, settled, Stopped } from './passing.ts';
import { listen } from './waking.ts';

export async function offboardingCase(): Promise<void> {
  const { caseId, generation } = subject();
  const waker = listen();
  const gate = (station: CaseStation) =>
    pass(
      {
        waker,
        assess: (at: CaseStation, now) => assessCase({ caseId, generation, station: at, now }),
        perform,
      },
      station,
    );

  async function perform(act: Act): Promise<void> {
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

  try {
    await gate('leave');
    // The cut follows discovery; yet a source that is down delays it only as long as the policy allows.
    await Promise.all([gate('discovery'), gate('access-cut')]);
    // Each device is followed by a custody of its own, which outlives the case if need be.
    await gate('devices');
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  await settled(waker);
}

function subject(): { readonly caseId: string; readonly generation: number } {
  const [, caseId = '', generation = ''] = workflowInfo().workflowId.split(':');
  return { caseId, generation: Number(generation) };
}
