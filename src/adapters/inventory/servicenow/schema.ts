/** What we read of the Table API's answers with `sysparm_display_value=all`. Columns that we did not ask for never come. */
import { z } from 'zod';

const Cell = z.looseObject({ value: z.string(), display_value: z.string().nullable() });

/** A record by the paths that were asked for; a path that the instance does not know is left out. */
export const TableRow = z.record(z.string(), Cell).refine((row) => row['sys_id'] !== undefined);
export type TableRow = z.infer<typeof TableRow>;

export const OneAnswer = z.looseObject({ result: TableRow });
export const ListAnswer = z.looseObject({ result: z.array(TableRow) });

/** The stored value of a path; empty where access control shows nothing, or the instance has no such column. */
export function valueOf(row: TableRow, path: string): string {
  return row[path]?.value.trim() ?? '';
}

/** What people see of it. */
export function labelIn(row: TableRow, path: string): string {
  return row[path]?.display_value?.trim() ?? '';
}

export function idOf(row: TableRow): string {
  return valueOf(row, 'sys_id');
}
