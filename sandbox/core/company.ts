/**
 * The seed document: a small company that every simulator reads its own part from.
 * Posted to `POST /company` on the control listener.
 */
import { z } from 'zod';

/** One employee. `key` is the document's own name for the person; the simulators make vendor ids from it. */
export const CompanyPerson = z.strictObject({
  key: z.string().min(1),
  givenName: z.string().min(1),
  familyName: z.string().min(1),
  workEmail: z.email(),
  /** The number the HR system knows the person by. */
  externalId: z.string().min(1),
  /** ISO 3166-1 alpha-2. */
  country: z.string().length(2).default('US'),
  /** IANA name. */
  timeZone: z.string().min(1).default('Etc/UTC'),
  managerKey: z.string().min(1).optional(),
  /** Simulator kinds or instance names that hold an account of this person. */
  identity: z.array(z.string().min(1)).default([]),
  /** The Entra account is synchronised from an on-premises directory. */
  onPremises: z.boolean().default(false),
});
export type CompanyPerson = z.infer<typeof CompanyPerson>;

/** One device. Serials need not be unique: real fleets have duplicates and placeholders. */
export const CompanyDevice = z.strictObject({
  key: z.string().min(1),
  serial: z.string(),
  manufacturer: z.string().min(1),
  model: z.string().min(1),
  platform: z.enum(['windows', 'macos', 'ios', 'android']),
  ownership: z.enum(['corporate', 'personal']).default('corporate'),
  assetTag: z.string().min(1).optional(),
  /** Key of the person who holds it. */
  assignedTo: z.string().min(1).nullable().default(null),
  /** Simulator kind or instance name of the device manager that enrolled it. */
  mdm: z.string().min(1).nullable().default(null),
  /** Whether the inventory has a record of it. */
  inventory: z.boolean().default(true),
  /** Whether the holder registered it with Okta. */
  oktaRegistered: z.boolean().default(false),
  /** How the simulated hardware behaves; each simulator documents and checks the keys it reads. */
  behaviour: z.record(z.string(), z.unknown()).default({}),
});
export type CompanyDevice = z.infer<typeof CompanyDevice>;

/** The whole seed document. References by key must resolve inside the document. */
export const Company = z
  .strictObject({ people: z.array(CompanyPerson).default([]), devices: z.array(CompanyDevice).default([]) })
  .superRefine((company, context) => {
    const keys = new Set(company.people.map((person) => person.key));
    if (keys.size !== company.people.length)
      context.addIssue({ code: 'custom', path: ['people'], message: 'two people share a key' });
    if (new Set(company.devices.map((device) => device.key)).size !== company.devices.length) {
      context.addIssue({ code: 'custom', path: ['devices'], message: 'two devices share a key' });
    }
    company.people.forEach((person, index) => {
      if (person.managerKey === undefined || keys.has(person.managerKey)) return;
      context.addIssue({
        code: 'custom',
        path: ['people', index, 'managerKey'],
        message: `no person has the key ${person.managerKey}`,
      });
    });
    company.devices.forEach((device, index) => {
      if (device.assignedTo === null || keys.has(device.assignedTo)) return;
      context.addIssue({
        code: 'custom',
        path: ['devices', index, 'assignedTo'],
        message: `no person has the key ${device.assignedTo}`,
      });
    });
  });
export type Company = z.infer<typeof Company>;
/** What may be posted: fields with defaults can be left out. */
export type CompanyInput = z.input<typeof Company>;
