/** A field mapping as it is saved: which column of a vendor's list is which of our fields, and what its codes mean. */
import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';
import {
  CERTIFICATE_OUTCOMES,
  CERTIFICATE_STATUSES,
  DOWNSTREAMS,
  VENDOR_OUTCOMES,
} from '../../domain/vendor-lines.ts';
import type { VendorList } from '../../domain/vendor-lines.ts';
import { ENCODINGS } from '../file/encoding.ts';
import { FIELDS } from './fields.ts';

const Text = z.string().trim().min(1).max(200);
/** By the vendor's code; case and spaces around it do not count. */
const codes = <T extends z.ZodType>(value: T) => z.record(Text, value).default({});

const Dates = z.strictObject({
  format: z
    .string()
    .max(60)
    .refine(isDateFormat, 'iso, or tokens that name day, month and year, such as dd.MM.yyyy')
    .default('iso')
    .meta({ description: 'iso, or the tokens of Luxon: dd/MM/yyyy HH:mm.' }),
  timeZone: z
    .string()
    .max(60)
    .refine((zone) => IANAZone.isValidZone(zone), 'an IANA time zone such as Europe/Berlin')
    .optional()
    .meta({ description: 'Of times without an offset, and of days that are taken for a time.' }),
});

function listMapping<K extends VendorList, S extends z.core.$ZodLooseShape>(list: K, shape: S) {
  const names = Object.keys(FIELDS[list]) as [string, ...string[]];
  return z.strictObject({
    list: z.literal(list),
    columns: z
      .partialRecord(z.enum(names), Text)
      .meta({ description: 'Our field to the header of their column (JSON: name of the field, with dots).' }),
    constants: z
      .partialRecord(z.enum(names), Text)
      .default({})
      .meta({ description: 'Our fields that no column has and that are the same on each line; as codes.' }),
    dates: Dates.prefault({}),
    encoding: z
      .enum(ENCODINGS)
      .default('utf-8')
      .meta({ description: 'A byte order mark is believed first.' }),
    sheet: Text.optional().meta({ description: 'Of a workbook; left out, the first.' }),
    ...shape,
  });
}

const Level = z.enum(['clear', 'purge', 'destroy']);

const ReceiptMapping = listMapping('receipt', { conditions: codes(Text) });

function methods() {
  const meaning = z.strictObject({ level: Level, method: Text, standard: Text.optional() });
  return codes(meaning).meta({ description: 'Their method to level (NIST SP 800-88) and method.' });
}

const CertificateMapping = listMapping('certificate', {
  methods: methods(),
  outcomes: codes(z.enum(CERTIFICATE_OUTCOMES)),
  statuses: codes(z.enum(CERTIFICATE_STATUSES)),
});

const DispositionMapping = listMapping('disposition', {
  outcomes: codes(
    z.strictObject({ outcome: z.enum(VENDOR_OUTCOMES), downstream: z.enum(DOWNSTREAMS).optional() }),
  ),
  downstreams: codes(z.enum(DOWNSTREAMS)),
});

export const FieldMapping = z
  .discriminatedUnion('list', [ReceiptMapping, CertificateMapping, DispositionMapping])
  .check((context) => {
    const { list, columns, constants } = context.value;
    const given = new Set([...Object.keys(columns), ...Object.keys(constants)]);
    for (const [name, field] of Object.entries(FIELDS[list]))
      if ('isRequired' in field && !given.has(name))
        context.issues.push({
          code: 'custom',
          path: ['columns', name],
          message: 'no line is complete without it: name its column, or a constant',
          input: context.value,
        });
    if ('serial' in constants || 'driveSerial' in constants)
      context.issues.push({
        code: 'custom',
        path: ['constants'],
        message: 'a serial is never the same on each line',
        input: context.value,
      });
  });
export type FieldMapping = z.infer<typeof FieldMapping>;

/** Of Blancco's reports: their shape is known; what an erasure standard comes to is the policy's and the mapping's matter. */
export const ErasureMapping = z.strictObject({
  list: z.literal('erasure-report'),
  methods: methods().refine((given) => Object.keys(given).length > 0, 'at least one erasure standard'),
  dates: Dates.pick({ timeZone: true }).prefault({}),
});
export type ErasureMapping = z.infer<typeof ErasureMapping>;
export type MappingOf<K extends VendorList> = Extract<FieldMapping, { list: K }>;

/** A format must tell day, month and year, and read what it writes. */
function isDateFormat(format: string): boolean {
  if (format === 'iso') return true;
  const day = DateTime.fromISO('2021-03-25', { zone: 'utc', locale: 'en' });
  const read = DateTime.fromFormat(day.toFormat(format), format, { zone: 'utc', locale: 'en' });
  return read.isValid && read.hasSame(day, 'day');
}
