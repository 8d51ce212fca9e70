/** The tables of vendors' files; see `schema.ts`. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { CertificateOutcome, MappedList, UnitOf, VendorList } from '../domain/vendor-lines.ts';
import type { Json, MaybeTime, Stamp } from './schema-columns.ts';

/** What became of a line: put to a device by its serial, to nothing, known from an earlier file, or said before in this one. */
export type ImportOutcome = 'matched' | 'unmatched' | 'known' | 'duplicate';

/** A file that was sent, what somebody typed from a document, or a list that the vendor's interface answered with. */
export type ImportOrigin = 'file' | 'entered' | 'vendor';

export interface ImportTables {
  /** What the columns and codes of a vendor's lists mean; a version is never changed. */
  field_mappings: {
    connector: string;
    list: MappedList;
    version: number;
    body: JSONColumnType<object>;
    digest: string;
    saved_by: string;
    saved_at: Stamp;
    /** When it first read a file without a problem; `null`: it may not be imported with. */
    tried_at: MaybeTime;
  };
  imports: {
    id: string;
    connector: string;
    list: VendorList;
    document_digest: string;
    mapping_digest: string;
    /** `null`: the published format. */
    mapping_version: number | null;
    lines: number;
    matched: number;
    unmatched: number;
    known: number;
    duplicates: number;
    imported_by: string;
    imported_at: Stamp;
    origin: Generated<ImportOrigin>;
    /** Which pickup the vendor was asked about; `null` of a file. */
    pickup_id: string | null;
  };
  import_lines: {
    import_id: string;
    /** Line of the file, row of the sheet, or place in the list. */
    line: number;
    connector: string;
    list: VendorList;
    serial: string;
    /** Of what the line says in our words. */
    digest: string;
    /** `null` of a duplicate. */
    unit: Json<UnitOf[VendorList] | null>;
    outcome: ImportOutcome;
    of_line: number | null;
    pickup_id: string | null;
    device_id: string | null;
    epoch: number | null;
    decision: 'linked' | 'dismissed' | null;
    reason: string | null;
    decided_by: string | null;
    decided_at: MaybeTime;
    origin: Generated<ImportOrigin>;
  };
  /** What a vendor said of a device whose custody was closed; beside the fact. */
  late_reports: {
    fact_key: string;
    device_id: string;
    epoch: number;
    pickup_id: string;
    /** The closure says otherwise. */
    contradicts: boolean;
    /** Of what contradicts, once it is raised. */
    exception_id: ColumnType<string | null, never, string>;
    /** The inventory that the custody was closed in, where what it says has an end to be entered; `null`: nothing is. */
    entered_in: string | null;
    entered_at: ColumnType<string | null, never, string | Date>;
  };
  /** Drives by the chassis that they were in, as certificates tell it. */
  certificate_drives: {
    connector: string;
    certificate_id: string;
    serial: string;
    drive_serial: string;
    model: string;
    outcome: CertificateOutcome;
    level: string;
    method: string;
  };
}
