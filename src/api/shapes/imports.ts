/** Mappings, imports and their lines as answers show them. */
import { z } from 'zod';
import { MAPPED_LISTS, VENDOR_LISTS } from '../../domain/vendor-lines.ts';
import type { UnitOf, VendorList } from '../../domain/vendor-lines.ts';
import type { SavedMapping } from '../../store/imports/mappings.ts';
import type { ImportLineRow, ImportRow } from '../../store/read/imports.ts';
import { Instant, MaybeInstant } from './common.ts';

export const List = z.enum(VENDOR_LISTS);
const OUTCOMES = ['matched', 'unmatched', 'known', 'duplicate'] as const;
const ORIGINS = ['file', 'entered', 'vendor'] as const;
const Origin = z.enum(ORIGINS).meta({
  description:
    '`file`: sent; `entered`: typed in beside a document; `vendor`: an answer of the vendor’s interface.',
});
export const LineOutcome = z.enum(OUTCOMES);

export const MappingShape = z
  .object({
    connector: z.string(),
    list: z.enum(MAPPED_LISTS),
    version: z.int(),
    digest: z.string(),
    mapping: z.looseObject({}),
    savedBy: z.string(),
    savedAt: Instant,
    triedAt: MaybeInstant.meta({ description: 'When it first read a file without a problem.' }),
  })
  .meta({ title: 'A field mapping' });

export function mappingView({ body, ...saved }: SavedMapping) {
  const { connector, list, version, digest, savedBy, savedAt, triedAt } = saved;
  return { connector, list, version, digest, mapping: { ...body }, savedBy, savedAt, triedAt };
}

export const ImportShape = z
  .object({
    id: z.string(),
    connector: z.string(),
    list: List,
    documentDigest: z.string(),
    mappingVersion: z.int().nullable().meta({ description: 'null: the published format, or typed in.' }),
    lines: z.int(),
    matched: z.int(),
    unmatched: z.int().meta({ description: 'In the queue until somebody links or dismisses them.' }),
    known: z.int().meta({ description: 'Said by an earlier file: nothing changed.' }),
    duplicates: z.int().meta({ description: 'Said twice by this file.' }),
    importedBy: z.string(),
    importedAt: Instant,
    origin: Origin,
    pickupId: z.string().nullable().meta({ description: 'Which the vendor’s interface was asked about.' }),
  })
  .meta({ title: 'A file that was taken in' });

export function importView(row: ImportRow) {
  return {
    id: row.id,
    connector: row.connector,
    list: row.list,
    documentDigest: row.document_digest,
    mappingVersion: row.mapping_version,
    lines: row.lines,
    matched: row.matched,
    unmatched: row.unmatched,
    known: row.known,
    duplicates: row.duplicates,
    importedBy: row.imported_by,
    importedAt: row.imported_at,
    origin: row.origin,
    pickupId: row.pickup_id,
  };
}

export const ImportLineShape = z
  .object({
    importId: z.string(),
    line: z.int().meta({ description: 'Of the file, row of the sheet, or place in the list.' }),
    connector: z.string(),
    list: List,
    serial: z.string(),
    manufacturer: z.string().nullable(),
    model: z.string().nullable(),
    reference: z.string().nullable().meta({ description: 'Of a certificate: its id.' }),
    outcome: LineOutcome,
    ofLine: z.int().nullable().meta({ description: 'The line that said the same before.' }),
    pickupId: z.string().nullable(),
    deviceId: z.string().nullable(),
    decision: z.enum(['linked', 'dismissed']).nullable(),
    reason: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: MaybeInstant,
    origin: Origin,
  })
  .meta({ title: 'A line of a file' });

export function importLineView(row: ImportLineRow) {
  const unit: UnitOf[VendorList] | null = row.unit;
  return {
    importId: row.import_id,
    line: row.line,
    connector: row.connector,
    list: row.list,
    serial: row.serial,
    manufacturer: unit?.manufacturer ?? null,
    model: unit?.model ?? null,
    reference: unit !== null && 'certificateId' in unit ? unit.certificateId : null,
    outcome: row.outcome,
    ofLine: row.of_line,
    pickupId: row.pickup_id,
    deviceId: row.device_id,
    decision: row.decision,
    reason: row.reason,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    origin: row.origin,
  };
}

const Problem = z.object({
  line: z.int(),
  field: z.string(),
  column: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  value: z.string().nullable().meta({ description: 'What stands there, of serials, codes and dates.' }),
  ofLine: z.int().nullable(),
});

export const PreviewShape = z
  .object({
    mappingVersion: z.int().nullable(),
    lines: z.int(),
    units: z.array(z.object({ line: z.int(), unit: z.looseObject({ serial: z.string() }) })),
    problems: z.array(Problem).meta({ description: 'The first thousand.' }),
    problemCount: z.int(),
    duplicates: z.array(z.object({ line: z.int(), ofLine: z.int(), serial: z.string() })),
    duplicateCount: z.int(),
  })
  .meta({ title: 'A file as a mapping reads it; nothing was taken in' });
