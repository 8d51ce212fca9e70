/** Reads a file of the pack that must be canonical JSON of a known form. */
import type { PackFiles } from '../layout.ts';
import { NotCanonical, parseCanonical } from '../strict-json.ts';
import type { Findings } from './report.ts';

/** @returns `null` when it is not there or not so, which is then among the findings. */
export function readGiven<T>(
  files: PackFiles,
  name: string,
  parse: (value: unknown) => T | string,
  found: Findings,
): T | null {
  const bytes = files.get(name);
  if (bytes === undefined) {
    found.wrong(`${name} is missing.`);
    return null;
  }
  try {
    const value = parse(parseCanonical(bytes));
    if (typeof value !== 'string') return value;
    found.wrong(`${name} is not as the format says (${value}).`);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    found.wrong(`${name} ${error.message}.`);
  }
  return null;
}
