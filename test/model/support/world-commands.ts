/** What happens outside: devices change hands, records change, vendors fail. */
import fc from 'fast-check';
import { OWNERSHIPS } from '../../../src/domain/platform.ts';
import { command } from './command.ts';
import type { Weighted } from './command.ts';
import { PEOPLE, WIPE_FAULTS } from './estate.ts';
import type { Estate, Wiped } from './estate.ts';
import { BOOKS, DIRECTORY, LEGAL, MDM } from './ports.ts';

const SOME = fc.nat(11);
const HOLDER = fc.constantFrom(...PEOPLE, null);

function nth<T>(items: Iterable<T>, n: number): T | null {
  const all = [...items];
  return all[n % Math.max(1, all.length)] ?? null;
}

const reassigned = fc.tuple(SOME, HOLDER).map(([n, to]) =>
  command(`the device manager names ${to ?? 'nobody'} as holder of record ${n}`, ({ estate }) => {
    const record = nth(estate.records.values(), n);
    if (record !== null) record.holder = to;
  }),
);

const rebooked = fc.tuple(SOME, HOLDER).map(([n, to]) =>
  command(`the books name ${to ?? 'nobody'} as holder of asset ${n}`, ({ estate }) => {
    const asset = nth(estate.assets.values(), n);
    if (asset !== null) asset.holder = to;
  }),
);

/** Everything says so: the device was handed on. */
const handedOn = fc.tuple(SOME, fc.constantFrom(...PEOPLE)).map(([n, to]) =>
  command(`device ${n} is handed on to ${to}`, ({ estate }) => {
    const serial = nth(estate.records.values(), n)?.serial ?? '';
    handOn(estate, serial, to);
  }),
);

export function handOn(estate: Estate, serial: string, to: string | null): void {
  for (const record of estate.records.values()) if (record.serial === serial) record.holder = to;
  for (const asset of estate.assets.values()) if (asset.serial === serial) asset.holder = to;
  for (const [person, serials] of estate.links) {
    if (person === to) serials.add(serial);
    else serials.delete(serial);
  }
}

const swapped = fc.tuple(SOME, SOME).map(([a, b]) =>
  command(`records ${a} and ${b} swap their serials`, ({ estate }) => {
    const [one, other] = [nth(estate.records.values(), a), nth(estate.records.values(), b)];
    if (one === null || other === null) return;
    [one.serial, other.serial] = [other.serial, one.serial];
  }),
);

const reused = fc.tuple(SOME, HOLDER).map(([n, holder]) =>
  command(`another record takes the serial of record ${n}, for ${holder ?? 'nobody'}`, ({ estate }) => {
    const first = nth(estate.records.values(), n);
    if (first === null || estate.records.size > 12) return;
    estate.enrol({ serial: first.serial, ownership: first.ownership, platform: first.platform, holder });
  }),
);

const vanished = SOME.map((n) =>
  command(`record ${n} vanishes from the device manager`, ({ estate }) => {
    const record = nth(estate.records.values(), n);
    if (record === null || estate.records.size <= 4) return;
    estate.records.delete(record.id);
    estate.enrol({ ...record, holder: record.holder });
  }),
);

const owned = fc.tuple(SOME, fc.constantFrom(...OWNERSHIPS), fc.boolean()).map(([n, ownership, inBooks]) =>
  command(`${inBooks ? 'asset' : 'record'} ${n} is ${ownership}`, ({ estate }) => {
    const one = nth<{ ownership: typeof ownership }>(
      inBooks ? estate.assets.values() : estate.records.values(),
      n,
    );
    if (one !== null) one.ownership = ownership;
  }),
);

const linked = fc.tuple(SOME, fc.constantFrom(...PEOPLE), fc.boolean()).map(([n, person, on]) =>
  command(`the directory ${on ? 'links' : 'unlinks'} ${person} and device ${n}`, ({ estate }) => {
    const serial = nth(estate.records.values(), n)?.serial ?? '';
    if (on) estate.links.get(person)?.add(serial);
    else estate.links.get(person)?.delete(serial);
  }),
);

