/** Devices that do not go to the disposal vendor: each goes where two people decided. */
import type { CastDevice, PersonKey } from '../cast.ts';
import type { Custody } from '../engine/shapes.ts';
import { twoDecide } from './deciding.ts';
import { comesBack } from './returning.ts';
import { custodyOf, deviceOf, ended } from './stage.ts';
import type { Stage, Story } from './stage.ts';

/** A custody that waits with that code. */
function waitsWith(stage: Stage, key: PersonKey, device: CastDevice, code: string): Promise<Custody> {
  return stage.watch.until(`the ${device.model} of ${key} to wait with ${code}`, () => {
    const custody = custodyOf(stage.watch.caseOf(key), device);
    return custody?.blockedBy.some((block) => block.code === code) ? custody : null;
  });
}

export const personalPhone: Story = {
  person: 'vera',
  title: 'her own phone: retired, not wiped',
  by: 'Okta',
  begins: 2,
  ends: 'completed',
  route: 'personal',
  async play(stage) {
    const device = deviceOf('vera');
    stage.say('vera', 'is deactivated in Okta; company mail is on her own phone');
    await stage.vendors.oktaAdminDeactivates('vera');
    const { deviceId } = await waitsWith(stage, 'vera', device, 'device-not-corporate');
    const wish = { kind: 'change-route', deviceId, to: 'personal', reason: 'it is her own' } as const;
    await twoDecide(stage, 'vera', wish, 'route personal, only the company’s data goes');
    await ended(stage, 'vera', 'completed');
  },
};

export const redeployedLaptop: Story = {
  person: 'wim',
  title: 'laptop for the next person',
  by: 'Okta',
  begins: 4,
  ends: 'completed',
  route: 'redeploy',
  async play(stage) {
    const device = deviceOf('wim');
    stage.say('wim', 'is deactivated in Okta');
    await stage.vendors.oktaAdminDeactivates('wim');
    const { deviceId } = await stage.watch.until('the custody of the laptop of wim', () =>
      custodyOf(stage.watch.caseOf('wim'), device),
    );
    const wish = { kind: 'change-route', deviceId, to: 'redeploy', reason: 'a year old' } as const;
    await twoDecide(stage, 'wim', wish, 'route redeploy');
    await comesBack(stage, 'wim', device);
    await waitsWith(stage, 'wim', device, 'set-up-screen-awaited');
    const setUpScreen = await stage.vendors.isAtSetUpScreen(device);
    stage.say('wim', `the laptop is switched on at the bench: ${setUpScreen ? '' : 'no '}set-up screen`);
    await stage.desks.inspect(deviceId, setUpScreen);
    await ended(stage, 'wim', 'completed');
  },
};

export const lostPhone: Story = {
  person: 'xenia',
  title: 'phone lost: locked, wipe queued',
  by: 'Entra ID',
  begins: 3,
  ends: 'completed',
  route: 'lost',
  async play(stage) {
    const device = deviceOf('xenia');
    stage.say('xenia', 'is disabled in Entra ID, with today as leave date');
    await stage.vendors.entraAdminOffboards('xenia');
    const { deviceId } = await waitsWith(stage, 'xenia', device, 'wipe-accepted');
    stage.say('xenia', 'left the phone in a taxi: reported lost');
    await stage.desks.reportLost(deviceId, 'left in a taxi');
    await stage.watch.until('Intune to be asked to lock the lost phone', () =>
      stage.watch.caseOf('xenia')?.timeline.some(({ type }) => type === 'command.answered'),
    );
    stage.say('xenia', 'Intune is asked to lock it; its wipe stays queued until it is seen again');
    const wish = { kind: 'declare-lost', deviceId, reason: 'nobody has brought it in' } as const;
    await twoDecide(stage, 'xenia', wish, 'declared lost');
    await ended(stage, 'xenia', 'completed');
  },
};
