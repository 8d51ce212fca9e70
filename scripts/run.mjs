/**
 * What the npm scripts run: `node scripts/run.mjs <command> [arguments]`. Each command works on a fresh
 * clone with nothing run before, on Node 20 or newer.
 */
import { readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bootstrap, root, runMain } from './bootstrap.mjs';
import { handOver } from './bootstrap/child.mjs';
import { modelEnv } from './tasks/model.mjs';
import { test, testEnv } from './tasks/test.mjs';
import { tool } from './tasks/tool.mjs';

/**
 * @typedef {import('./bootstrap.mjs').Ready} Ready
 * @typedef {object} Command
 * @property {import('./bootstrap.mjs').Needs} needs
 * @property {(ready: Ready, args: string[]) => Promise<number>} run returns the exit code
 */

const forTests = { temporal: 'cli', testServer: true };

/** @type {Record<string, Command>} */
const commands = {
  demo: { needs: { temporal: 'server' }, run: program('demo/main.ts') },
  bench: { needs: { temporal: 'server' }, run: program('bench/main.ts') },
  test: { needs: forTests, run: test },
  'test:unit': { needs: {}, run: vitest(['--project', 'unit', '--project', 'lint']) },
  'test:model': { needs: {}, run: model },
  'test:mutation': { needs: {}, run: mutation },
  'test:long': { needs: forTests, run: vitest([], { HANDBACK_TEST_LONG: '1' }) },
  lint: { needs: {}, run: tools('oxlint', ['--deny-warnings']) },
  format: { needs: {}, run: tools('oxfmt', []) },
  'format:check': { needs: {}, run: tools('oxfmt', ['--check']) },
  generate: { needs: {}, run: generate },
  typecheck: { needs: {}, run: tools('typescript', ['--noEmit']) },
};

function program(path) {
  return ({ node, env }, args) => handOver(node, [path, ...args], { env, cwd: root });
}

/** Writes the generated documents anew; each generator has a test that finds them out of date. */
async function generate({ node, env }) {
  const generators = readdirSync(join(root, 'scripts/generate')).filter((name) => name.endsWith('.ts'));
  for (const name of generators.toSorted()) {
    const code = await handOver(node, [join('scripts/generate', name)], { env, cwd: root });
    if (code !== 0) return code;
  }
  return 0;
}

function model(ready, args) {
  return vitest(['--project', 'model', 'test/model/wipe-safety.test.ts'], modelEnv(args))(ready, []);
}

/** Stryker starts processes of its own with the `node` on the path. */
function mutation({ node, env }, args) {
  const path = `${dirname(node)}${delimiter}${env.PATH ?? ''}`;
  const command = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  return handOver(node, [command, 'run', ...args], { env: { ...testEnv(env), PATH: path }, cwd: root });
}

function tools(name, fixed) {
  return ({ node, env }, args) => handOver(node, [tool(name), ...fixed, ...args], { env, cwd: root });
}

function vitest(fixed, more = {}) {
  return ({ node, env }, args) =>
    handOver(node, [tool('vitest'), 'run', ...fixed, ...args], {
      env: { ...testEnv(env), ...more },
      cwd: root,
    });
}

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`Usage: node scripts/run.mjs <${Object.keys(commands).join(' | ')}> [arguments]\n`);
    return 2;
  }
  return command.run(await bootstrap(command.needs), args);
});
