/** The truck that took the server room along: what the dock found, what the plant certified, what is closed and what is open. */
import { PALLET, ROOM } from '../hardware.ts';
import type { Fate, RoomUnit } from '../hardware.ts';
import type { Custody, Reconciled } from '../engine/shapes.ts';
import { STRANGE_CERTIFICATE } from '../stories/server-room.ts';
import { isThrough } from '../stories/stage.ts';
import { check, sameMembers } from './check.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';

export const ROOM_NAME = 'Server room';

export function roomChecks({ room, assets, seen }: Evidence): readonly Check[] {
  if (room === null) return [check(ROOM_NAME, 'has a case', false, 'none')];
  const { standing, lists, exceptions } = room;
  const open = (code: string): readonly string[] =>
    exceptions.filter((one) => one.code === code && one.resolvedAt === null).map(({ id }) => id);
  const booked = ROOM.filter(({ serial }) => assets.get(serial)?.archived === true);
  const clean = ROOM.filter(({ fate }) => fate === 'clean');
  return [
    check(ROOM_NAME, 'case of hardware without a person is open', standing.state === 'open', standing.state),
    check(ROOM_NAME, 'the dock refused to confirm until everything was decided', seen.has('dock-refuses')),
    ...PALLET.map(({ serial, verdict }) =>
      check(
        ROOM_NAME,
        `${serial}, which is on no manifest, was ${verdict} at the dock, and did not leave`,
        ofSerial(lists, serial)?.dockVerdict === verdict && ofSerial(lists, serial)?.transferredAt === null,
        ofSerial(lists, serial),
      ),
    ),
    ...ROOM.flatMap((unit) => unitChecks(unit, lists, custodyOf(standing.custodies, unit))),
    sameMembers(
      ROOM_NAME,
      `Snipe-IT says disposed of ${clean.length} units, and of no other`,
      booked.map(({ serial }) => serial),
      clean.map(({ serial }) => serial),
    ),
    check(
      ROOM_NAME,
      `the certificate for ${STRANGE_CERTIFICATE}, which nobody handed over, waits for somebody`,
      open('certificate-unmatched').length === 1,
      exceptions,
    ),
    check(
      ROOM_NAME,
      'the certificate of the drive that did not erase waits for somebody',
      open('certificate-insufficient').length === 1,
      exceptions,
    ),
    check(
      ROOM_NAME,
      'and so does the unit that was missing',
      open('held-back-at-dock').length > 0,
      exceptions,
    ),
  ];
}

/** How a unit of that fate ends: whether it left, and whether its way is over. */
const ENDS: Readonly<Record<Fate, { readonly left: boolean; readonly what: string }>> = {
  clean: { left: true, what: 'left, is certified, closed as sanitised' },
  'drive-fails': { left: true, what: 'left; a drive did not erase: stays open' },
  missing: { left: false, what: 'was missing at the dock: did not leave, stays open' },
  replaced: { left: false, what: 'another stood in its place: did not leave, stays open' },
};

function unitChecks(
  { serial, fate, drives }: RoomUnit,
  lists: readonly Reconciled[],
  custody: Custody | undefined,
): readonly Check[] {
  const { left, what } = ENDS[fate];
  const line = ofSerial(lists, serial);
  const isOut = line !== undefined && line.transferredAt !== null;
  const handoff = custody?.gates.find(({ gate }) => gate === 'itad-handoff')?.state;
  const isClosed = custody?.state === 'closed' && custody.disposition === 'sanitised';
  const holds =
    isOut === left &&
    (fate === 'clean' ? isClosed : custody?.state === 'open' && !isThrough(handoff)) &&
    (fate !== 'clean' || drives.length === 0 || isThrough(handoff));
  return [check(ROOM_NAME, `${serial} ${what}`, holds, { line, state: custody?.state, handoff })];
}

function ofSerial(lists: readonly Reconciled[], serial: string): Reconciled | undefined {
  return lists.find((one) => one.serial === serial);
}

function custodyOf(custodies: readonly Custody[], { serial }: RoomUnit): Custody | undefined {
  return custodies.find((one) => one.serial === serial);
}
