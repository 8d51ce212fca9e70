/** Units that nobody explains: known to no source, or expected back by nobody. Each is an exception with an owner. */
import { SYSTEM_STREAM } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { lockStream } from './held-streams.ts';
import { describeException } from './pickups.ts';

export interface Unexplained {
  /** In normalised form. */
  readonly serial: string;
  readonly site: string;
  /** Codes only; no names. */
  readonly remark: string;
  readonly exceptionsDueAt: Date;
}

export interface UnexplainedVerdict {
  readonly verdict: 'unknown-serial' | 'not-expected';
  readonly exceptionId: string;
}

/** One open exception per serial: the same unit scanned twice is one riddle. */
export async function unexplained(
  tx: Tx,
  scan: Unexplained,
  verdict: 'unknown-serial' | 'not-expected',
  deviceId: string | null,
  now: Date,
): Promise<UnexplainedVerdict> {
  const { serial, site, remark, exceptionsDueAt } = scan;
  const code = verdict === 'unknown-serial' ? 'unknown-serial' : 'scan-not-expected';
  await lockStream(tx, SYSTEM_STREAM);
  const about = `serial ${serial}`;
  const before = await tx
    .selectFrom('exceptions')
    .select('id')
    .where('stream', '=', SYSTEM_STREAM)
    .where('code', '=', code)
    .where('reason', 'like', `${about};%`)
    .where('resolved_at', 'is not', null)
    .execute();
  const exceptionId = await openException(
    tx,
    {
      stream: SYSTEM_STREAM,
      code,
      gate: null,
      round: 0,
      owner: 'asset-manager',
      blocking: false,
      dueAt: exceptionsDueAt,
      caseId: null,
      deviceId,
      occurrence: `${serial}:${before.length + 1}`,
    },
    now,
  );
  await describeException(tx, exceptionId, `${about}; site ${site}; ${remark}`);
  return { verdict, exceptionId };
}
