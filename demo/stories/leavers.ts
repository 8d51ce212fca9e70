/** Leavers whose offboarding goes as it should. */
import { devicesOf } from '../cast.ts';
import { comesBack } from './returning.ts';
import { deviceOf, ended } from './stage.ts';
import type { Story } from './stage.ts';

export const plainOktaLeaver: Story = {
  person: 'ada',
  title: 'plain leaver, a laptop',
  by: 'Okta',
  begins: 0,
  ends: 'completed',
  async play(stage) {
    stage.say('ada', 'is deactivated in Okta by an administrator');
    await stage.vendors.oktaAdminDeactivates('ada');
    await comesBack(stage, 'ada', deviceOf('ada'));
    await ended(stage, 'ada', 'completed');
  },
};

export const entraLeaver: Story = {
  person: 'bruno',
  title: 'a laptop and a phone',
  by: 'Entra ID',
  begins: 1,
  ends: 'completed',
  async play(stage) {
    stage.say('bruno', 'is disabled in Entra ID, with today as leave date');
    await stage.vendors.entraAdminOffboards('bruno');
    await Promise.all(devicesOf('bruno').map((device) => comesBack(stage, 'bruno', device)));
    await ended(stage, 'bruno', 'completed');
  },
};

export const withoutDevices: Story = {
  person: 'freya',
  title: 'has no devices',
  by: 'Okta',
  begins: 1,
  ends: 'completed',
  async play(stage) {
    stage.say('freya', 'is deactivated in Okta; nobody knows a device of hers');
    await stage.vendors.oktaAdminDeactivates('freya');
    await ended(stage, 'freya', 'completed');
  },
};

export const hrLeaver: Story = {
  person: 'jonas',
  title: 'leave date ahead, then moved',
  by: 'HR',
  begins: 2,
  ends: 'completed',
  async play(stage) {
    stage.say('jonas', 'will leave in 90 days, says HR');
    await stage.vendors.hrTells('jonas', 'leave.scheduled', 90);
    await stage.watch.until(
      'the case of jonas to be scheduled',
      () => stage.watch.caseOf('jonas')?.state === 'scheduled',
    );
    stage.seen.add('leave-was-scheduled');
    stage.say('jonas', 'leaves sooner: HR moves the leave date to in four days');
    await stage.vendors.hrTells('jonas', 'leave.changed', 4);
    await comesBack(stage, 'jonas', deviceOf('jonas'));
    await ended(stage, 'jonas', 'completed');
  },
};
