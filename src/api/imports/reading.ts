/** How a file that was sent is read: by its format and the mapping that holds for it. */
import { checkBlancco } from '../../imports/blancco.ts';
import { checkTable } from '../../imports/check.ts';
import type { CheckedLine } from '../../imports/check.ts';
import type { ImportLimits } from '../../imports/file/limits.ts';
import { formatOf } from '../../imports/file/rows.ts';
import type { TableFormat } from '../../imports/file/rows.ts';
import { publishedMapping } from '../../imports/mapping/published.ts';
import { ErasureMapping, FieldMapping } from '../../imports/mapping/schema.ts';
import type { MappedList, VendorList } from '../../domain/vendor-lines.ts';
import type { Reader } from '../../store/database.ts';
import { readMapping } from '../../store/imports/mappings.ts';
import type { SavedMapping } from '../../store/imports/mappings.ts';
import { Problem } from '../problem.ts';

/** Stands for the published format, which has no version. */
export const PUBLISHED = 'published';

export interface FileAsked {
  readonly connector: string;
  readonly list: VendorList;
  /** `null`: the newest; where none is saved, the published format. */
  readonly version: number | 'published' | null;
  readonly contentType: string;
}

export interface Reading {
  /** `null`: the published format. */
  readonly mapping: SavedMapping | null;
  read(path: string, limits: ImportLimits): AsyncGenerator<CheckedLine>;
}

/**
 * @throws FileRefused for a format that is not read
 * @throws Problem `not-found` for a version that there is not, `invalid-request` for an erasure report without a mapping
 */
export async function readingOf(db: Reader, asked: FileAsked): Promise<Reading> {
  const { connector, list, version, contentType } = asked;
  const { format, encoding } = formatOf(contentType);
  const mapped: MappedList = format === 'xml' ? 'erasure-report' : list;
  const mapping = version === PUBLISHED ? null : await readMapping(db, connector, mapped, version);
  if (mapping === null && typeof version === 'number') throw new Problem('not-found');
  if (format === 'xml') {
    if (list !== 'certificate' || mapping === null)
      throw new Problem('invalid-request', [
        {
          path: 'body',
          message:
            'an erasure report is a list of certificates, and needs a mapping `erasure-report` of the vendor',
        },
      ]);
    const erasures = ErasureMapping.parse(mapping.body);
    return { mapping, read: (path, limits) => checkBlancco(path, erasures, limits) };
  }
  const fields = mapping === null ? publishedMapping(list, isJson(format)) : FieldMapping.parse(mapping.body);
  return {
    mapping,
    read: (path, limits) =>
      checkTable(
        { path, format, encoding: encoding ?? fields.encoding, sheet: fields.sheet ?? null },
        fields,
        mapping === null,
        limits,
      ),
  };
}

function isJson(format: TableFormat): boolean {
  return format === 'json' || format === 'json-lines';
}
