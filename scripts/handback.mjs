#!/usr/bin/env node
/**
 * The `handback` command of a checkout: makes ready what is missing, then runs src/cli/main.ts with
 * the right Node. A container or a service manager, where all is installed, runs that file itself.
 */
import { join } from 'node:path';
import { bootstrap, root, runMain } from './bootstrap.mjs';
import { handOver } from './bootstrap/child.mjs';

/** The commands that start a Temporal server of their own. */
const EMBEDDED = new Set(['up', 'demo']);

const args = process.argv.slice(2);
const main = join(root, 'src', 'cli', 'main.ts');

await runMain(async () => {
  const isEmbedded = args.some((argument) => EMBEDDED.has(argument)) && !args.includes('--help');
  const { node, env } = await bootstrap({ dev: false, temporal: isEmbedded ? 'server' : 'none' });
  return handOver(node, [main, ...args], { env });
});
