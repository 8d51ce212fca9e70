/** What an adapter makes of a vendor's answer before it hands it out: by allow-lists, and by the shape of what may stand. */
import type { RedactedAnswer } from '../domain/redacted-answer.ts';

/** Stands for a value that was there and is not shown: whose it is, or what somebody wrote. */
export const WITHHELD = '(withheld)';

/** The fields of these names, as they came: texts, numbers, truth values and `null`. Whatever else is under them is left out. */
export function allowed(
  source: Readonly<Record<string, unknown>> | null | undefined,
  fields: readonly string[],
): RedactedAnswer {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = plain(source?.[field]);
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
}

/** Says of a value only whether there is one: of a holder for instance. */
export function presence(value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : WITHHELD;
}

/** An id has a digit, and neither a space nor an `@`: other texts, in fields where people may write anything, are withheld. */
const ID = /^(?=.*\d)[\p{L}\d._:/#&-]{1,128}$/u;

/** A text as it is where it is written like an id. */
export function idOnly(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  return ID.test(text) ? text : WITHHELD;
}

/** A date, with or without a time, as vendors print it; any other text is withheld. */
export function timeOnly(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  return /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]{4,18}(?:Z|[+-]\d{2}:?\d{0,2})?)?$/u.test(text) ? text : WITHHELD;
}

/** One of the words that are expected in such a field; any other text is withheld. */
export function wordOnly(value: string | null | undefined, words: ReadonlySet<string>): string | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  return words.has(text) ? text : WITHHELD;
}

/** Texts in a form that can be hashed; numbers that JSON may have changed are left out. */
function plain(value: unknown): string | number | boolean | null | undefined {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
  return typeof value === 'boolean' || value === null ? value : undefined;
}
