/** Leavers of one device each, for the sandbox. */
import type { ControlClient } from '../../sandbox/core/testing.ts';

export interface Leaver {
  readonly key: string;
  readonly serial: string;
}

/** Their serials begin with the group's name, by which a round finds its own. */
export function leaversOf(group: string, count: number): readonly Leaver[] {
  return Array.from({ length: count }, (_one, index) => {
    const number = String(index + 1).padStart(5, '0');
    return { key: `${group}-${number}`, serial: `${group.toUpperCase()}N${number}` };
  });
}

/** Puts them on record at every vendor: accounts at Okta and Entra ID, a laptop in Intune, Okta and Snipe-IT. */
export async function seedLeavers(control: ControlClient, leavers: readonly Leaver[]): Promise<void> {
  await control.post('/company', {
    people: leavers.map(({ key, serial }) => ({
      key,
      givenName: 'Leaver',
      familyName: key,
      workEmail: `${key}@example.com`,
      externalId: `E-${serial}`,
      identity: ['okta', 'graph'],
    })),
    devices: leavers.map(({ key, serial }) => ({
      key: `${key}-laptop`,
      serial,
      manufacturer: 'LENOVO',
      model: 'ThinkPad X1',
      platform: 'windows',
      assetTag: `A-${serial}`,
      assignedTo: key,
      mdm: 'graph',
      oktaRegistered: true,
      inventory: true,
    })),
  });
}
