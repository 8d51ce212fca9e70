/** One device from a leaver's hands to its proven end. Workflow id `custody:<device id>:<epoch>`; nobody's child. */
import { workflowInfo } from '@temporalio/workflow';
import type { DeviceGate } from '../domain/gates.ts';
import type { Act } from '../domain/judgement.ts';
import { vendor } from './activity-options.ts';
import { assessCustody } from './assessing.ts';
import { follow } from './passing.ts';

export async function deviceCustody(): Promise<void> {
  const { deviceId, epoch } = subject();

  function perform(act: Act): Promise<void> {
    const ask = vendor(act.connector);
    const ref = { deviceId, epoch, connector: act.connector };
    switch (act.act) {
      case 'send-wipe':
        return ask.sendWipe({ ...ref, approvalId: act.approvalId });
      case 'resolve-wipe':
        return ask.resolveWipe({ ...ref, approvalId: act.approvalId });
      case 'read-wipe':
        return ask.readSilence({ ...ref, approvalId: act.approvalId });
      case 'cancel-wipe':
        return ask.cancelWipe({ ...ref, approvalId: act.approvalId });
      case 'send-retire':
        return ask.sendRetire({ ...ref, attempt: act.attempt });
      case 'lock-device':
        return ask.lockDevice(ref);
      case 'release-device':
        return ask.releaseDevice({ ...ref, steps: act.steps });
      case 'make-label':
        return ask.makeLabel(ref);
      case 'close-inventory':
        return ask.closeInventory(ref);
      default:
        throw new Error(`a custody performs no ${act.act}`);
    }
  }

  const assess = (now: number) => assessCustody({ deviceId, epoch, now });
  await follow<DeviceGate>({ assess, perform }, async (through) => {
    const wiped = through('data-handover').then(() => through('wipe'));
    await Promise.all([wiped, through('return')]);
    await through('itad-handoff');
    await through('inventory-closure');
  });
}

function subject(): { readonly deviceId: string; readonly epoch: number } {
  const [, deviceId = '', epoch = ''] = workflowInfo().workflowId.split(':');
  return { deviceId, epoch: Number(epoch) };
}
