/** How to call npm: as a script of the Node that is to run it, so that no shell or .cmd file is needed. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './child.mjs';
import { BootstrapError } from './say.mjs';

/**
 * @param {string} node the Node executable to run npm with
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, limitMs: number, doing?: string }} options
 */
export async function npm(node, args, options) {
  const cli = npmCli();
  if (cli) return run(node, [cli, ...args], options);
  const result = await run('npm', args, options);
  if (!result.notFound) return result;
  throw new BootstrapError('npm was not found.', [
    'Install npm beside Node (it comes with https://nodejs.org; on Debian it is a package of its own).',
  ]);
}

/** What to try when a registry could not be reached. */
export const registryAdvice = [
  'Is a package registry in reach? `npm ping` tells.',
  'Behind a proxy, set HTTPS_PROXY (and NODE_EXTRA_CA_CERTS where it signs with a certificate of its own).',
];

function npmCli() {
  const started = process.env.npm_execpath;
  if (started?.endsWith('npm-cli.js') && existsSync(started)) return started;
  const bin = dirname(process.execPath);
  const places = [
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ];
  return places.find((place) => existsSync(place));
}
