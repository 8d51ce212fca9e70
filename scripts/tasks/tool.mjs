/** Finds the script behind a development tool, so that it runs with the Node we choose on every platform. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

/** Where a package's command is not called like the package. */
const COMMANDS = { typescript: 'tsc' };

/**
 * @param {string} name an installed package with one command
 * @returns {string} path of the JavaScript file that starts it
 */
export function tool(name) {
  const home = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return join(home, typeof bin === 'string' ? bin : bin[COMMANDS[name] ?? name]);
}
