/** `npm test`: everything that must hold before a change is merged, stage after stage, with a summary. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { root } from '../bootstrap.mjs';
import { handOver } from '../bootstrap/child.mjs';
import { duration } from '../bootstrap/say.mjs';
import { reports, stagesReport, vitestReport } from './reports.mjs';
import { tool } from './tool.mjs';

const stages = [
  { name: 'format', command: () => [tool('oxfmt'), '--check'] },
  { name: 'lint', command: () => [tool('oxlint'), '--deny-warnings'] },
  { name: 'types', command: () => [tool('typescript'), '--noEmit'] },
  {
    name: 'tests',
    command: () => [
      tool('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
  },
];

/**
 * The environment of tests: they start their own servers, so a shell that points at a real Temporal
 * server, database or installation must not lead them there.
 * @param {NodeJS.ProcessEnv} env
 */
export function testEnv(env) {
  const ours = /^HANDBACK_(CACHE|TEMPORAL_CLI|TEST_.+)$/;
  const foreign = (name) => /^(TEMPORAL_|DATABASE_URL$|PG[A-Z]+$)/.test(name);
  const keep = ([name]) => !foreign(name) && (!name.startsWith('HANDBACK_') || ours.test(name));
  return Object.fromEntries(Object.entries(env).filter(keep));
}

/**
 * Runs all stages, also after one failed: a contributor wants to see everything at once. Arguments go to
 * vitest (`npm test -- test/unit/wipe`).
 * @param {import('../bootstrap.mjs').Ready} ready
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function test({ node, env }, args) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const results = [];
  for (const { name, command } of stages) {
    process.stdout.write(`\n== ${name}\n`);
    const started = performance.now();
    const code = await handOver(node, [...command(), ...(name === 'tests' ? args : [])], {
      env: testEnv(env),
      cwd: root,
    });
    const outcome = code === 0 ? 'passed' : 'failed';
    results.push({ name, outcome, ms: Math.round(performance.now() - started) });
    if (code > 128) break; // A signal: whoever sent it wants all of it to end.
  }
  writeFileSync(stagesReport, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(summary(results));
  return results.every(({ outcome }) => outcome !== 'failed') ? 0 : 1;
}

function summary(results) {
  const lines = results.map(
    ({ name, outcome, ms }) => `  ${outcome.padEnd(8)} ${name.padEnd(8)} ${duration(ms)}`,
  );
  return `\n== summary\n${lines.join('\n')}\n`;
}
