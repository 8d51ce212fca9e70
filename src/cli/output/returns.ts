/** The way back of a device, for people. */
import type { DeviceReturn, DropOffAnswer } from '../client/return-shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain, table } from './table.ts';
import { localTime } from './time.ts';

const SAID: Readonly<Record<string, string>> = {
  received: 'Received',
  'already-received': 'Was received already',
  'already-returned': 'Was returned already: it has been scanned in',
  'unknown-serial': 'No device is known by that serial',
  'not-expected': 'The device is known, but nobody expects it back',
};

const GIVEN_BACK: Readonly<Record<string, string>> = {
  asked: 'the carrier was asked for the money, and the label is void',
  refused: 'the carrier gives nothing back',
  none: 'the carrier has not answered yet',
};

export function dropOffText({ verdict, receipt, exceptionId }: DropOffAnswer, paint: Paint): string {
  const said = SAID[verdict] ?? verdict;
  if (receipt === null)
    return exceptionId === null ? `${said}.\n` : `${said}: it is exception ${exceptionId}.\n`;
  const lines = pairs(
    [
      ['receipt', paint('strong', receipt.id)],
      ['device', receipt.deviceId],
      ['handed in by', receipt.handedInBy],
      [
        'received by',
        `${plain(receipt.receivedBy)}, ${plain(receipt.site)}, ${localTime(receipt.receivedAt)}`,
      ],
    ],
    paint,
  );
  return `${said}.\n${lines}It is not returned until its serial is scanned in (handback device scan).\n`;
}

export function returnText(found: DeviceReturn, paint: Paint): string {
  const { dropOff, parcels, wrongUnits, inspections } = found;
  const head = pairs(
    [
      ['device', `${paint('strong', found.deviceId)}, epoch ${found.epoch}`],
      ['scanned in', found.scannedAt === null ? 'not yet' : localTime(found.scannedAt)],
      ...(dropOff === null
        ? []
        : ([
            [
              'handed in',
              `${localTime(dropOff.receivedAt)}, ${plain(dropOff.site)}, to ${plain(dropOff.receivedBy)} (${dropOff.id})`,
            ],
          ] as const)),
    ],
    paint,
  );
  const parcelRows = parcels.map((one) => [
    one.purpose === 'box' ? 'box out' : 'way back',
    one.connector,
    plain(one.trackingCode),
    one.status,
    localTime(one.occurredAt),
    plain(one.labelUrl ?? '–'),
  ]);
  const inspected = inspections.map((one) => {
    const missing = one.accessories.filter(({ present }) => !present).map(({ item }) => item);
    return [
      localTime(one.at),
      one.condition,
      one.outcome ?? '–',
      one.setUpScreen ? 'yes' : 'no',
      missing.length === 0 ? '–' : missing.join(', '),
      String(one.photos.length),
    ];
  });
  return [
    head,
    ...(parcelRows.length === 0
      ? []
      : [table(['parcel', 'carrier', 'tracking', 'status', 'since', 'label'], parcelRows, paint)]),
    ...parcels.flatMap(({ trackingCode, givenBack }) =>
      givenBack === null
        ? []
        : [
            `${localTime(givenBack.at)}: nobody will use ${plain(trackingCode)} (${givenBack.why}); ${GIVEN_BACK[givenBack.outcome ?? 'none'] ?? givenBack.outcome}.\n`,
          ],
    ),
    ...wrongUnits.map(
      ({ at, trackingCode, foundSerial }) =>
        `${localTime(at)}: parcel ${plain(trackingCode)} held another unit, serial ${plain(foundSerial)}.\n`,
    ),
    ...(inspected.length === 0
      ? []
      : [
          table(
            ['inspected', 'condition', 'outcome', 'set-up screen', 'missing', 'photos'],
            inspected,
            paint,
          ),
        ]),
  ].join('\n');
}
