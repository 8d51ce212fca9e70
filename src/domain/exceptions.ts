/** Exceptions on a stream: which are open, which block, and which have been decided. */
import type { OpenException } from './custody-state.ts';
import type { BlockedBy, Gate } from './gates.ts';
import { toIso } from './time.ts';

export function isOpen(exception: OpenException): boolean {
  return exception.resolved === null;
}

/** Blocking exceptions that nobody has decided yet, of one gate, or of all when `gate` is not given. */
export function blockingExceptions(
  exceptions: readonly OpenException[],
  gate?: Gate,
): readonly OpenException[] {
  return exceptions.filter(
    (exception) =>
      isOpen(exception) &&
      exception.opened.data.blocking &&
      (gate === undefined || exception.opened.data.gate === gate),
  );
}

/** How often an exception of that code was opened in this epoch or generation. */
export function timesOpened(exceptions: readonly OpenException[], code: string): number {
  return exceptions.filter((exception) => exception.opened.data.code === code).length;
}

/** The place in the stream where an exception of that code was last opened; 0 when none was. */
export function lastOpened(exceptions: readonly OpenException[], code: string): number {
  return Math.max(0, ...exceptions.flatMap(({ opened }) => (opened.data.code === code ? [opened.seq] : [])));
}

/**
 * The place in the stream of the latest decision of an exception of that code; 0 when none was decided. Places tell before
 * from after where the clocks of two machines do not.
 */
export function lastDecided(exceptions: readonly OpenException[], code: string): number {
  return Math.max(
    0,
    ...exceptions.flatMap(({ opened, resolved }) =>
      opened.data.code === code && resolved !== null ? [resolved.seq] : [],
    ),
  );
}

/**
 * An open exception as something that blocks: a decision of its owner.
 *
 * @param escalatesAt When its ladder's next rung comes, epoch milliseconds; `null` at the ladder's end.
 */
export function blockOf(
  exception: OpenException,
  deviceId: string | null,
  escalatesAt: number | null,
): BlockedBy {
  const { code, gate, owner, dueAt } = exception.opened.data;
  return {
    kind: 'decision',
    gate,
    deviceId,
    code,
    owner,
    since: exception.opened.at,
    dueAt,
    escalatesAt: escalatesAt === null ? null : toIso(escalatesAt),
    parked: false,
  };
}
