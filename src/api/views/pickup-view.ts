/** Puts a pickup together as its page shows it. */
import { foldCustody } from '../../domain/custody-state.ts';
import { deviceStream, pickupStream } from '../../domain/fact.ts';
import type { Reader } from '../../store/database.ts';
import { openDifferences } from '../../store/pickup-differences.ts';
import { readStreams } from '../../store/streams.ts';
import { discrepancies } from '../../store/pickup-matching.ts';
import { discrepancyId, expectedUnits, readLines, readScans } from '../../store/pickups.ts';
import type { PickupRow } from '../../store/pickups.ts';
import { exceptionsOf } from '../../store/read/exceptions.ts';
import { askedSummary } from '../../store/read/inventory-asks.ts';
import { exceptionView } from '../shapes/exceptions.ts';
import { pickupHead, scanView } from '../shapes/pickups.ts';

/** A fact of a device that belongs to one pickup. */
interface OnPickup {
  readonly at: string;
  readonly data: { readonly pickupId: string };
}

export async function pickupView(db: Reader, pickup: PickupRow) {
  const { id: pickupId } = pickup;
  const lines = await readLines(db, pickupId);
  const scans = await readScans(db, pickupId);
  const expected = await expectedUnits(db, pickupId);
  const exceptions = await exceptionsOf(db, [pickupStream(pickupId)]);
  const streams = await readStreams(
    db,
    lines.map((line) => deviceStream(line.device_id)),
  );
  const leaving = new Map(expected.map((unit) => [unit.line, unit.leaving]));
  const dock = scans.filter((scan) => scan.by === 'dock');
  const isOpen = pickup.confirmed_at === null;
  const scanned = dock.map(({ serial, verdict, model, instead_of: insteadOf }) => ({
    serial,
    verdict,
    model,
    insteadOf,
  }));
  const left = isOpen ? discrepancies(expected, scanned) : [];
  const foundOtherwise = isOpen ? await openDifferences(db, pickupId) : [];
  return {
    ...pickupHead(pickup),
    lines: lines.map((line) => {
      const custody = foldCustody(streams.get(deviceStream(line.device_id)) ?? [], line.epoch);
      // A device that was missed may have gone with a later pickup.
      const here = (fact: OnPickup | null | undefined) => (fact?.data.pickupId === pickupId ? fact.at : null);
      return {
        line: line.line,
        deviceId: line.device_id,
        epoch: line.epoch,
        serial: line.serial,
        manufacturer: line.manufacturer,
        model: line.model,
        assetTag: line.asset_tag,
        takenOffAs: line.taken_off_as,
        leaving: leaving.get(line.line) ?? false,
        dockScannedAt: here(custody?.dockScanned),
        vendorScannedAt: here(custody?.vendorScanned),
        transferredAt: here(custody?.transferred),
        receivedAt: here(custody?.received),
        certificates: (custody?.certificates ?? [])
          .filter((fact) => fact.data.pickupId === pickupId)
          .map((fact) => fact.data.certificateId),
      };
    }),
    dockScans: dock.map(scanView),
    vendorScans: scans.filter((scan) => scan.by === 'vendor').map(scanView),
    discrepancies: [
      ...left.map((one) => {
        const exception = exceptions.find((row) => row.id === discrepancyId(pickupId, one));
        return { ...one, exceptionId: exception?.id ?? null, outcome: exception?.outcome ?? null };
      }),
      ...foundOtherwise.map(({ openedAt: _openedAt, ...one }) => ({ ...one, outcome: null })),
    ],
    inventory: await askedSummary(db, pickupId),
    exceptions: exceptions.map(exceptionView),
  };
}
