/** Columns that many tables have. Timestamps are ISO 8601 UTC texts (see `database.ts`). */
import type { ColumnType } from 'kysely';

/** A time that code sets. */
export type Time = ColumnType<string, string | Date, string | Date>;
export type MaybeTime = ColumnType<string | null, string | Date | null | undefined, string | Date | null>;
/** A time that the database sets on insert. */
export type Stamp = ColumnType<string, string | Date | undefined, string | Date>;
export type Json<T> = ColumnType<T, string | undefined, string>;
