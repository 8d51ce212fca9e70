/** What differs from one database to the next: the seam for a second one. Statements are built from it, never from values. */
import type { CallOptions } from '../../read-options.ts';

/** What goes to the database beside a statement. Never part of its text. */
export type Parameter = string | null | readonly string[];

/** One statement's answer, every value as text. */
export interface Result {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  /** Rows that a change met. */
  readonly changed: number;
}

/** A transaction that is open. */
export interface Session {
  run(text: string, parameters: readonly Parameter[]): Promise<Result>;
}

/** How often a work may be done: `read` is begun read-only. */
export type Purpose = 'read' | 'write';

export interface Dialect {
  /** An identifier that the settings have checked, so that it means a name whatever it is. */
  quoted(name: string): string;
  /** A value as text, in UTC where it is a time. */
  asText(expression: string): string;
  /** The place of a parameter, counted from 1. */
  parameter(place: number): string;
  /** Whether an expression is one of the texts in a list parameter. */
  isAnyOf(expression: string, place: number): string;
  /** A serial without separators and in upper case, as `normaliseSerial` makes it. */
  bareSerial(expression: string): string;
  /** What changes by itself with every change of a row. */
  readonly ownVersion: string;
  /** Columns of a table that the user may not update. */
  notUpdatable(session: Session, table: string, columns: readonly string[]): Promise<readonly string[]>;
  /**
   * Runs the work in a transaction of its own, once. @throws ConnectorError: before the commit nothing has happened, and only an
   * answer lost at the commit leaves the outcome unknown.
   */
  transaction<T>(
    purpose: Purpose,
    operation: string,
    work: (session: Session) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
}
