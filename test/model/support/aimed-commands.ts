/** Each thing that must stop a wipe, aimed at the devices of one person. */
import fc from 'fast-check';
import { WIPE_FAULTS } from './estate.ts';
import type { Estate } from './estate.ts';
import { command } from './command.ts';
import type { Command } from './command.ts';
import { agree, changeAccess, hold, stay } from './office.ts';
import { LEGAL } from './ports.ts';
import { ACTORS, ADMIN } from './town.ts';
import { handOn } from './world-commands.ts';
import { setKillSwitch } from '../../../src/store/kill-switch.ts';

/** @param other Somebody who is not leaving. */
export function aimedAt(person: string, other: string): fc.Arbitrary<Command> {
  const records = (estate: Estate) => [...estate.records.values()].filter(({ holder }) => holder === person);
  const each = (words: string, change: (estate: Estate, serial: string, id: string) => void) =>
    command(`${words} (${person})`, ({ estate }) => {
      for (const { serial, id } of records(estate)) change(estate, serial, id);
    });
  return fc.constantFrom(
    each('the device manager names another', (estate, _serial, id) => {
      const record = estate.records.get(id);
      if (record !== undefined) record.holder = other;
    }),
    each('the books name another', (estate, serial) => {
      for (const asset of estate.assets.values()) if (asset.serial === serial) asset.holder = other;
    }),
    each('the devices are handed on', (estate, serial) => handOn(estate, serial, other)),
    each('nobody is named any more', (estate, serial) => handOn(estate, serial, null)),
    each('the record has another serial', (estate, _serial, id) => {
      const record = estate.records.get(id);
      if (record !== undefined) record.serial = `X${record.serial}`.slice(0, 8);
    }),
    each('the record is of a personal device', (estate, _serial, id) => {
      const record = estate.records.get(id);
      if (record !== undefined) record.ownership = 'personal';
    }),
    each('the record says nothing of its ownership', (estate, _serial, id) => {
      const record = estate.records.get(id);
      if (record !== undefined) record.ownership = 'unknown';
    }),
    each('the record is enrolled anew', (estate, _serial, id) => {
      const record = estate.records.get(id);
      if (record === undefined) return;
      estate.records.delete(id);
      estate.enrol({ ...record });
    }),
    command(`${person} is back, and nobody has told us`, ({ estate }) => {
      estate.accounts.set(person, 'active');
    }),
    command(`${person} is hired again`, (town, book) => stay(town, book, person, 'rehired')),
    command(`the legal department holds ${person} in its own system`, ({ estate }) => {
      estate.outsideHolds.add(person);
    }),
    command('the system of the legal department is down', ({ estate }) => void estate.down.add(LEGAL)),
    command(`a hold on ${person}`, async (town, book) => {
      const [custody] = book.custodies.filter((one) => one.open && one.person === person);
      if (custody !== undefined) await hold(town, book, custody, 'legal', true);
    }),
    command(`a hold on each device of ${person}`, async (town, book) => {
      for (const custody of book.custodies.filter((one) => one.open && one.person === person))
        await hold(town, book, custody, 'data-handover', false);
    }),
    command(`the devices of ${person} are kept as evidence`, async (town, book) => {
      for (const custody of book.custodies.filter((one) => one.open && one.person === person))
        await agree(town, book, { kind: 'change-route', custody, to: 'legal-retention', by: ACTORS[0] });
    }),
    command('the kill switch is switched on', async (town, book) => {
      await town.transact((tx, now) => setKillSwitch(tx, true, { by: ADMIN, decisionId: null }, now));
      book.killed = true;
    }),
    command('everybody who approves loses all access', async (town, book) => {
      for (const actor of ACTORS) await changeAccess(town, book, actor, true);
    }),
    command('the device manager is only watched', (_town, book) => void (book.mode = 'observe')),
    command('more than a day goes by', (town) => void (town.time += 25 * 3_600_000)),
    ...WIPE_FAULTS.map((fault) =>
      command(`the next wipe is ${fault}`, ({ estate }) => void (estate.fault = fault)),
    ),
  );
}
