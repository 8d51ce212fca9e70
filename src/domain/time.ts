/** Times in facts are ISO 8601 UTC; rules compare them as epoch milliseconds. The time "now" is always given. */

/** Epoch milliseconds of an ISO 8601 text. @throws RangeError when it is none. */
export function toMs(iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new RangeError('not an ISO 8601 time');
  return ms;
}

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The earliest of the given times that is set; `null` when none is. */
export function earliest(...times: readonly (number | null)[]): number | null {
  const set = times.filter((time) => time !== null);
  return set.length === 0 ? null : Math.min(...set);
}

/** `time` when it is still to come, else `null`: a time that has passed is nothing to wait for. */
export function ifAhead(time: number | null, now: number): number | null {
  return time !== null && time > now ? time : null;
}
