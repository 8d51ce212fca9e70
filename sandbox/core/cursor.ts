/** Opaque cursors for lists that change while they are read. */

interface Item {
  readonly id: string;
}

/** A cursor behind the last item of a page; `end` is how many items of the list have been given out. */
export function cursorAfter(last: Item, end: number): string {
  return Buffer.from(JSON.stringify([last.id, end])).toString('base64url');
}

/**
 * What of `found` (the items of `all` that match, in the same order) comes after the cursor. The last item given out
 * may match no more, and is then looked up in `all`; when it is gone, the place is counted, less the one that is missing.
 * Undefined when the cursor is none of ours.
 */
export function resume<T extends Item>(
  cursor: string,
  all: readonly T[],
  found: readonly T[],
): T[] | undefined {
  const [id, end] = decode(cursor) ?? [];
  if (id === undefined || end === undefined) return undefined;
  const place = all.findIndex((item) => item.id === id);
  if (place === -1) return found.slice(Math.max(0, end - 1));
  const before = new Set(all.slice(0, place + 1));
  return found.filter((item) => !before.has(item));
}

function decode(cursor: string): [string, number] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(value) || typeof value[0] !== 'string' || typeof value[1] !== 'number')
      return undefined;
    return [value[0], value[1]];
  } catch {
    return undefined;
  }
}
