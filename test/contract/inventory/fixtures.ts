/** The company that every inventory suite is seeded with, and what is asked about it. */
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { AssetClosure, PersonKeys } from '../../../src/adapters/inventory/port.ts';

const people = [
  {
    key: 'ada',
    givenName: 'Ada',
    familyName: "O'Neill",
    workEmail: "ada.o'neill@example.org",
    externalId: '1001',
  },
  { key: 'bob', givenName: 'Bob', familyName: 'Roy', workEmail: 'bob@example.org', externalId: '1002' },
  // Got the address of somebody who left.
  { key: 'heir', givenName: 'Heir', familyName: 'Roy', workEmail: 'shared@example.org', externalId: '1003' },
];

export const company = {
  people,
  devices: [
    ...Array.from({ length: 7 }, (_unused, index) => ({
      key: `ada-${index}`,
      serial: `ADA-000${index}X`,
      manufacturer: 'Lenovo',
      model: 'T14 & more',
      platform: 'windows' as const,
      assetTag: `AT-${index}`,
      assignedTo: 'ada',
    })),
    {
      key: 'spare',
      serial: 'SPARE01',
      manufacturer: 'Apple',
      model: 'MacBook Air',
      platform: 'macos',
      assetTag: '0042',
    },
    { key: 'twin-1', serial: 'TWIN0001', manufacturer: 'HP', model: 'G9', platform: 'windows' },
    { key: 'twin-2', serial: 'TWIN0001', manufacturer: 'Dell', model: 'XPS', platform: 'windows' },
    {
      key: 'byod',
      serial: 'OWN00001',
      manufacturer: 'Apple',
      model: 'iPhone',
      platform: 'ios',
      ownership: 'personal',
      assignedTo: 'bob',
    },
    {
      key: 'heirloom',
      serial: 'HEIR0001',
      manufacturer: 'HP',
      model: 'G9',
      platform: 'windows',
      assignedTo: 'heir',
    },
  ],
} satisfies CompanyInput;

export const ada: PersonKeys = {
  externalIds: ['00uada'],
  workEmail: "Ada.O'Neill@example.org",
  employeeNumber: '1001',
};
export const nobody: PersonKeys = {
  externalIds: ['00uzed'],
  workEmail: 'zed@example.org',
  employeeNumber: '9999',
};

export const closure = {
  state: 'disposed' as const,
  at: '2026-03-01T10:00:00.000Z',
  reference: 'CERT-2026/001_a_b',
  custody: 'custody:dev_01h:1',
} satisfies AssetClosure;

/** Serials in a fixed order, to compare lists that have none. */
export function sorted(texts: readonly (string | null)[]): readonly (string | null)[] {
  return texts.toSorted((a, b) => String(a).localeCompare(String(b)));
}
