import { describe, expect, test } from 'vitest';
import { leastOf } from '../../../src/domain/modes.ts';
import { isMeant, modeOfPerson } from '../../../src/domain/people-groups.ts';
import type { PeopleMode } from '../../../src/domain/people-groups.ts';

const NL = { country: 'NL', group: null };
const PILOT = { country: 'DE', group: 'pilot' };
const NOBODY = { country: null, group: null };

test('the more careful of two modes counts', () => {
  expect(leastOf('enforce', 'observe')).toBe('observe');
  expect(leastOf('recommend', 'enforce')).toBe('recommend');
  expect(leastOf('recommend', 'recommend')).toBe('recommend');
});

describe('a group of people', () => {
  test.each([
    [{}, NOBODY, true],
    [{ countries: null, groups: null }, NL, true],
    [{ countries: ['NL'] }, NL, true],
    [{ countries: ['NL'] }, PILOT, false],
    [{ countries: ['NL'] }, NOBODY, false],
    [{ groups: ['pilot'] }, PILOT, true],
    [{ groups: ['pilot'] }, NL, false],
    [{ countries: ['NL'], groups: ['pilot'] }, PILOT, false],
    [{ countries: ['DE', 'NL'], groups: ['pilot'] }, PILOT, true],
  ])('%j means %j: %s', (selector, traits, meant) => {
    expect(isMeant(selector, traits)).toBe(meant);
  });
});

describe('the mode of a person', () => {
  const LINES: readonly PeopleMode[] = [
    { groups: ['pilot'], mode: 'enforce' },
    { countries: ['NL'], mode: 'recommend' },
    { mode: 'observe' },
  ];

  test('is that of the first line that means them', () => {
    expect(modeOfPerson(LINES, PILOT)).toBe('enforce');
    expect(modeOfPerson(LINES, NL)).toBe('recommend');
    expect(modeOfPerson(LINES, { country: 'FR', group: null })).toBe('observe');
  });

  test('limits nothing where no line means them', () => {
    expect(modeOfPerson([], NL)).toBe('enforce');
    expect(modeOfPerson([{ countries: ['DE'], mode: 'observe' }], NL)).toBe('enforce');
  });

  test('is the more careful one while their country is not known', () => {
    const lines: readonly PeopleMode[] = [{ countries: ['DE'], mode: 'observe' }, { mode: 'enforce' }];
    expect(modeOfPerson(lines, NOBODY)).toBe('observe');
    expect(modeOfPerson(lines, NL)).toBe('enforce');
    // The line is about a group that they are not in, whatever their country.
    expect(modeOfPerson([{ countries: ['DE'], groups: ['pilot'], mode: 'observe' }], NOBODY)).toBe('enforce');
  });
});
