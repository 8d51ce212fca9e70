/** Connector errors as Temporal failures: codes only, with the vendor's own delay. Only Temporal retries. */
import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { ConnectorError } from '../adapters/errors.ts';
import type { EngineContext } from './context.ts';

const FIRST_PAUSE_MS = 500;

/**
 * The failure that makes Temporal try the activity again: after the vendor's own delay, else with growing pauses. Its text is
 * made of codes, so it is safe in a history.
 */
export function tryAgain(context: EngineContext, error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const attempt = attemptNumber();
  const grown = Math.min(context.retryCapMs, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 16));
  const vendors = error instanceof ConnectorError ? error.retryAfterMs : undefined;
  return ApplicationFailure.create({
    message: error instanceof ConnectorError ? error.message : 'unexpected error',
    type: error instanceof ConnectorError ? error.code : 'internal',
    nextRetryDelay: vendors ?? grown,
    ...(error instanceof Error && !(error instanceof ConnectorError) ? { cause: withoutText(error) } : {}),
  });
}

/** Whether asking again later can help: the vendor was busy, or an idempotent call's answer was lost. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectorError && (error.code === 'retryable' || error.code === 'outcome-unknown');
}

/** Whether a sweep over many goes on: the vendor answers, but does not know this one, or says of it what nobody can read. */
export function isAboutOne(error: unknown): boolean {
  return (
    error instanceof ConnectorError && (error.code === 'not-found' || error.code === 'unexpected-answer')
  );
}

function attemptNumber(): number {
  try {
    return Context.current().info.attempt;
  } catch {
    // Called outside an activity, by a test: the first attempt.
    return 1;
  }
}

/** An unexpected error's text may quote data: only its class and the place are kept. */
function withoutText(error: Error): Error {
  const safe = new Error(error.name);
  safe.stack =
    error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .join('\n') ?? '';
  return safe;
}
