/** Our fields of each list: what they are, and whether a line is nothing without them. */
import type { VendorList } from '../../domain/vendor-lines.ts';

export type FieldType = 'serial' | 'text' | 'code' | 'day' | 'instant';

export interface Field {
  readonly type: FieldType;
  readonly isRequired?: true;
}

const WHO = {
  Name: { type: 'text' },
  Title: { type: 'text' },
  Date: { type: 'text' },
  Location: { type: 'text' },
  Contact: { type: 'text' },
} as const satisfies Readonly<Record<string, Field>>;

function attested<R extends string>(role: R): Readonly<Record<`${R}${keyof typeof WHO}`, Field>> {
  return Object.fromEntries(
    Object.entries(WHO).map(([name, field]) => [`${role}${name}`, field]),
  ) as Readonly<Record<`${R}${keyof typeof WHO}`, Field>>;
}

const UNIT = {
  serial: { type: 'serial', isRequired: true },
  manufacturer: { type: 'text' },
  model: { type: 'text' },
  assetTag: { type: 'text' },
} as const satisfies Readonly<Record<string, Field>>;

export const FIELDS = {
  receipt: {
    ...UNIT,
    receivedAt: { type: 'instant', isRequired: true },
    facility: { type: 'text', isRequired: true },
    condition: { type: 'code' },
  },
  certificate: {
    ...UNIT,
    certificateId: { type: 'text' },
    driveSerial: { type: 'serial' },
    driveModel: { type: 'text' },
    mediaType: { type: 'text' },
    mediaSource: { type: 'text' },
    classification: { type: 'text' },
    method: { type: 'code', isRequired: true },
    level: { type: 'code' },
    tool: { type: 'text' },
    toolVersion: { type: 'text' },
    verificationMethod: { type: 'text' },
    destination: { type: 'text' },
    standard: { type: 'text' },
    status: { type: 'code', isRequired: true },
    outcome: { type: 'code', isRequired: true },
    date: { type: 'day', isRequired: true },
    ...attested('sanitizedBy'),
    ...attested('verifiedBy'),
  },
  disposition: {
    ...UNIT,
    processedAt: { type: 'instant', isRequired: true },
    outcome: { type: 'code', isRequired: true },
    downstream: { type: 'code' },
  },
} as const satisfies Readonly<Record<VendorList, Readonly<Record<string, Field>>>>;

export type FieldOf<K extends VendorList> = keyof (typeof FIELDS)[K] & string;

/** Columns whose content may be shown to who mends a mapping: no field with a name in it. */
export function isShowable(type: FieldType): boolean {
  return type !== 'text';
}
