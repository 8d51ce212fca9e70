/** What is wrong with one line under a mapping. */

export const LINE_PROBLEMS = {
  'column-missing': 'the file has no such column',
  'value-missing': 'it is empty, and a line is nothing without it',
  'serial-is-number':
    'a spreadsheet has made a number of the serial: leading zeros may be lost. Have the column formatted as text',
  'serial-scientific':
    'a spreadsheet has written the serial in scientific notation, and digits are lost. Have the column formatted as text',
  'serial-lost-zeros':
    'a unit with this vendor has the same serial with leading zeros: a spreadsheet has eaten them. Have the column formatted as text',
  'serial-unusable': 'it cannot be a serial',
  formula: 'it is a formula, and not what the vendor wrote',
  'control-characters': 'there are control characters in it',
  'too-long': 'it is longer than is taken',
  'number-imprecise': 'it is a number that a spreadsheet may have rounded',
  'code-unknown': 'the mapping does not say what this code means',
  'date-ambiguous': 'day and month cannot be told apart: the mapping must say the format (dates.format)',
  'date-unreadable': 'it is no date in the format of the mapping',
  'date-is-number': 'it is a number, and the sheet does not show it as a date',
  'date-no-zone': 'it has no offset: the mapping must say the time zone (dates.timeZone)',
  contradicts: 'another line says otherwise about the same unit',
} as const satisfies Readonly<Record<string, string>>;
export type LineProblemCode = keyof typeof LINE_PROBLEMS;

export interface LineProblem {
  /** Line of the file, row of the sheet, or place in the list. */
  readonly line: number;
  /** Our field. */
  readonly field: string;
  /** Their column. */
  readonly column: string | null;
  readonly code: LineProblemCode;
  /** What stands there, of serials, codes and dates only. */
  readonly value: string | null;
  /** The other line, of one that contradicts. */
  readonly ofLine?: number;
}

/** Breaks off reading one field. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
  readonly code: LineProblemCode;

  constructor(code: LineProblemCode) {
    super(code);
    this.code = code;
  }
}
