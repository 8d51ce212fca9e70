/** Offboardings in which something does not go as planned. */
import { comesBack, labelled } from './returning.ts';
import { custodyOf, deviceOf, ended, gateOf, isThrough } from './stage.ts';
import type { Stage, Story } from './stage.ts';
import type { CastDevice } from '../cast.ts';

export const offlineLaptop: Story = {
  person: 'chen',
  title: 'laptop offline: the wipe waits',
  by: 'Okta',
  begins: 3,
  ends: 'completed',
  async play(stage) {
    const device = deviceOf('chen');
    stage.say('chen', 'is deactivated in Okta; the laptop is switched off');
    await stage.vendors.oktaAdminDeactivates('chen');
    const pending = stage.watch.until('the wipe of the offline laptop to be pending', () => {
      const custody = custodyOf(stage.watch.caseOf('chen'), device);
      return custody?.blockedBy.some(({ code, owner }) => code === 'wipe-accepted' && owner === 'device');
    });
    await Promise.all([comesBack(stage, 'chen', device), pending]);
    stage.seen.add('wipe-waits-for-device');
    await stage.days(3);
    stage.say('chen', 'the laptop is switched on at the dock, and checks in');
    await stage.vendors.deviceComesOnline(device);
    await ended(stage, 'chen', 'completed');
  },
};

export const failedWipe: Story = {
  person: 'dana',
  title: 'the wipe fails',
  by: 'Okta',
  begins: 3,
  ends: 'open',
  async play(stage) {
    const device = deviceOf('dana');
    stage.say('dana', 'is deactivated in Okta');
    await stage.vendors.oktaAdminDeactivates('dana');
    await comesBack(stage, 'dana', device);
    await stage.watch.until('the failed wipe of dana to wait for a decision', () => {
      const custody = custodyOf(stage.watch.caseOf('dana'), device);
      const returned = isThrough(gateOf(custody, 'return')?.state);
      return (
        returned && custody?.blockedBy.some(({ kind, code }) => kind === 'decision' && code === 'wipe-failed')
      );
    });
    stage.say('dana', 'Intune reports that the wipe failed: somebody has to decide');
  },
};

export const lateReturn: Story = {
  person: 'emeka',
  title: 'comes back late',
  by: 'Entra ID',
  begins: 4,
  ends: 'completed',
  async play(stage) {
    const device = deviceOf('emeka');
    stage.say('emeka', 'is disabled in Entra ID, with today as leave date');
    await stage.vendors.entraAdminOffboards('emeka');
    await labelled(stage, 'emeka', device);
    await stage.watch.until('the late return of emeka to be chased and escalated', () => {
      const standing = stage.watch.caseOf('emeka');
      const custody = custodyOf(standing, device);
      if (standing === null || custody === null) return false;
      const ours = standing.timeline.filter(({ stream }) => stream.endsWith(custody.deviceId));
      // Chasers are numbered; after an outage only the latest is sent, not all that were missed.
      const isChasedTwice = ours.some(
        ({ type, key }) => type === 'return.chased' && Number(key.split(':').at(-1)) >= 2,
      );
      const escalated = ours.filter(
        ({ type, key }) => type === 'escalation.raised' && key.includes(':return:'),
      ).length;
      return isChasedTwice && escalated >= 2;
    });
    stage.say('emeka', 'has been chased twice, and the manager told');
    await comesBack(stage, 'emeka', device);
    await ended(stage, 'emeka', 'completed');
  },
};

export const rehireInTime: Story = {
  person: 'goran',
  title: 'rehired before leaving',
  by: 'HR',
  begins: 2,
  ends: 'cancelled',
  async play(stage) {
    stage.say('goran', 'will leave in 90 days, says HR');
    await stage.vendors.hrTells('goran', 'leave.scheduled', 90);
    await stage.watch.until(
      'the case of goran to be scheduled',
      () => stage.watch.caseOf('goran')?.state === 'scheduled',
    );
    stage.seen.add('rehire-was-scheduled');
    await stage.days(5);
    stage.say('goran', 'is hired again: HR takes the leave back');
    await stage.vendors.hrTells('goran', 'person.rehired');
    await ended(stage, 'goran', 'cancelled');
  },
};

async function addedToTheBooks(stage: Stage, device: CastDevice): Promise<void> {
  const exception = await stage.watch.until('the laptop of hana to be missed in the inventory', () =>
    stage.watch
      .caseOf('hana')
      ?.exceptions.find(({ code, resolvedAt }) => code === 'unrecorded-device' && resolvedAt === null),
  );
  await stage.days(2);
  stage.say('hana', 'an asset manager adds the laptop to Snipe-IT and resolves the exception');
  await stage.vendors.addToInventory(device);
  await stage.desks.resolve(exception.id, 'added to the inventory');
}

export const unknownToInventory: Story = {
  person: 'hana',
  title: 'a laptop that no inventory knows',
  by: 'Okta',
  begins: 5,
  ends: 'completed',
  async play(stage) {
    const device = deviceOf('hana');
    stage.say('hana', 'is deactivated in Okta');
    await stage.vendors.oktaAdminDeactivates('hana');
    await Promise.all([comesBack(stage, 'hana', device), addedToTheBooks(stage, device)]);
    await ended(stage, 'hana', 'completed');
  },
};

const NOTICE_DAYS = 2;
/** Longer than a retry, shorter than what the policy lets a silent source delay the cut. */
const OUTAGE_DAYS = 3;

export const sourceDown: Story = {
  person: 'ivan',
  title: 'Okta is down during discovery',
  by: 'HR',
  begins: 12,
  ends: 'completed',
  async play(stage) {
    const recover = await stage.vendors.goesDown('okta');
    stage.say(
      'ivan',
      `will leave in ${NOTICE_DAYS} days, says HR; and Okta is down: every connection is reset`,
    );
    await stage.vendors.hrTells('ivan', 'leave.scheduled', NOTICE_DAYS);
    try {
      await stage.watch.until('discovery to wait for Okta', () =>
        stage.watch
          .caseOf('ivan')
          ?.blockedBy.some(({ kind, owner }) => kind === 'source' && owner === 'source:okta'),
      );
      stage.seen.add('discovery-waits-for-okta');
      await stage.days(OUTAGE_DAYS);
    } finally {
      await recover();
    }
    stage.seen.add('okta-is-back');
    stage.say('ivan', 'Okta answers again');
    await comesBack(stage, 'ivan', deviceOf('ivan'));
    await ended(stage, 'ivan', 'completed');
  },
};
