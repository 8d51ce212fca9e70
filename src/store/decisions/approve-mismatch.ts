/** Two people say that a device is the leaver's although the sources do not agree on it. Bound to whom the sources named. */
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { isOpen } from '../../domain/exceptions.ts';
import { deviceStream } from '../../domain/fact.ts';
import { recordIn } from '../../domain/rules/standing.ts';
import { MISMATCHES, mismatchesOf } from '../../domain/rules/wipe-obstacles.ts';
import { wipeActionOf } from '../../domain/wipe-action.ts';
import { announceCustody } from '../custody-news.ts';
import type { Tx } from '../database.ts';
import { resolveException } from '../exceptions.ts';
import { appendFacts } from '../facts.ts';
import { othersNamed } from '../named-holders.ts';
import type { DecisionRow } from '../read/decisions.ts';
import { actionHash } from '../wipe-intents.ts';
import type { Bound } from './decisions.ts';
import { boundTo, lockOpenCustody } from './open-custody.ts';

/** Refusals of the guard that are about the holder. */
const HOLDER_REFUSALS: ReadonlySet<string> = new Set([
  'holder-not-in-two-sources',
  'holder-now-unnamed',
  'holder-now-other',
]);

export async function bindMismatch(tx: Tx, deviceId: string): Promise<Bound> {
  const custody = await lockOpenCustody(tx, deviceId);
  if (recordIn(custody, 'mdm') === null) throw new NotToDecide('device-unmanaged');
  const refused = custody.wipes.at(-1)?.refused ?? null;
  const codes = [
    ...mismatchesOf(custody),
    ...(refused?.data.codes ?? []).filter((code) => HOLDER_REFUSALS.has(code)),
  ].toSorted();
  if (codes.length === 0) throw new NotToDecide('no-mismatch');
  const action = wipeActionOf(custody);
  return boundTo(custody, {
    kind: 'approve-mismatch',
    deviceId,
    epoch: custody.epoch,
    serial: action.serial,
    actionHash: actionHash(action),
    codes: [...new Set(codes)],
    others: await othersNamed(tx, custody),
  });
}

export async function approveMismatch(
  tx: Tx,
  row: DecisionRow,
  { deviceId, epoch, codes, others, actionHash: hash }: SubjectOf<'approve-mismatch'>,
  by: string,
  now: Date,
): Promise<void> {
  const custody = await lockOpenCustody(tx, deviceId);
  const stream = deviceStream(deviceId);
  const data = { epoch, decisionId: row.id, codes, actionHash: hash, others };
  await appendFacts(
    tx,
    [{ stream, key: `mismatch.approved:${row.id}`, type: 'mismatch.approved', actor: by, data }],
    now,
  );
  const decided: readonly string[] = MISMATCHES;
  for (const exception of custody.exceptions) {
    const { exceptionId, code } = exception.opened.data;
    const isAbout = decided.includes(code) || code === 'wipe-refused';
    // A refused approval is spent: with the mismatch approved, it is asked for anew.
    if (isOpen(exception) && isAbout)
      await resolveException(
        tx,
        { exceptionId, outcome: 'retry', reason: 'the mismatch was approved', by },
        now,
      );
  }
  await announceCustody(tx, deviceId, epoch, now);
}
