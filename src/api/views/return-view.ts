/** Puts the way back of a device together, as its page shows it. */
import type { CustodyState } from '../../domain/custody-state.ts';
import { CONDITIONS } from '../../domain/inspection.ts';
import type { Condition } from '../../domain/inspection.ts';
import type { Reader } from '../../store/database.ts';
import { readDropOff } from '../../store/drop-offs.ts';
import { epochsOf } from '../../store/read/devices.ts';
import { parcelsOf } from '../../store/read/parcels.ts';
import { loadCustody } from '../../store/rule-facts.ts';
import { receiptView } from '../shapes/returns.ts';

/** Of the latest custody that was opened; `null` when there was none. */
export async function returnView(db: Reader, deviceId: string) {
  const last = (await epochsOf(db, [deviceId])).findLast((one) => one.opened_at !== null);
  if (last === undefined) return null;
  const { epoch } = last;
  const custody = await loadCustody(db, deviceId, epoch);
  const parcels = await parcelsOf(db, deviceId, epoch);
  const dropOff = await readDropOff(db, deviceId, epoch);
  return {
    deviceId,
    epoch,
    parcels: parcels.map(({ purpose, connector, status, ...row }) => ({
      purpose,
      connector,
      trackingCode: row.tracking_code,
      status,
      occurredAt: row.occurred_at,
      labelUrl: row.label_url,
      givenBack: givenBack(custody, row.tracking_code),
    })),
    dropOff: dropOff === null ? null : receiptView(dropOff),
    scannedAt: custody.returned?.at ?? null,
    wrongUnits: custody.wrongUnits.map(({ at, data: { trackingCode, foundSerial, foundDeviceId } }) => ({
      at,
      trackingCode,
      foundSerial,
      foundDeviceId,
    })),
    inspections: custody.inspections.map(({ at, actor, data }) => ({
      at,
      actor,
      condition: conditionOf(data.condition),
      setUpScreen: data.setUpScreen,
      outcome: data.outcome ?? null,
      accessories: data.accessories ?? [],
      photos: data.photos ?? [],
    })),
  };
}

function givenBack({ refunds }: CustodyState, trackingCode: string) {
  const refund = refunds.find(({ intended }) => intended.data.trackingCode === trackingCode);
  if (refund === undefined) return null;
  const { intended, asked } = refund;
  return { at: (asked ?? intended).at, why: intended.data.why, outcome: asked?.data.outcome ?? null };
}

function conditionOf(text: string): Condition {
  return CONDITIONS.find((one) => one === text) ?? 'unknown';
}
