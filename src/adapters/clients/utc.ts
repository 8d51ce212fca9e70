/** ISO 8601 date and time with an offset, as vendors print it: any number of fraction digits, `Z` or `±hh:mm`. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/iu;

/**
 * The instant in UTC with milliseconds, as `Date.toISOString` prints it; `null` when the text is not a date with an
 * offset. Fractions beyond milliseconds are cut off.
 */
export function toUtcIso(text: string): string | null {
  if (!WITH_OFFSET.test(text)) return null;
  const cut = text
    .toUpperCase()
    .replace(/(\.\d{3})\d+/u, '$1')
    .replace(/([+-]\d{2})(\d{2})$/u, '$1:$2');
  const at = new Date(cut);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Like `toUtcIso`, for vendors that print year 1 where they mean "never" (Microsoft Graph). */
export function toUtcIsoOrNever(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.startsWith('0001-01-01')) return null;
  return toUtcIso(text);
}
