/** The label reaches whoever is to use it: queued with the fact that it was bought, read for the send and kept nowhere. */
import type { CustodyState } from '../../domain/custody-state.ts';
import { deviceStream } from '../../domain/fact.ts';
import type { NoticeKind } from '../../domain/notices/route.ts';
import type { Policy } from '../../domain/policy.ts';
import { isGivenBack, numberOf } from '../../domain/return-labels.ts';
import { UNUSED_STATUSES } from '../../domain/return-state.ts';
import { returnDueAt } from '../../domain/rules/return.ts';
import { toIso } from '../../domain/time.ts';
import type { Tx } from '../../store/database.ts';
import type { ParcelKind } from '../../store/label-intents.ts';
import type { Notification } from '../../store/notifications.ts';
import { loadCustody } from '../../store/rule-facts.ts';
import type { EngineContext } from '../context.ts';
import { tell } from './queue.ts';

/** Tells the leaver of their label, or of the box that it lies in; where they cannot be written to, a desk. */
export async function tellOfParcel(
  context: EngineContext,
  tx: Tx,
  about: {
    readonly custody: CustodyState;
    readonly policy: Policy;
    readonly kind: ParcelKind;
    readonly factKey: string;
  },
): Promise<void> {
  const { custody, policy, kind, factKey } = about;
  const { deviceId, epoch, opened } = custody;
  const { caseId, personId, backfill = false } = opened.data;
  await tell(
    tx,
    context,
    {
      kind: kind === 'label' ? 'return-label' : 'return-box',
      factKey,
      stream: deviceStream(deviceId),
      round: epoch,
      caseId,
      deviceId,
      personId,
      backfill,
      gate: 'return',
      exceptionId: null,
      role: 'leaver',
      dueAt: toIso(returnDueAt(custody, policy)),
    },
    policy,
    context.clock(),
  );
}

/** Whether a message brings something that can still be used: the latest of its kind, neither given back nor under way yet. */
export function isStillOfUse(custody: CustodyState, row: Notification): boolean {
  const { label, box, tracked, droppedOff } = custody;
  const latest = parcelOf(row.kind) === 'label' ? label : box;
  if (latest === null || latest.key !== row.fact_key || droppedOff !== null) return false;
  if (isGivenBack(custody, numberOf(latest))) return false;
  if (tracked === null || tracked.data.trackingCode !== label?.data.trackingCode) return true;
  return UNUSED_STATUSES.has(tracked.data.status);
}

/** `null`: the message is about no parcel. */
export function parcelOf(kind: NoticeKind): ParcelKind | null {
  if (kind === 'return-label') return 'label';
  return kind === 'return-box' ? 'box' : null;
}

/** What brings a device back. Personal data: labels name their sender. */
export interface ParcelAbout {
  readonly labelUrl: string | null;
  readonly qrCodeUrl: string | null;
  readonly trackingCode: string;
  /** Not the first: the parcel of the one before held another unit. */
  readonly isAnother: boolean;
  /** Not the first: the one before was given back, and is void. */
  readonly isAfterVoid: boolean;
}

/** Of the purchase that the fact tells of; `null` for a message about something else. */
export async function readParcel(
  tx: Tx,
  { kind, fact_key: factKey, device_id: deviceId, round }: Notification,
): Promise<ParcelAbout | null> {
  if (parcelOf(kind) === null || deviceId === null) return null;
  const row = await tx
    .selectFrom('trackers')
    .innerJoin('intents', 'intents.id', 'trackers.intent_id')
    .select(['trackers.tracking_code', 'trackers.label_url', 'trackers.qr_code_url', 'intents.number'])
    .where('intents.id', '=', factKey.slice(factKey.indexOf(':') + 1))
    .executeTakeFirst();
  if (row === undefined) return null;
  const isAfterVoid = row.number > 1 && isGivenBack(await loadCustody(tx, deviceId, round), row.number - 1);
  return {
    labelUrl: row.label_url,
    qrCodeUrl: row.qr_code_url,
    trackingCode: row.tracking_code,
    isAnother: row.number > 1 && !isAfterVoid,
    isAfterVoid,
  };
}
