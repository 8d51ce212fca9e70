/** Locking a device that was reported lost: only where a lock does not cut off the wipe, and once per report. */
import type { LockDecline } from '../domain/device-commands.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import { recordIn } from '../domain/rules/standing.ts';
import {
  claimCommand,
  commandIntentId,
  readCommandIntent,
  recordCommandAnswer,
} from '../store/command-intents.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { modeFor } from './modes.ts';
import { recordOnce } from './record-once.ts';
import type { LabelOrder } from './returns.ts';
import { sendOnce } from './send-once.ts';

export async function lockDevice(context: EngineContext, order: LabelOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const manager = connectorOf(context.connectors.devices, connector);
  const { port } = manager;
  const custody = await loadCustody(context.db, deviceId, epoch);
  const report = custody.lostReported;
  const mdmId = recordIn(custody, 'mdm')?.externalId;
  if (report === null || custody.cancelled !== null || mdmId === undefined) return;
  const { reportId } = report.data;
  const mode = await modeFor(context, manager, custody.opened.data.personId);
  const declined = declineOf(mode, port.capabilities(custody.opened.data.platform), custody);
  if (declined !== null) {
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `command.declined:lock:${reportId}`,
      type: 'command.declined',
      actor: 'handback',
      data: { epoch, command: 'lock', reason: declined },
    });
    return;
  }
  const subject = { kind: 'lock', deviceId, epoch, occasion: reportId } as const;
  const told = { kind: 'lock', deviceId, epoch, intentId: commandIntentId(subject) } as const;
  const before = await readCommandIntent(context.db, told.intentId);
  const claim = { ...subject, connector, mdmId, priorStartedAt: null };
  const claimed =
    before === null
      ? await inTransaction(context.db, (tx) => claimCommand(tx, claim, context.clock()))
      : null;
  if (claimed === null) {
    // Claimed before, and perhaps sent: a lock is not sent twice for one report.
    const lost = { ...told, answer: 'unknown', code: 'process-ended' } as const;
    await inTransaction(context.db, (tx) => recordCommandAnswer(tx, lost, context.clock()));
    return;
  }
  const outcome = await sendOnce(claimed, context.clock(), (signal) =>
    port.lock(mdmId, claimed.intentId, { signal }),
  );
  await inTransaction(context.db, (tx) => recordCommandAnswer(tx, { ...told, ...outcome }, context.clock()));
}

/** A lock is of use only beside the wipe that follows; one that would keep the wipe from arriving is not sent. */
function declineOf(
  mode: 'observe' | 'recommend' | 'enforce',
  { can, lockCutsOffWipe }: { readonly can: readonly string[]; readonly lockCutsOffWipe: boolean },
  { opened }: CustodyState,
): LockDecline | null {
  if (mode !== 'enforce') return 'connector-not-enforcing';
  if (opened.data.ownership !== 'corporate') return 'not-ours';
  if (!can.includes('lock')) return 'not-supported';
  return lockCutsOffWipe ? 'would-cut-off-wipe' : null;
}
