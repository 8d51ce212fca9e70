/** Hardware that nobody holds: the server room, and what stands on the pallet beside it. */

/** What becomes of a unit on its way. */
export type Fate = 'clean' | 'drive-fails' | 'missing' | 'replaced';

export interface RoomUnit {
  readonly serial: string;
  readonly of: 'server' | 'network';
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  /** Serials of its drives; none in what holds no data. */
  readonly drives: readonly string[];
  readonly fate: Fate;
  /** Its record in the books. */
  readonly asset: RoomAsset;
}

export interface RoomAsset {
  readonly key: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly platform: 'windows';
  readonly ownership: 'corporate';
  readonly assetTag: string;
}

const SERVER = { of: 'server', manufacturer: 'Dell', model: 'PowerEdge R740' } as const;
const SWITCH = { of: 'network', manufacturer: 'Cisco', model: 'Catalyst 9200', drives: [] } as const;

/** The four units of the room, one for each fate, and a switch that goes as it should. */
export const ROOM: readonly RoomUnit[] = [
  unit({
    ...SERVER,
    serial: 'SRVA7740',
    assetTag: 'HB-S301',
    drives: ['SSDA10001', 'SSDA10002'],
    fate: 'clean',
  }),
  unit({
    ...SERVER,
    serial: 'SRVB7740',
    assetTag: 'HB-S302',
    drives: ['SSDB20001', 'SSDB20002'],
    fate: 'drive-fails',
  }),
  unit({
    ...SERVER,
    serial: 'SRVC7740',
    assetTag: 'HB-S303',
    drives: ['SSDC30001', 'SSDC30002'],
    fate: 'missing',
  }),
  unit({ ...SWITCH, serial: 'FOC2301D4', assetTag: 'HB-N304', fate: 'replaced' }),
  unit({ ...SWITCH, serial: 'FOC2301E5', assetTag: 'HB-N305', fate: 'clean' }),
];

/** What stands there and is on no manifest: a switch that wears the tag of another, and something that nobody knows. */
export const PALLET = [
  { serial: 'FOC9999X9', model: 'Catalyst 9200', assetTag: 'HB-N304', verdict: 'substituted' },
  { serial: 'UPS5550001', model: 'Smart-UPS 1500', assetTag: '', verdict: 'unexpected' },
] as const;

function unit(one: Omit<RoomUnit, 'asset'>): RoomUnit {
  const { serial, manufacturer, model, assetTag } = one;
  const asset = { key: serial.toLowerCase(), serial, manufacturer, model, assetTag };
  return { ...one, asset: { ...asset, platform: 'windows', ownership: 'corporate' } };
}
