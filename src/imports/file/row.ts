/** One line of a table, whatever file it stood in. */

/** A number of a workbook or of JSON: a spreadsheet may have made it out of something else. */
export interface NumberCell {
  readonly kind: 'number';
  /** As the file has it. */
  readonly text: string;
  /** Where the sheet shows it as a date: local time, `2026-01-31T13:45:00`; else `null`. */
  readonly date: string | null;
}

/** The text of a formula's result may be anything; it is told apart, never calculated. */
export interface FormulaCell {
  readonly kind: 'formula';
}

export type Cell = string | NumberCell | FormulaCell;

export interface Row {
  /** Line of the file, row of the sheet, or place in the JSON list; counted from 1, a header included. */
  readonly line: number;
  /** The header; `null` where each line names its own fields. */
  readonly columns: readonly string[] | null;
  readonly cells: Readonly<Record<string, Cell>>;
}

/** A row without a filled cell says nothing: spreadsheets leave such rows behind. */
export function isBlank(cells: Readonly<Record<string, Cell>>): boolean {
  return Object.values(cells).every((cell) => cell === '');
}
