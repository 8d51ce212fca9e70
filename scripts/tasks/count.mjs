/**
 * The last line of `.ci/run`: `node scripts/tasks/count.mjs <exit code of npm test> <of the demo>` counts
 * each test of vitest's report, each other stage of `npm test`, and the demo. Ends with 1 on any failure. Before it, a line for
 * each test that was skipped, with its reason; one that gives none counts as failed.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { stagesReport, vitestReport } from './reports.mjs';

/**
 * @param {{ vitest?: object, stages?: { name: string, outcome: string }[], tests: number, demo: number }} run
 *   the parsed reports, `undefined` where there is none, and the two exit codes
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function count({ vitest, stages = [], tests, demo }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of vitest?.testResults ?? []) {
    const kinds = file.assertionResults.map(kindOf);
    for (const kind of kinds) counts[kind] += 1;
    // A file that could not be loaded fails without a failed test of its own.
    if (file.status === 'failed' && !kinds.includes('failed')) counts.failed += 1;
  }
  // What no test tells: a report that is missing or empty, an error outside of all tests, a signal.
  // (vitest's report says `success` in spite of an unhandled error; its exit code does not.)
  const ended = stages.find(({ name }) => name === 'tests')?.outcome;
  const told = counts.failed > 0 || (vitest?.success === true && counts.passed > 0 && ended !== 'failed');
  if (!told) counts.failed += 1;
  for (const { name, outcome } of stages) {
    if (name !== 'tests') counts[outcome] += 1;
  }
  if (tests !== 0 && counts.failed === 0) counts.failed += 1;
  counts[demo === 0 ? 'passed' : 'failed'] += 1;
  return counts;
}

function kindOf({ status, fullName }) {
  if (status === 'passed' || status === 'failed') return status;
  return REASON.test(fullName) ? 'skipped' : 'failed';
}

/** How a test, or what it stands in, says why it is skipped: `test/support/where.ts`. */
const REASON = /\[skipped: [^\]]+\]/;

/**
 * @param {{ testResults?: { assertionResults: { status: string, fullName: string }[] }[] }} [vitest] the parsed report
 * @returns {string[]} a line for each test that did not run
 */
export function skippedTests(vitest) {
  const tests = (vitest?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `not run: ${fullName}${REASON.test(fullName) ? '' : ' (says no reason)'}`);
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tests = 1, demo = 1] = process.argv.slice(2).map(Number);
  const vitest = read(vitestReport);
  for (const one of skippedTests(vitest)) process.stdout.write(`${one}\n`);
  const counts = count({ vitest, stages: read(stagesReport), tests, demo });
  process.stdout.write(`${line(counts)}\n`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
