/** What commands read of answers about vendors' files. */
import { z } from 'zod';

export const MappingHead = z.looseObject({
  connector: z.string(),
  list: z.string(),
  version: z.number(),
  savedBy: z.string(),
  triedAt: z.string().nullable(),
});
export type MappingHead = z.infer<typeof MappingHead>;

export const ImportHead = z.looseObject({
  id: z.string(),
  connector: z.string(),
  list: z.string(),
  lines: z.number(),
  matched: z.number(),
  unmatched: z.number(),
  known: z.number(),
  duplicates: z.number(),
  importedAt: z.string(),
});
export type ImportHead = z.infer<typeof ImportHead>;

export const ImportLine = z.looseObject({
  importId: z.string(),
  line: z.number(),
  list: z.string(),
  serial: z.string(),
  model: z.string().nullable(),
  reference: z.string().nullable(),
  outcome: z.string(),
  ofLine: z.number().nullable(),
  pickupId: z.string().nullable(),
  deviceId: z.string().nullable(),
  decision: z.string().nullable(),
});
export type ImportLine = z.infer<typeof ImportLine>;

export const ImportPreview = z.looseObject({
  mappingVersion: z.number().nullable(),
  lines: z.number(),
  units: z.array(z.looseObject({ line: z.number(), unit: z.record(z.string(), z.unknown()) })),
  problems: z.array(
    z.looseObject({
      line: z.number(),
      field: z.string(),
      column: z.string().nullable(),
      message: z.string(),
      value: z.string().nullable(),
    }),
  ),
  problemCount: z.number(),
  duplicateCount: z.number(),
});
export type ImportPreview = z.infer<typeof ImportPreview>;
