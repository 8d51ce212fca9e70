/** Parts of the demo that decide by themselves whether it can be trusted. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEVICES, devicesOf, PEOPLE } from '../../../demo/cast.ts';
import { check, sameMembers } from '../../../demo/checks/check.ts';
import type { Evidence } from '../../../demo/checks/evidence.ts';
import { judge } from '../../../demo/checks/judge.ts';
import { isVictim } from '../../../demo/kills.ts';
import { readOptions } from '../../../demo/options.ts';
import { seeded } from '../../../demo/random.ts';
import { COLLECTIONS } from '../../../demo/stories/collections.ts';
import { STORIES } from '../../../demo/stories/index.ts';
import { WITH_THE_ROOM } from '../../../demo/stories/server-room.ts';
import { Company } from '../../../sandbox/core/company.ts';
import { SITE, WIPES_BEFORE } from '../../../demo/stories/morning.ts';
import type { Decision } from '../../../demo/engine/shapes.ts';
import type { Effect } from '../../../demo/vendors/control.ts';

const LIMIT = demoPolicy().wipeLimit.count;

/** As the demo's own configuration has it. */
function demoPolicy() {
  const text = readFileSync(new URL('../../../config/demo.yaml', import.meta.url), 'utf8');
  const { policy } = parse(text) as { policy: { wipeLimit: { count: number } } };
  return policy;
}

const NOTHING: Evidence = {
  cases: new Map(),
  effects: [],
  okta: new Map(),
  graph: new Map(),
  certificates: new Map(),
  assets: new Map(),
  seen: new Set(),
  decisions: [],
  limit: { allowed: LIMIT, used: 0, held: false },
  room: null,
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
  test('is a company that the sandbox takes, of thirty-three people and forty-three devices', () => {
    const company = Company.parse({ people: PEOPLE, devices: DEVICES });
    expect([company.people.length, company.devices.length]).toEqual([33, 43]);
  });

  test('has serials and asset tags that are each its own', () => {
    expect(new Set(DEVICES.map(({ serial }) => serial)).size).toBe(DEVICES.length);
    expect(new Set(DEVICES.map(({ assetTag }) => assetTag)).size).toBe(DEVICES.length);
  });

  test('has one story per leaver, and a truck for every device that is disposed of', () => {
    const people = STORIES.map(({ person }) => person);
    expect(new Set(people).size).toBe(people.length);
    const disposed = STORIES.filter(
      ({ ends, person, route = 'dispose' }) =>
        ends === 'completed' && route === 'dispose' && devicesOf(person).length > 0,
    );
    expect([...COLLECTIONS.flat(), ...WITH_THE_ROOM].toSorted()).toEqual(
      disposed.map(({ person }) => person).toSorted(),
    );
  });
});

describe('the wipe limit of the demo', () => {
  const wiped = STORIES.filter(({ ends, route }) => ends !== 'cancelled' && route !== 'personal').flatMap(
    ({ person, group }) => devicesOf(person).map(() => group),
  );
  const ofSite = wiped.filter((group) => group === SITE).length;

  test('lets through all who leave one by one, and not a whole site as well', () => {
    expect(wiped.length - ofSite).toBeLessThanOrEqual(LIMIT);
    expect(WIPES_BEFORE + ofSite).toBeGreaterThan(LIMIT);
  });

  test('is reached once: what is left after its release goes through', () => {
    expect(wiped.length).toBeLessThanOrEqual(2 * LIMIT);
  });
});

describe('the judge', () => {
  test('passes nothing when nothing happened', () => {
    const perPerson = judge(NOTHING, { killed: false }).filter(({ what }) => what === 'has a case');
    // Each leaver, and the room that nobody held.
    expect(perPerson).toHaveLength(STORIES.length + 1);
    expect(perPerson.some(({ holds }) => holds)).toBe(false);
  });

  test('finds a wipe too many, and one too few', () => {
    const wipes = STORIES.filter(({ ends }) => ends !== 'cancelled')
      .flatMap(({ person }) => devicesOf(person))
      .map(({ key, ownership }) => effect(ownership === 'personal' ? 'retire' : 'wipe', key));
    const what = `${wipes.length - 1} wipes, 1 retired`;
    expect(failed({ ...NOTHING, effects: wipes }, what)).toBe(false);
    expect(failed({ ...NOTHING, effects: [...wipes, effect('wipe', 'ada-laptop')] }, what)).toBe(true);
    expect(failed({ ...NOTHING, effects: wipes.slice(1) }, what)).toBe(true);
    const erased = wipes.map((one) => ({ ...one, kind: 'wipe' }));
    expect(failed({ ...NOTHING, effects: erased }, what)).toBe(true);
  });

  const RELEASED = '2026-01-01T00:00:10.000Z';
  const release: Decision = {
    id: 'dec_1',
    kind: 'release-wipe-limit',
    state: 'approved',
    subject: { held: [{ deviceId: 'abel-laptop' }] },
    deviceId: null,
    requestedBy: 'token:demo-duty',
    decidedBy: 'token:demo-approver',
    decidedAt: RELEASED,
  };
  const wipeAt = (second: number, key: string): Effect => ({
    ...effect('wipe', key),
    at: new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1000).toISOString(),
  });

  test('finds a wipe past the limit before its release, and a held one that was sent before it or twice', () => {
    const before = Array.from({ length: LIMIT }, (_, at) => wipeAt(at / 10, `before-${at}`));
    const released = { ...NOTHING, decisions: [release], seen: new Set(['release-needs-two'] as const) };
    const fails = (effects: readonly Effect[], what: string) => failed({ ...released, effects }, what);
    const after = wipeAt(11, 'abel-laptop');
    expect(fails([...before, after], 'no more than the limit')).toBe(false);
    expect(fails([...before, wipeAt(9, 'one-more'), after], 'no more than the limit')).toBe(true);
    expect(fails([...before, after], 'wiped once, after the release')).toBe(false);
    expect(fails([wipeAt(9, 'abel-laptop')], 'wiped once, after the release')).toBe(true);
    expect(fails([after, after], 'wiped once, after the release')).toBe(true);
    expect(fails([], 'wiped once, after the release')).toBe(true);
  });

  test('finds a release that one person made alone', () => {
    const alone = { ...release, decidedBy: release.requestedBy };
    const seen = new Set(['release-needs-two'] as const);
    expect(failed({ ...NOTHING, seen, decisions: [release] }, 'and another did')).toBe(false);
    expect(failed({ ...NOTHING, seen, decisions: [alone] }, 'and another did')).toBe(true);
    expect(failed({ ...NOTHING, decisions: [release] }, 'and another did')).toBe(true);
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
