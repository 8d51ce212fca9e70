import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NoticePlan } from '../../../src/domain/notices/plan.ts';
import { routeNotice } from '../../../src/domain/notices/route.ts';
import type { NoticeQuestion, Reachable } from '../../../src/domain/notices/route.ts';

const PERSON: Reachable = {
  personId: 'per_ada',
  hasAddress: true,
  noContact: false,
  gone: false,
  country: 'DE',
  timeZone: 'Europe/Berlin',
};
const MANAGER: Reachable = { ...PERSON, personId: 'per_maya', country: 'FR', timeZone: null };

const PLAN: NoticePlan = {
  mailPeopleBy: 'mail',
  roles: {
    operator: [
      { connector: 'slack', to: 'ops' },
      { connector: 'mail', to: 'desk@it.example', language: 'fr' },
    ],
    'asset-manager': [{ connector: 'mail', to: 'assets@it.example' }],
    security: [],
  },
  language: 'en',
  timeZone: 'UTC',
  quietHours: null,
  giveUpAfterMs: 1_000,
  countries: { DE: { language: 'de', notice: {}, noChasers: false } },
};

function route(
  changes: Partial<Omit<NoticeQuestion, 'plan'>> & { readonly plan?: Partial<NoticePlan> } = {},
) {
  const { plan = {}, ...rest } = changes;
  return routeNotice({
    kind: 'return-chaser',
    gate: 'return',
    role: 'leaver',
    people: { leaver: PERSON, manager: MANAGER },
    modeOf: () => 'enforce',
    ...rest,
    plan: { ...PLAN, ...plan },
  });
}

const told = (routed: ReturnType<typeof route>) =>
  routed.map(({ role, place, suppressed }) => [role, place, suppressed]);

