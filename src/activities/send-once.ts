/** The one send of a claimed command: within a short time of its claim or not at all, and its answer as far as it is known. */
import { ConnectorError } from '../adapters/errors.ts';

export interface SendOutcome {
  readonly answer: 'accepted' | 'not-accepted' | 'unknown';
  /** Why, where it was not accepted or is not known. */
  readonly code: string | null;
}

/** No send begins or lasts longer than this after its claim, milliseconds. */
export const SEND_LIMIT_MS = 20_000;

/**
 * @param limitMs From the claim on; well before a read-back is believed.
 * @returns What the vendor answered; whatever is not certain is `unknown`.
 */
export async function sendOnce(
  { sendStartedAt }: { readonly sendStartedAt: string },
  now: Date,
  send: (signal: AbortSignal) => Promise<void>,
  limitMs: number = SEND_LIMIT_MS,
): Promise<SendOutcome> {
  const left = Date.parse(sendStartedAt) + limitMs - now.getTime();
  // This process stood still after the claim: whoever reads back may already have concluded that nothing was sent.
  if (left <= 0) return { answer: 'unknown', code: 'too-late' };
  try {
    await send(AbortSignal.timeout(left));
    return { answer: 'accepted', code: null };
  } catch (error) {
    // What is no connector error may have happened after the bytes left: as good as a lost answer.
    if (!(error instanceof ConnectorError)) return { answer: 'unknown', code: 'internal' };
    const lost = error.code === 'outcome-unknown' || error.code === 'unexpected-answer';
    return { answer: lost ? 'unknown' : 'not-accepted', code: error.code };
  }
}
