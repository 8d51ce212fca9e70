/** The last line of continuous integration never hides a failure. */
import { expect, test } from 'vitest';
import { count, line, skippedTests } from '../../../scripts/tasks/count.mjs';

const file = (status: string, ...tests: readonly string[]): object => ({
  status,
  assertionResults: tests.map((each) => ({ status: each, fullName: `it [skipped: ${each} here]` })),
});
const report = (success: boolean, ...testResults: readonly object[]): object => ({ success, testResults });
const green = report(true, file('passed', 'passed', 'passed', 'pending', 'todo'));
const stages = [
  { name: 'lint', outcome: 'passed' },
  { name: 'tests', outcome: 'passed' },
];

test('tests, stages and the demo are counted', () => {
  expect(count({ vitest: green, stages, tests: 0, demo: 0 })).toEqual({ passed: 4, failed: 0, skipped: 2 });
});

test('the line tells of skipped tests only where there are some', () => {
  expect(line({ passed: 4, failed: 0, skipped: 3 })).toBe('4 passed, 0 failed, 3 skipped');
  expect(line({ passed: 4, failed: 1, skipped: 0 })).toBe('4 passed, 1 failed');
});

test('each skipped test is named with its reason, and one that gives none is a failure', () => {
  const silent = { status: 'passed', assertionResults: [{ status: 'skipped', fullName: 'says nothing' }] };
  const vitest = report(true, file('passed', 'passed', 'pending'), silent);
  expect(skippedTests(vitest)).toEqual([
    'not run: it [skipped: pending here]',
    'not run: says nothing (says no reason)',
  ]);
  expect(count({ vitest, stages, tests: 0, demo: 0 })).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

test.each([
  ['a failed test', { vitest: report(false, file('failed', 'passed', 'failed')), stages, tests: 1, demo: 0 }],
  ['a file that does not load', { vitest: report(false, file('failed')), stages, tests: 1, demo: 0 }],
  [
    'an error outside of all tests',
    { vitest: report(false, file('passed', 'passed')), stages, tests: 1, demo: 0 },
  ],
  ['a missing report', { stages: [], tests: 137, demo: 0 }],
  ['a report without tests', { vitest: report(true), stages, tests: 0, demo: 0 }],
  ['a failed stage', { vitest: green, stages: [{ name: 'lint', outcome: 'failed' }], tests: 1, demo: 0 }],
  ['an exit code that nothing explains', { vitest: green, stages, tests: 1, demo: 0 }],
  ['a failed demo', { vitest: green, stages, tests: 0, demo: 1 }],
])('%s counts as one failure', (_what, run) => {
  expect(count(run).failed).toBe(1);
});

test('a failed stage does not hide an unhandled error, which the report calls a success', () => {
  const failed = [
    { name: 'lint', outcome: 'failed' },
    { name: 'tests', outcome: 'failed' },
  ];
  expect(count({ vitest: green, stages: failed, tests: 1, demo: 0 }).failed).toBe(2);
});

test('a failed stage does not hide that the tests did not run', () => {
  const failed = [
    { name: 'lint', outcome: 'failed' },
    { name: 'tests', outcome: 'failed' },
  ];
  expect(count({ stages: failed, tests: 1, demo: 0 }).failed).toBe(2);
});
