/** Evidence that people bring about one device in custody: each a fact, shown at once, and a wake where it makes work. */
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { FactData } from '../domain/fact-types.ts';
import type { AccessoryCheck, InspectionOutcome } from '../domain/inspection.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { lockOpenCustody } from './decisions/open-custody.ts';
import { settleWipeExceptions } from './decisions/settle-wipe-exceptions.ts';
import { keepDrives } from './drives.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';

/** What is brought, without what only the store knows. */
export type Evidence =
  | { readonly type: 'handover.done'; readonly items: FactData['handover.done']['items'] }
  /** The reason stands beside the ledger. */
  | { readonly type: 'handover.not-required' }
  | ({ readonly type: 'sanitisation.reported' } & Omit<
      FactData['sanitisation.reported'],
      'epoch' | 'reportId'
    >)
  | {
      readonly type: 'device.inspected';
      readonly setUpScreen: boolean;
      readonly condition: string;
      readonly outcome?: InspectionOutcome;
      readonly accessories?: readonly AccessoryCheck[];
      readonly photos?: readonly string[];
    }
  /** Serials in normalised form. */
  | { readonly type: 'drives.recorded'; readonly drives: readonly string[] }
  | ({ readonly type: 'substitute.recorded' } & Omit<FactData['substitute.recorded'], 'epoch'>)
  | { readonly type: 'lost.reported'; readonly kind: 'lost' | 'stolen' };

/** Whoever leaves takes over nothing of their own. */
export class TakenOverByLeaver extends Error {
  override readonly name = 'TakenOverByLeaver';
}

/**
 * @returns The custody it was recorded in.
 * @throws NotToDecide `custody-not-open` when the device has none.
 * @throws TakenOverByLeaver
 */
export async function recordEvidence(
  tx: Tx,
  deviceId: string,
  evidence: Evidence,
  { by, remark }: { readonly by: string; readonly remark: string | null },
  now: Date,
): Promise<{ readonly epoch: number }> {
  const custody = await lockOpenCustody(tx, deviceId);
  const { epoch, policyDigest } = custody;
  const { personId } = custody.opened.data;
  if (evidence.type === 'handover.done' && evidence.items.some((item) => item.takenOverBy === personId))
    throw new TakenOverByLeaver();
  const stream = deviceStream(deviceId);
  const fact = factOf(deviceId, epoch, policyDigest, evidence);
  await appendFacts(tx, [{ stream, actor: by, ...fact } as NewFact], now);
  if (evidence.type === 'drives.recorded')
    await keepDrives(tx, { deviceId, epoch }, evidence.drives, by, now);
  if (remark !== null)
    await tx
      .insertInto('remarks')
      .values({ fact_key: fact.key, text: remark, at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  if (evidence.type === 'sanitisation.reported' && evidence.outcome === 'erased')
    await settleWipeExceptions(tx, custody, 'bench-report', by, now);
  else await announceCustody(tx, deviceId, epoch, now);
  return { epoch };
}

function factOf(
  deviceId: string,
  epoch: number,
  policyDigest: string,
  evidence: Evidence,
): Pick<NewFact, 'key' | 'type' | 'data'> {
  switch (evidence.type) {
    case 'handover.done': {
      const handoverId = newId('handover');
      const data = { epoch, handoverId, items: evidence.items };
      return { key: `handover.done:${handoverId}`, type: 'handover.done', data };
    }
    case 'handover.not-required':
      return {
        // Apart from the policy's own word, which may have come before or may come after.
        key: `handover.not-required:${newId('handover')}`,
        type: 'handover.not-required',
        data: { epoch, basis: 'person', rulesVersion: RULES_VERSION, policyDigest },
      };
    case 'sanitisation.reported': {
      const { type, ...report } = evidence;
      const reportId = newId('report');
      return { key: `sanitisation.reported:${reportId}`, type, data: { epoch, reportId, ...report } };
    }
    case 'device.inspected': {
      const { type, ...seen } = evidence;
      const inspectionId = newId('report');
      const data = { epoch, inspectionId, ...seen };
      return { key: `device.inspected:${inspectionId}`, type, data };
    }
    case 'drives.recorded': {
      const recordId = newId('report');
      const data = { epoch, recordId, drives: evidence.drives };
      return { key: `drives.recorded:${recordId}`, type: 'drives.recorded', data };
    }
    case 'substitute.recorded': {
      const { type, ...document } = evidence;
      const key = `substitute.recorded:${deviceId}:${epoch}:${document.kind}:${document.documentDigest}`;
      return { key, type, data: { epoch, ...document } };
    }
    case 'lost.reported': {
      const reportId = newId('report');
      const data = { epoch, reportId, kind: evidence.kind };
      return { key: `lost.reported:${reportId}`, type: 'lost.reported', data };
    }
  }
}
