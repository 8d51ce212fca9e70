/** What tells a person: looked for, whole words only, wherever people may have written it. */
import type { PersonValues } from './fields.ts';

/** Shorter ones stand in anything. */
const SHORTEST = 3;

export interface Account {
  readonly connector: string;
  readonly externalId: string;
}

export function wordsOf(values: PersonValues, accounts: readonly Account[]): readonly string[] {
  const { displayName, workEmail, employeeNumber, privateEmail, address } = values;
  const said = [displayName, workEmail, employeeNumber, privateEmail, address?.street1 ?? null];
  const all = [...said, ...accounts.map(({ externalId }) => externalId)];
  const words = all.flatMap((word) => (word === null || word.trim().length < SHORTEST ? [] : [word.trim()]));
  return [...new Set(words)];
}

/** For PostgreSQL's `~*`: none of these letters is special in a bracket, and a bracket quotes every other. */
export function patternOf(words: readonly string[]): string {
  const quoted = words.map((word) => word.replaceAll(/[^\p{L}\p{N}\s]/gu, (mark) => `\\${mark}`));
  return `(^|[^[:alnum:]])(${quoted.join('|')})($|[^[:alnum:]])`;
}

/** Whether bytes that a system sent name the person, written plainly or as JSON escapes it. */
export function naming(words: readonly string[]): (body: Buffer) => boolean {
  const quoted = words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, (mark) => `\\${mark}`));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${quoted.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
  return (body) => {
    if (words.length === 0) return false;
    const text = body.toString('utf8');
    return pattern.test(text) || (text.includes('\\u') && pattern.test(unescaped(text)));
  };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\u([0-9a-fA-F]{4})/gu, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
