/** Devices and pickups, for people. */
import type { Decision } from '../client/decision-shapes.ts';
import type { DeviceDetail, PickupDetail, PickupHead } from '../client/shapes.ts';
import { custodyText, exceptionListText, openDecisions } from './cases.ts';
import { blockedTable } from './gates.ts';
import type { Paint } from './paint.ts';
import { pairs, plain, table } from './table.ts';
import { localTime, relativeTime } from './time.ts';

export function deviceText(
  device: DeviceDetail,
  decisions: readonly Decision[] | null,
  now: Date,
  paint: Paint,
): string {
  const { id, serial, manufacturer, model, assetTag, platform, ownership, custodies } = device;
  const head = pairs(
    [
      ['device', paint('strong', id)],
      ['serial', plain(serial)],
      ['model', plain([manufacturer, model].filter((part) => part !== null).join(' ')) || '–'],
      ['asset tag', plain(assetTag ?? '–')],
      ['is', `${platform}, ${ownership}`],
    ],
    paint,
  );
  const epochs = custodies.map((custody) => {
    const blocks = custody.blockedBy.length === 0 ? '' : `\n${blockedTable(custody.blockedBy, now, paint)}`;
    return `Epoch ${custody.epoch}, ${custody.caseId}: ${custodyText(custody, paint)}${blocks}`;
  });
  return [head, ...epochs, ...openDecisions(decisions, now, paint)].join('\n');
}

export function pickupListText(pickups: readonly PickupHead[], paint: Paint): string {
  const rows = pickups.map(({ id, connector, site, state, createdAt, confirmedAt }) => [
    id,
    state,
    connector,
    plain(site),
    localTime(createdAt),
    localTime(confirmedAt),
  ]);
  return table(['pickup', 'state', 'vendor', 'site', 'made', 'confirmed'], rows, paint);
}

function standingOfLine({ leaving, takenOffAs }: PickupDetail['lines'][number], paint: Paint): string {
  if (takenOffAs !== null) return paint('wait', takenOffAs);
  return leaving ? '' : paint('bad', 'must stay');
}

/** How far the inventories have been asked about what was scanned. */
function inventoryText(
  { asked, waiting, unanswered, answeredAt, silent }: PickupDetail['inventory'],
  now: Date,
  paint: Paint,
): string {
  if (asked === 0) return 'not asked since a scan';
  const last = answeredAt === null ? 'no answer yet' : `asked ${relativeTime(answeredAt, now)}`;
  const missing = [
    ...(waiting === 0 ? [] : [`${waiting} being asked about`]),
    ...(unanswered === 0 ? [] : [`${unanswered} not answered`]),
    ...silent.map(({ connector, failure }) => `${plain(connector)}: ${plain(failure)}`),
  ];
  const rest = missing.length === 0 ? '' : `; ${paint('wait', missing.join(', '))}`;
  return `${last}, ${asked - unanswered} of ${asked} scanned serials answered${rest}`;
}

export function pickupText(pickup: PickupDetail, now: Date, paint: Paint): string {
  const head = pairs(
    [
      ['pickup', paint('strong', pickup.id)],
      ['state', pickup.state],
      ['vendor', pickup.connector],
      ['its reference', plain(pickup.reference ?? '–')],
      ['site', plain(pickup.site)],
      ['made', localTime(pickup.createdAt)],
      ['confirmed', localTime(pickup.confirmedAt)],
      ['inventory', inventoryText(pickup.inventory, now, paint)],
    ],
    paint,
  );
  const lines = pickup.lines.map((line) => [
    String(line.line),
    plain(line.serial),
    plain(line.model),
    standingOfLine(line, paint),
    localTime(line.dockScannedAt),
    localTime(line.vendorScannedAt),
    localTime(line.receivedAt),
    plain(line.certificates.join(' ')) || '–',
  ]);
  const columns = ['line', 'serial', 'model', '', 'our scan', 'vendor scan', 'receipt', 'certificate'];
  const differences = pickup.discrepancies.map(({ kind, serial, exceptionId, outcome }) => [
    kind,
    plain(serial),
    outcome === null ? paint('bad', 'open') : plain(outcome),
    exceptionId ?? '–',
  ]);
  return [
    head,
    table(columns, lines, paint),
    ...(differences.length === 0
      ? []
      : [table(['does not add up', 'serial', 'decided', 'exception'], differences, paint)]),
    ...(pickup.exceptions.length === 0 ? [] : [exceptionListText(pickup.exceptions, now, paint)]),
  ].join('\n');
}
