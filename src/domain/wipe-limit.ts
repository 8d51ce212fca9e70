/** The wipe limit as arithmetic: whether it is tripped, what counts against it, and whether there is a place left. */
import type { Policy } from './policy.ts';

const DAY_MS = 24 * 3_600_000;

/** When the limit was last reached, and when two people last released it; ISO 8601 UTC. */
export interface LimitStanding {
  readonly trippedAt: string | null;
  readonly releasedAt: string | null;
}

/** What was sent, and the fleet that a share is taken of. */
export interface WipeCount {
  /** In the present window. */
  readonly recent: number;
  /** In the last 24 hours. */
  readonly today: number;
  /** Devices that the device managers know, or, before they were counted, that we do. */
  readonly fleet: number;
}

/** Once reached, it stays so until a release that came after: time alone frees nothing. */
export function isTripped({ trippedAt, releasedAt }: LimitStanding): boolean {
  if (trippedAt === null) return false;
  return releasedAt === null || Date.parse(releasedAt) < Date.parse(trippedAt);
}

/** Since when wipes count, epoch milliseconds; a release begins both windows anew. */
export function countedSince(
  { windowMs, releasedAt }: { readonly windowMs: number; readonly releasedAt: string | null },
  now: number,
): { readonly recent: number; readonly today: number } {
  const released = releasedAt === null ? 0 : Date.parse(releasedAt);
  return { recent: Math.max(now - windowMs, released), today: Math.max(now - DAY_MS, released) };
}

/** How many wipes a window takes of a fleet of that size. A share of a small one would round to nothing: one always is. */
export function allowedIn(fleet: number, { count, fleetShare }: Policy['wipeLimit']): number {
  return Math.min(count, Math.max(1, Math.floor(fleet * fleetShare)));
}

/** Whether one more wipe is within every limit. */
export function hasPlace({ recent, today, fleet }: WipeCount, limit: Policy['wipeLimit']): boolean {
  return recent < allowedIn(fleet, limit) && today < limit.perDay;
}
