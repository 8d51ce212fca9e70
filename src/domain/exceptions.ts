/** Exceptions on a stream: which are open, which block, and which have been decided. */
import type { OpenException } from './custody-state.ts';
import type { BlockedBy, Gate } from './gates.ts';

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

/** When the latest exception of that code was resolved, ISO 8601; `null` when none was. */
export function lastResolvedAt(exceptions: readonly OpenException[], code: string): string | null {
  const times = exceptions.flatMap((exception) =>
    exception.opened.data.code === code && exception.resolved !== null ? [exception.resolved.at] : [],
  );
  return times.toSorted().at(-1) ?? null;
}

/** An open exception as something that blocks: a decision of its owner. */
export function blockOf(exception: OpenException, deviceId: string | null): BlockedBy {
  const { code, gate, owner, dueAt } = exception.opened.data;
  return {
    kind: 'decision',
    gate,
    deviceId,
    code,
    owner,
    since: exception.opened.at,
    dueAt,
    escalatesAt: dueAt,
    parked: false,
  };
}
