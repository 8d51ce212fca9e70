/** One statement that is either so or not. */
export interface Check {
  readonly about: string;
  readonly what: string;
  readonly holds: boolean;
  /** What was found instead. */
  readonly found: string | null;
}

export function check(about: string, what: string, holds: boolean, found: unknown = null): Check {
  return {
    about,
    what,
    holds,
    found: holds || found === null ? null : typeof found === 'string' ? found : JSON.stringify(found),
  };
}

/** Holds when both lists have the same members, whatever their order. */
export function sameMembers(
  about: string,
  what: string,
  found: readonly string[],
  expected: readonly string[],
): Check {
  const text = (list: readonly string[]): string => list.toSorted().join(', ') || 'none';
  return check(about, what, text(found) === text(expected), `${text(found)} instead of ${text(expected)}`);
}
