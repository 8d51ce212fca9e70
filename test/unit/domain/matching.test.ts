import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchDevices } from '../../../src/domain/matching.ts';
import type { MatchedDevice, SourceAnswer } from '../../../src/domain/matching.ts';
import { OWNERSHIPS, PLATFORMS } from '../../../src/domain/platform.ts';
import { SOURCE_KINDS } from '../../../src/domain/sighting.ts';
import type { DeviceSighting, SourceKind } from '../../../src/domain/sighting.ts';
import { sighting } from './support/history.ts';

/** What a record's serial may look like, and the key that it stands for. */
const SPELLINGS: readonly (readonly [string | null, string | null])[] = [
  ['PF2ABC01', 'PF2ABC01'],
  ['pf2-abc-01', 'PF2ABC01'],
  ['PF2ABC02', 'PF2ABC02'],
  [' pf2abc02 ', 'PF2ABC02'],
  ['5CG9QQ1', '5CG9QQ1'],
  ['Default string', null],
  ['To be filled by O.E.M.', null],
  ['', null],
  [null, null],
];
const keyOf = new Map(SPELLINGS);

const CONNECTORS: readonly (readonly [string, SourceKind])[] = [
  ['okta', 'identity'],
  ['entra', 'identity'],
  ['intune', 'mdm'],
  ['snipeit', 'inventory'],
];

interface Record {
  readonly connector: string;
  readonly sourceKind: SourceKind;
  readonly sighting: DeviceSighting;
}

const record: fc.Arbitrary<Record> = fc
  .record({
    source: fc.constantFrom(...CONNECTORS),
    externalId: fc.integer({ min: 1, max: 6 }).map(String),
    serial: fc.constantFrom(...SPELLINGS.map(([raw]) => raw)),
    manufacturer: fc.constantFrom(null, 'Lenovo', 'HP'),
    platform: fc.constantFrom(...PLATFORMS),
    ownership: fc.constantFrom(...OWNERSHIPS),
    directoryDeviceId: fc.constantFrom(undefined, 'd1', 'd2'),
  })
  .map(({ source: [connector, sourceKind], directoryDeviceId, ...rest }) => ({
    connector,
    sourceKind,
    sighting: { ...sighting(rest), ...(directoryDeviceId === undefined ? {} : { directoryDeviceId }) },
  }));

/** A source has one record of an id, whatever it is asked by. */
const records = fc.uniqueArray(record, {
  maxLength: 14,
  selector: (one) => `${one.connector}:${one.sighting.externalId}`,
});

/** One answer per record: the finest way to say the same thing. */
function answersOf(all: readonly Record[]): readonly SourceAnswer[] {
  return all.map(({ connector, sourceKind, sighting: one }) => ({ connector, sourceKind, sightings: [one] }));
}

function idsOf(device: MatchedDevice): readonly string[] {
  return device.sightings.map((one) => `${one.connector}:${one.sighting.externalId}`);
}

/** Independent of the code: a record's group is its key, or the one key that its directory id stands for, or itself alone. */
function groupOf(one: Record, all: readonly Record[]): string {
  const key = keyOf.get(one.sighting.serial) ?? null;
  if (key !== null) return key;
  const { directoryDeviceId } = one.sighting;
  const twins = all.filter((other) => other.sighting.directoryDeviceId === directoryDeviceId);
  const keys = new Set(
    twins.map((other) => keyOf.get(other.sighting.serial) ?? null).filter((text) => text !== null),
  );
  const [only] = keys;
  if (directoryDeviceId !== undefined && keys.size === 1 && only !== undefined) return only;
  return `alone ${one.connector}:${one.sighting.externalId}`;
}

