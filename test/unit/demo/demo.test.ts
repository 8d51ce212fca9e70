/** Parts of the demo that decide by themselves whether it can be trusted. */
import { describe, expect, test } from 'vitest';
import { DEVICES, devicesOf, PEOPLE } from '../../../demo/cast.ts';
import { check, sameMembers } from '../../../demo/checks/check.ts';
import type { Evidence } from '../../../demo/checks/evidence.ts';
import { judge } from '../../../demo/checks/judge.ts';
import { isVictim } from '../../../demo/kills.ts';
import { readOptions } from '../../../demo/options.ts';
import { seeded } from '../../../demo/random.ts';
import { COLLECTIONS } from '../../../demo/stories/collections.ts';
import { STORIES } from '../../../demo/stories/index.ts';
import { Company } from '../../../sandbox/core/company.ts';
import type { Effect } from '../../../demo/vendors/control.ts';

const NOTHING: Evidence = {
  cases: new Map(),
  effects: [],
  okta: new Map(),
  graph: new Map(),
  certificates: new Map(),
  assets: new Map(),
  seen: new Set(),
};

function effect(kind: string, key: string): Effect {
  return { n: 1, at: '2026-01-01T00:00:00.000Z', instance: 'graph', kind, target: 'x', key, params: {} };
}

function failed(evidence: Evidence, what: string): boolean {
  const found = judge(evidence, { killed: false }).find((one) => one.what.includes(what));
  if (found === undefined) throw new Error(`no check says ${what}`);
  return !found.holds;
}

describe('the cast', () => {
  test('is a company that the sandbox takes, of twenty people and thirty devices', () => {
    const company = Company.parse({ people: PEOPLE, devices: DEVICES });
    expect([company.people.length, company.devices.length]).toEqual([20, 30]);
  });

  test('has serials and asset tags that are each its own', () => {
    expect(new Set(DEVICES.map(({ serial }) => serial)).size).toBe(DEVICES.length);
    expect(new Set(DEVICES.map(({ assetTag }) => assetTag)).size).toBe(DEVICES.length);
  });

  test('has one story per leaver, and a truck for every device that is disposed of', () => {
    const people = STORIES.map(({ person }) => person);
    expect(new Set(people).size).toBe(people.length);
    const disposed = STORIES.filter(
      ({ ends, person }) => ends === 'completed' && devicesOf(person).length > 0,
    );
    expect(COLLECTIONS.flat().toSorted()).toEqual(disposed.map(({ person }) => person).toSorted());
  });
});

describe('the judge', () => {
  test('passes nothing when nothing happened', () => {
    const perPerson = judge(NOTHING, { killed: false }).filter(({ what }) => what === 'has a case');
    expect(perPerson).toHaveLength(STORIES.length);
    expect(perPerson.some(({ holds }) => holds)).toBe(false);
  });

  test('finds a wipe too many, and one too few', () => {
    const wipes = STORIES.filter(({ ends }) => ends !== 'cancelled')
      .flatMap(({ person }) => devicesOf(person))
      .map(({ key }) => effect('wipe', key));
    const what = `${wipes.length} wipes`;
    expect(failed({ ...NOTHING, effects: wipes }, what)).toBe(false);
    expect(failed({ ...NOTHING, effects: [...wipes, effect('wipe', 'ada-laptop')] }, what)).toBe(true);
    expect(failed({ ...NOTHING, effects: wipes.slice(1) }, what)).toBe(true);
  });

  test('finds an effect on somebody who stays', () => {
    expect(failed({ ...NOTHING, effects: [effect('user.update', 'rosa')] }, 'no vendor was asked')).toBe(
      true,
    );
    expect(failed({ ...NOTHING, effects: [effect('wipe', 'rosa-laptop')] }, 'no vendor was asked')).toBe(
      true,
    );
    expect(failed({ ...NOTHING, effects: [effect('user.update', 'ada')] }, 'no vendor was asked')).toBe(
      false,
    );
  });

  test('says what it found instead', () => {
    expect(check('A', 'is one', false, { is: 2 }).found).toBe('{"is":2}');
    expect(sameMembers('A', 'both', ['a'], ['a', 'b'])).toMatchObject({
      holds: false,
      found: 'a instead of a, b',
    });
    expect(sameMembers('A', 'both', ['b', 'a'], ['a', 'b']).holds).toBe(true);
  });
});

describe('kills', () => {
  test('find each process by its command line, and no other', () => {
    const lines = {
      api: '/n/bin/node /h/src/cli/main.ts api --config /h/config/demo.yaml',
      worker: '/n/bin/node /h/src/cli/main.ts worker --config /h/config/demo.yaml',
      PostgreSQL: '/p/bin/postgres -D /d/data -p 4',
      Temporal: '/c/bin/temporal server start-dev --port=1',
    } as const;
    for (const victim of ['api', 'worker', 'PostgreSQL', 'Temporal'] as const) {
      const found = Object.entries(lines).filter(([, args]) => isVictim(victim, args));
      expect(found.map(([name]) => name)).toEqual([victim]);
    }
  });

  test('come at the same moments for the same seed', () => {
    const draw = (seed: number): readonly number[] => Array.from({ length: 5 }, seeded(seed));
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw(3).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

test('options that are no numbers are refused', () => {
  expect(readOptions(['--kill', '7'])).toMatchObject({ kill: 7, keep: false });
  expect(() => readOptions(['--kill', 'x'])).toThrow('--kill takes a number, not x');
  expect(() => readOptions(['--nope'])).toThrow('--nope');
});
