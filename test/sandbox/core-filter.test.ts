import { describe, expect, test } from 'vitest';
import { cursorAfter, resume } from '../../sandbox/core/cursor.ts';
import { compileFilter, FilterSyntaxError } from '../../sandbox/core/filter.ts';

const item = {
  status: 'ACTIVE',
  count: 3,
  enabled: true,
  leave: null,
  changed: '2026-03-01T00:00:00Z',
  profile: { login: "o'hara@example.com", name: 'Say "hi"' },
  target: [{ id: 'a' }, { id: 'b' }],
};

describe('filters', () => {
  test.each([
    ['status eq "active"', true],
    ['status ne "ACTIVE"', false],
    ["profile/login eq 'o''hara@example.com'", true],
    [String.raw`profile.name eq "Say \"hi\""`, true],
    ['profile.login sw "O\'H" and profile.login ew ".com" and profile.login co "hara"', true],
    ["startswith(profile/login,'o''h')", true],
    ["contains(profile/login,'HARA')", true],
    ["contains(profile/login,'harp')", false],
    ['count gt 2 and count le 3', true],
    ['changed ge "2026-02-28T23:00:00-02:00"', false],
    ['changed lt 2026-03-01T00:00:01Z', true],
    ['enabled eq true', true],
    ['enabled eq false', false],
    ['leave eq null', true],
    ['leave ne null', false],
    ['missing ne "x"', true],
    ['missing eq "x"', false],
    ['profile.login pr and not (leave pr)', true],
    ['target.id eq "b"', true],
    ['target.id eq "c"', false],
    ['status eq "X" or status eq "ACTIVE" and count eq 4', false],
    ['(status eq "X" or status eq "ACTIVE") and count eq 3', true],
  ])('%s is %s', (expression, expected) => {
    expect(compileFilter(expression)(item)).toBe(expected);
  });

  test.each([
    '',
    'status',
    'status eq',
    'status is "x"',
    '(status eq "x"',
    'status eq "x" count eq 1',
    'status eq "x',
    'toString toString "x"',
  ])('what cannot be read is refused, not ignored: %s', (expression) => {
    expect(() => compileFilter(expression)).toThrow(FilterSyntaxError);
  });
});

describe('cursors', () => {
  const all = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
  const ids = (items: readonly { id: string }[] | undefined): string[] | undefined =>
    items?.map(({ id }) => id);
  const after = cursorAfter({ id: 'b' }, 2);

  test('what comes after the last item is given out', () => {
    expect(ids(resume(after, all, all))).toEqual(['c', 'd']);
  });

  test('nothing is skipped when the last item matches no more, or is gone', () => {
    const without = all.filter(({ id }) => id !== 'b');
    expect(ids(resume(after, all, without))).toEqual(['c', 'd']);
    expect(ids(resume(after, without, without))).toEqual(['c', 'd']);
  });

  test('a cursor of somebody else is refused', () => {
    expect(resume('nonsense', all, all)).toBeUndefined();
    expect(resume(Buffer.from('{}').toString('base64url'), all, all)).toBeUndefined();
  });
});