describe('matchDevices', () => {
  test('puts every record into exactly one device, by its key alone', () => {
    fc.assert(
      fc.property(records, (all) => {
        const expected = new Map<string, string[]>();
        for (const one of all) {
          const group = groupOf(one, all);
          expected.set(group, [
            ...(expected.get(group) ?? []),
            `${one.connector}:${one.sighting.externalId}`,
          ]);
        }
        const found = matchDevices(answersOf(all)).map((device) => idsOf(device).toSorted().join(' '));
        expect(found.toSorted()).toEqual(
          [...expected.values()].map((ids) => ids.toSorted().join(' ')).toSorted(),
        );
      }),
    );
  });

  test('does not depend on the order of answers or of records in them', () => {
    fc.assert(
      fc.property(
        records.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }),
          ),
        ),
        ([all, shuffled]) => {
          expect(matchDevices(answersOf(shuffled))).toEqual(matchDevices(answersOf(all)));
        },
      ),
    );
  });

  test('says the same however a source cuts its records into answers, and when it is asked about one twice', () => {
    fc.assert(
      fc.property(
        records.chain((all) => fc.tuple(fc.constant(all), fc.subarray([...all]))),
        ([all, again]) => {
          const whole = CONNECTORS.map(([connector, sourceKind]) => ({
            connector,
            sourceKind,
            sightings: all.filter((one) => one.connector === connector).map((one) => one.sighting),
          }));
          expect(matchDevices([...whole, ...answersOf(again)])).toEqual(matchDevices(answersOf(all)));
        },
      ),
    );
  });

  test('never puts two different serials into one device', () => {
    fc.assert(
      fc.property(records, (all) => {
        for (const device of matchDevices(answersOf(all))) {
          const keys = new Set(
            device.sightings.map((one) => keyOf.get(one.sighting.serial)).filter((key) => key !== null),
          );
          expect([...keys]).toEqual(device.serial === null ? [] : [device.serial]);
        }
      }),
    );
  });

  test('lets a record without a usable serial stand alone unless its directory id names one device', () => {
    const blank = sighting({ externalId: 'a', serial: 'Default string' });
    const other = sighting({ externalId: 'b', serial: 'Default string' });
    const devices = matchDevices([
      { connector: 'intune', sourceKind: 'mdm', sightings: [blank, other, blank] },
    ]);
    expect(devices.map((device) => [device.serial, idsOf(device)])).toEqual([
      [null, ['intune:a']],
      [null, ['intune:b']],
    ]);
  });

  test('calls the ownership known only where no source contradicts another', () => {
    fc.assert(
      fc.property(records, (found) => {
        for (const device of matchDevices(answersOf(found))) {
          const all = device.sightings
            .map((one) => one.sighting.ownership)
            .filter((one) => one !== 'unknown');
          // Leased is what an inventory knows of what others call corporate: no contradiction.
          const said = all.includes('leased') ? all.filter((one) => one !== 'corporate') : all;
          const agreed = said.length > 0 && said.every((one) => one === said[0]);
          expect(device.ownership).toBe(agreed ? said[0] : 'unknown');
        }
      }),
    );
  });

  test('names every source that has two records of one serial, and no other', () => {
    fc.assert(
      fc.property(records, (all) => {
        for (const device of matchDevices(answersOf(all))) {
          const twice = CONNECTORS.map(([connector]) => connector).filter(
            (connector) => device.sightings.filter((one) => one.connector === connector).length > 1,
          );
          expect([...device.ambiguousIn].toSorted()).toEqual(twice.toSorted());
        }
      }),
    );
  });

  test('believes the device manager about the platform, whatever the others say', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const answers: readonly SourceAnswer[] = [
        { connector: 'snipeit', sourceKind: 'inventory', sightings: [sighting({ platform: 'windows' })] },
        { connector: 'zmdm', sourceKind: 'mdm', sightings: [sighting({ platform: 'macos' })] },
      ];
      const [device] = matchDevices(order.flatMap((index) => answers[index] ?? []));
      expect(device?.platform).toBe('macos');
    }
  });

  test('a device of every kind of source keeps one sighting of each', () => {
    const [device, ...rest] = matchDevices(
      SOURCE_KINDS.map((sourceKind) => ({ connector: sourceKind, sourceKind, sightings: [sighting()] })),
    );
    expect(rest).toEqual([]);
    expect(device?.sightings.map((one) => one.sourceKind).toSorted()).toEqual([
      'identity',
      'inventory',
      'mdm',
    ]);
  });
});
