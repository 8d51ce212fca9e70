/** Check `timestamp`: since when the checkpoint existed, by somebody else's clock. */
import type { Certificate } from 'pkijs';
import { TimestampProblem } from '../../timestamps/problem.ts';
import { verifyTimestamp } from '../../timestamps/verify-timestamp.ts';
import { CHECKPOINT, TIMESTAMP } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import { Findings, notChecked } from './report.ts';
import type { CheckResult } from './report.ts';

/** What the pack's timestamp is found to be. */
export type StampReading =
  | { readonly found: 'none'; readonly asked: boolean }
  | { readonly found: 'wrong'; readonly asked: boolean; readonly why: string }
  /** It is of this checkpoint. `asked`: by an authority that a given certificate vouches for. */
  | { readonly found: 'stamp'; readonly asked: boolean; readonly at: Date };

export const NO_STAMP: StampReading = { found: 'none', asked: false };

/**
 * Reads it ahead of the other checks, since signatures of certificates are checked asynchronously.
 *
 * @param trusted Certificates that the auditor brings; empty: nobody's word is asked for.
 */
export async function readStamp(files: PackFiles, trusted: readonly Certificate[]): Promise<StampReading> {
  const asked = trusted.length > 0;
  const response = files.get(TIMESTAMP);
  if (response === undefined) return { found: 'none', asked };
  try {
    const { at } = await verifyTimestamp(response, files.get(CHECKPOINT) ?? Buffer.alloc(0), { trusted });
    return { found: 'stamp', asked, at };
  } catch (error) {
    if (!(error instanceof TimestampProblem)) throw error;
    return { found: 'wrong', asked, why: error.message };
  }
}

export function checkTimestamp(reading: StampReading): CheckResult {
  switch (reading.found) {
    case 'none':
      return notChecked('timestamp', 'There is no timestamp in it: times are the company’s own clock.');
    case 'wrong': {
      const found = new Findings();
      found.wrong(`${TIMESTAMP} does not hold: ${reading.why}.`);
      return found.result('timestamp');
    }
    case 'stamp': {
      const at = reading.at.toISOString();
      if (!reading.asked)
        return notChecked(
          'timestamp',
          `It says ${at}; give the certificate that vouches for its authority to check it (--tsa-ca).`,
        );
      const found = new Findings();
      found.looked = at;
      return found.result('timestamp');
    }
  }
}
