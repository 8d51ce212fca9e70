/** How much of a file is looked at before it is refused. Bytes, unless said otherwise. */
export interface ImportLimits {
  /** Of the file as it comes. */
  readonly fileBytes: number;
  /** Lines of data. */
  readonly lines: number;
  /** One line of CSV or of JSON lines, and one text in a workbook; characters. */
  readonly lineChars: number;
  /** Parts of a workbook, which is a zip. */
  readonly zipEntries: number;
  /** Of all parts of a workbook, inflated. */
  readonly inflatedBytes: number;
  /** Inflated to packed size of one part. */
  readonly zipRatio: number;
}

/** Columns of one table: more is no list of devices. */
export const MOST_COLUMNS = 500;

/** What an installation takes that says nothing else. */
export const DEFAULT_LIMITS: ImportLimits = {
  fileBytes: 67_108_864,
  lines: 200_000,
  lineChars: 262_144,
  zipEntries: 1_000,
  inflatedBytes: 536_870_912,
  zipRatio: 200,
};