/** Handed in, and nobody has written down to whom. */
const unnamed = SOME.map((n) =>
  command(`nobody is named as holder of device ${n} any more`, ({ estate }) => {
    const serial = nth(estate.records.values(), n)?.serial ?? '';
    handOn(estate, serial, null);
  }),
);

/** As it was in the beginning: else, after enough has changed, nothing would ever be wiped any more. */
export function putInOrder(estate: Estate, person: string): void {
  const mark = person.toUpperCase();
  const isTheirs = ({ serial }: { readonly serial: string }) => serial.includes(mark);
  for (const [id, record] of estate.records) if (record.serial.startsWith('X')) estate.records.delete(id);
  // A machine that no record shows any more is enrolled again.
  for (const { serial } of [...estate.assets.values()].filter(isTheirs))
    if (![...estate.records.values()].some((record) => record.serial === serial))
      estate.enrol({ serial, ownership: 'corporate', platform: 'windows', holder: person });
  for (const record of [...estate.records.values()].filter(isTheirs)) {
    record.ownership = 'corporate';
    handOn(estate, record.serial, person);
  }
  for (const asset of [...estate.assets.values()].filter(isTheirs)) asset.ownership = 'corporate';
}

const mended = fc
  .constantFrom(...PEOPLE)
  .map((person) =>
    command(`the records of ${person} are put in order`, ({ estate }) => putInOrder(estate, person)),
  );

const account = fc
  .tuple(
    fc.constantFrom(...PEOPLE),
    fc.constantFrom('active' as const, 'suspended' as const, 'deactivated' as const),
  )
  .map(([person, state]) =>
    command(`the account of ${person} is ${state}`, ({ estate }) => void estate.accounts.set(person, state)),
  );

const faulty = fc
  .constantFrom(...WIPE_FAULTS)
  .map((fault) => command(`the next wipe is ${fault}`, ({ estate }) => void (estate.fault = fault)));

const outage = fc.tuple(fc.constantFrom(DIRECTORY, MDM, BOOKS, LEGAL), fc.boolean()).map(([source, down]) =>
  command(`${source} is ${down ? 'down' : 'up'}`, ({ estate }) => {
    if (down) estate.down.add(source);
    else estate.down.delete(source);
  }),
);

const heldOutside = fc.tuple(fc.constantFrom(...PEOPLE), fc.boolean()).map(([person, on]) =>
  command(`the legal department ${on ? 'holds' : 'lets go of'} ${person} in its own system`, ({ estate }) => {
    if (on) estate.outsideHolds.add(person);
    else estate.outsideHolds.delete(person);
  }),
);

const carriedOut = fc.tuple(SOME, fc.constantFrom('done' as const, 'failed' as const)).map(([n, state]) =>
  command(`the device carries wipe ${n} out: ${state}`, ({ estate, time }) => {
    const wiped = nth<Wiped>(
      estate.wiped.filter((one) => one.state === 'pending'),
      n,
    );
    if (wiped === null) return;
    wiped.state = state;
    wiped.updatedAt = time;
  }),
);

export const WORLD: readonly Weighted[] = [
  { weight: 3, arbitrary: reassigned },
  { weight: 3, arbitrary: rebooked },
  { weight: 2, arbitrary: handedOn },
  { weight: 3, arbitrary: unnamed },
  { weight: 2, arbitrary: swapped },
  { weight: 1, arbitrary: reused },
  { weight: 1, arbitrary: vanished },
  { weight: 3, arbitrary: owned },
  { weight: 2, arbitrary: linked },
  { weight: 14, arbitrary: mended },
  { weight: 3, arbitrary: account },
  { weight: 4, arbitrary: faulty },
  { weight: 2, arbitrary: outage },
  { weight: 2, arbitrary: heldOutside },
  { weight: 3, arbitrary: carriedOut },
];
