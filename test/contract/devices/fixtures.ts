/** The company of the device manager suite: Ada has a laptop and a phone, Bo a laptop, Maya nothing. */
import type { WipeParameters } from '../../../src/adapters/devices/port.ts';
import type { Behaviour, DeviceHarness } from './harness.ts';

export const PARAMETERS: WipeParameters = { keepUserData: false, keepEnrollmentData: false };

export function peopleOf({ people }: DeviceHarness) {
  return ['maya', 'ada', 'bo'].map((key, index) => ({
    key,
    givenName: key,
    familyName: 'Example',
    workEmail: `${key}@example.com`,
    externalId: `E-${index + 1}`,
    identity: [people],
  }));
}

/** A corporate Mac that does at once what it is told. */
export function deviceOf({ mdm }: DeviceHarness, key: string, serial: string, assignedTo: string | null) {
  return {
    key,
    serial,
    manufacturer: 'Apple',
    model: 'MacBook Pro',
    platform: 'macos' as const,
    assignedTo,
    mdm,
    behaviour: { lagMs: 0, ackMs: 0 },
  };
}

/** Everybody, and Ada's laptop behaving as told. */
export function company(harness: DeviceHarness, behaviour: Behaviour = {}) {
  const laptop = deviceOf(harness, 'laptop', 'C02ADA0001', 'ada');
  const phone = deviceOf(harness, 'phone', 'F17ADA0002', 'ada');
  return {
    people: peopleOf(harness),
    devices: [
      { ...laptop, behaviour: { ...laptop.behaviour, ...behaviour } },
      {
        ...phone,
        platform: 'ios' as const,
        model: 'iPhone 15',
        ownership: 'personal' as const,
        behaviour: { ...phone.behaviour, esim: true },
      },
      { ...deviceOf(harness, 'bo-laptop', 'PF0BO0003', 'bo'), platform: 'windows' as const },
    ],
  };
}