describe('who is told', () => {
  test('a leaver with a private address, in the language of their country', () => {
    expect(route()).toEqual([
      {
        role: 'leaver',
        place: 'leaver',
        personId: 'per_ada',
        connector: 'mail',
        target: null,
        template: 'return.leaver',
        language: 'de',
        country: 'DE',
        timeZone: 'Europe/Berlin',
        suppressed: null,
      },
    ]);
  });

  test.each([
    ['return-label', 'label.leaver'],
    ['return-box', 'box.leaver'],
  ] as const)(
    'of %s a leaver, or else a desk: never the manager, whom their home is no business of',
    (kind, template) => {
      expect(route({ kind })).toMatchObject([{ role: 'leaver', template, suppressed: null }]);
      for (const change of [{ hasAddress: false }, { noContact: true }]) {
        const routed = route({ kind, people: { leaver: { ...PERSON, ...change }, manager: MANAGER } });
        expect(routed.map(({ role }) => role)).toEqual(['leaver', 'asset-manager']);
        expect(routed[1]).toMatchObject({ template: 'label.staff', suppressed: null });
      }
      const nobody = route({
        kind,
        people: { leaver: { ...PERSON, noContact: true }, manager: MANAGER },
        plan: { roles: {} },
      });
      expect(told(nobody)).toEqual([
        ['leaver', 'leaver', 'no-contact'],
        ['asset-manager', 'asset-manager', 'role-not-configured'],
        ['operator', 'operator', 'role-not-configured'],
      ]);
    },
  );

  test.each([
    [{ hasAddress: false }, 'no-private-address'],
    [{ noContact: true }, 'no-contact'],
  ])('who cannot be written to is named with the reason, and the manager hears it', (change, why) => {
    const routed = route({ people: { leaver: { ...PERSON, ...change }, manager: MANAGER } });
    expect(told(routed)).toEqual([
      ['leaver', 'leaver', why],
      ['manager', 'manager', null],
    ]);
    expect(routed[1]?.template).toBe(why === 'no-contact' ? 'return.manager-quiet' : 'return.manager');
    expect(routed[1]).toMatchObject({ country: 'FR', timeZone: 'UTC', language: 'en' });
  });

  test('a country without chasers', () => {
    const countries = { DE: { notice: {}, noChasers: true } };
    expect(told(route({ plan: { countries } }))[0]).toEqual(['leaver', 'leaver', 'country-without-chasers']);
  });

  test.each([
    [null, 'manager-unknown'],
    [{ ...MANAGER, gone: true }, 'manager-gone'],
    [{ ...MANAGER, noContact: true }, 'no-contact'],
    [{ ...MANAGER, hasAddress: false }, 'no-work-address'],
  ] as const)('without a manager to tell, the asset desk', (manager, why) => {
    expect(told(route({ role: 'manager', people: { leaver: PERSON, manager } }))).toEqual([
      ['manager', 'manager', why],
      ['asset-manager', 'asset-manager/0', null],
    ]);
  });

  test('a role in each of its places', () => {
    const routed = route({ kind: 'gate-overdue', gate: 'wipe', role: 'operator' });
    expect(routed.map(({ connector, target, language }) => [connector, target, language])).toEqual([
      ['slack', 0, 'en'],
      ['mail', 1, 'fr'],
    ]);
  });

  test.each(['security', 'nobody-knows'])('a role that nobody has configured (%s): the operators', (role) => {
    expect(told(route({ kind: 'gate-overdue', gate: 'wipe', role }))).toEqual([
      [role, role, 'role-not-configured'],
      ['operator', 'operator/0', null],
      ['operator', 'operator/1', null],
    ]);
  });

  test('a leaver hears of nothing but their return', () => {
    const [first] = route({ kind: 'gate-overdue', gate: 'wipe' });
    expect(first).toMatchObject({ role: 'leaver', suppressed: 'not-for-leaver', connector: null });
  });

  test.each(['observe', 'recommend'] as const)('in %s nobody, and nobody in their place', (mode) => {
    expect(told(route({ modeOf: () => mode }))).toEqual([['leaver', 'leaver', `mode-${mode}`]]);
    expect(told(route({ role: 'operator', modeOf: () => mode }))).toEqual([
      ['operator', 'operator/0', `mode-${mode}`],
      ['operator', 'operator/1', `mode-${mode}`],
    ]);
  });

  test('whatever is configured, an end is come to, somebody is named, and each place once', () => {
    const reachable = fc.record({
      personId: fc.constant('per_x'),
      hasAddress: fc.boolean(),
      noContact: fc.boolean(),
      gone: fc.boolean(),
      country: fc.constantFrom('DE', 'fr', null),
      timeZone: fc.constantFrom('Europe/Berlin', null),
    });
    const targets = fc.array(
      fc.constantFrom({ connector: 'mail', to: 'a' }, { connector: 'slack', to: 'b' }),
      {
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('leaver', 'manager', 'asset-manager', 'operator', 'security', 'else'),
        fc.constantFrom('return-chaser', 'return-label', 'return-box', 'gate-overdue', 'exception-overdue'),
        fc.record({ leaver: reachable, manager: fc.option(reachable) }),
        fc.dictionary(fc.constantFrom('operator', 'asset-manager', 'security'), targets),
        fc.constantFrom('mail', null),
        fc.constantFrom('observe', 'recommend', 'enforce', null),
        (role, kind, people, roles, mailPeopleBy, mode) => {
          const routed = route({ role, kind, people, modeOf: () => mode, plan: { roles, mailPeopleBy } });
          expect(routed.length).toBeGreaterThan(0);
          expect(new Set(routed.map(({ place }) => place)).size).toBe(routed.length);
          const reached = routed.filter(({ suppressed }) => suppressed === null);
          expect(reached.every(({ connector }) => connector !== null && mode === 'enforce')).toBe(true);
          expect(people.leaver.noContact && reached.some((one) => one.role === 'leaver')).toBe(false);
        },
      ),
    );
  });
});
