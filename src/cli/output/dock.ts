/** What is done on the dock, for people: one clear word per unit. */
import type {
  AskedSerial,
  Handover,
  MissedDeadline,
  PickupCounted,
  PickupScan,
  Reconciled,
  Staged,
  Vendor,
} from '../client/dock-shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain, table } from './table.ts';
import { localTime, relativeTime } from './time.ts';

/** What rings at the dock: terminals sound it. */
export const BELL = '\u0007';

const WORDS: Readonly<Record<string, string>> = {
  match: 'OK',
  duplicate: 'AGAIN',
  unexpected: 'STOP: not on the manifest',
  substituted: 'STOP: in the place of another',
  'model-mismatch': 'STOP: another model',
  unreadable: 'READ AGAIN: no serial',
};

/** Whether somebody must look up from the scanner. */
export function isTrouble({ verdict }: PickupScan): boolean {
  return verdict !== 'match' && verdict !== 'duplicate';
}

/** One scan, as a line. */
export function scanText(scan: PickupScan, now: Date, paint: Paint): string {
  const { serial, verdict, line, exceptionId } = scan;
  const tone = verdict === 'match' ? 'good' : isTrouble(scan) ? 'bad' : 'wait';
  const rest = [
    plain(serial),
    ...(line === null ? [] : [verdict === 'substituted' ? `instead of line ${line}` : `line ${line}`]),
    ...knownOf(scan),
    ...inventoryOf(scan, now),
    ...(exceptionId === null ? [] : [`exception ${exceptionId}`]),
  ];
  return `${paint(tone, WORDS[verdict] ?? verdict)}  ${rest.join(', ')}\n`;
}

/** What the records say, where it helps whoever holds the unit. */
function knownOf({ verdict, known }: PickupScan): readonly string[] {
  if (known === null) return verdict === 'unreadable' ? [] : ['no device of ours'];
  if (verdict === 'match') return known.inInventory === false ? ['not in the inventory'] : [];
  return [
    ...(known.model === null ? [] : [plain(known.model)]),
    ...(known.onPickup === null ? [] : [`on ${known.onPickup}`]),
    ...(known.custody === 'open' ? [] : ['in no open custody']),
  ];
}

/** Since when the inventory's word is, and that it is asked for a newer one. */
function inventoryOf({ known, asking }: PickupScan, now: Date): readonly string[] {
  const asOf = known?.inventoryAsOf ?? null;
  const word = asOf === null ? [] : [`as of ${relativeTime(asOf, now)}`];
  const parts = [...word, ...(asking ? ['being asked'] : [])];
  return parts.length === 0 ? [] : [`inventory: ${parts.join(', ')}`];
}

const LATER: Readonly<Record<string, string>> = {
  'count-not-in-inventory': 'not in the inventory',
  'inventory-ended': 'the inventory says that it is gone',
  'inventory-with-another': 'the inventory names another holder',
  'inventory-model-mismatch': 'the inventory names another model',
};

/** What an inventory said of a unit that had been answered before. */
export function laterText({ serial, differences }: AskedSerial, paint: Paint): string {
  return differences
    .map(
      ({ kind, exceptionId }) =>
        `${paint('bad', `STOP: ${LATER[kind] ?? kind}`)}  ${plain(serial)}, scanned before, exception ${exceptionId}\n`,
    )
    .join('');
}

export function countText({ units, differences }: PickupCounted, paint: Paint): string {
  if (differences.length === 0) return `Counted ${units}: as the manifest and the inventory say.\n`;
  const rows = differences.map(({ kind, serial, exceptionId }) => [
    paint('bad', kind),
    plain(serial),
    exceptionId,
  ]);
  return `Counted ${units}. ${differences.length} to decide:\n${table(['difference', 'serial', 'exception'], rows, paint)}`;
}

export function handoverText(handover: Handover, paint: Paint): string {
  const { count, leaving, missing, vendor, confirmedAt } = handover;
  const head = pairs(
    [
      ['pickup', paint('strong', handover.pickupId)],
      [
        'counted',
        count === null ? paint('wait', 'not yet') : `${count.units}, ${localTime(count.countedAt)}`,
      ],
      ['leaves', `${leaving.units} units`],
      ['still to sign', missing.length === 0 ? 'nobody' : paint('wait', missing.join(', '))],
      ['confirmed', localTime(confirmedAt)],
      ['vendor lacked', vendor === null ? '–' : plain(vendor.lapsed.join(', ')) || 'nothing'],
    ],
    paint,
  );
  const rows = handover.signatures.map(({ side, name, signedAt, counts }) => [
    side,
    plain(name ?? '(erased)'),
    localTime(signedAt),
    counts ? 'counts' : paint('wait', 'the list has changed since'),
  ]);
  return rows.length === 0 ? head : `${head}\n${table(['side', 'signed by', 'at', ''], rows, paint)}`;
}

export function reconciliationText(items: readonly Reconciled[], paint: Paint): string {
  const mark = (is: boolean): string => (is ? 'yes' : paint('bad', 'no'));
  const rows = items.map((one) => [
    plain(one.serial),
    one.takenOffAs ?? mark(one.line !== null),
    mark(one.counted),
    one.dockVerdict ?? paint('bad', 'no'),
    mark(one.vendorScannedAt !== null),
    mark(one.received),
    plain(one.certificates.join(' ')) || paint('bad', 'no'),
  ]);
  return table(
    ['serial', 'manifest', 'count', 'our scan', 'vendor scan', 'receipt', 'certificate'],
    rows,
    paint,
  );
}

export function stagingText(items: readonly Staged[], now: Date, paint: Paint): string {
  const rows = items.map(({ deviceId, serial, model, stagedFrom, dueAt, owner, obstacle }) => [
    plain(serial),
    deviceId,
    plain(model),
    obstacle === null ? paint('good', 'ready') : obstacle,
    localTime(stagedFrom),
    dueAt !== null && Date.parse(dueAt) < now.getTime() ? paint('bad', localTime(dueAt)) : localTime(dueAt),
    plain(owner),
  ]);
  return table(
    ['serial', 'device', 'model', 'stands', 'staged from', 'on a pickup by', 'whose move'],
    rows,
    paint,
  );
}

export function missedText(items: readonly MissedDeadline[], paint: Paint): string {
  const rows = items.map(({ stream, trigger, owner, dueAt, healedAt }) => [
    stream,
    trigger,
    plain(owner),
    localTime(dueAt),
    healedAt === null ? paint('bad', 'open') : localTime(healedAt),
  ]);
  return table(['of', 'deadline', 'whose move', 'was due', 'happened'], rows, paint);
}

export function vendorText(vendor: Vendor, paint: Paint): string {
  const certifications = vendor.certifications.map((one) => [
    plain(one.scheme),
    plain(one.number),
    one.validFrom,
    one.validUntil,
  ]);
  const facilities = vendor.facilities.map(({ name, address, country, downstream }) => [
    plain(name),
    plain(address),
    country,
    plain(downstream.map((party) => `${party.name} (${party.country}, ${party.purpose})`).join('; ')) || '–',
  ]);
  return [
    pairs(
      [
        ['vendor', paint('strong', vendor.connector)],
        [
          'not valid today',
          vendor.lapsed.length === 0 ? 'nothing' : paint('bad', plain(vendor.lapsed.join(', '))),
        ],
      ],
      paint,
    ),
    table(['certification', 'number', 'from', 'until'], certifications, paint),
    table(['facility', 'address', 'country', 'downstream'], facilities, paint),
  ].join('\n');
}
