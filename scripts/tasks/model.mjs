/** `npm run test:model`: the long run of the model of wipe safety. */
import { parseArgs } from 'node:util';

/** Of the long run; the small set of `npm test` plays 2,000 from a seed of its own. */
const COMMANDS = '100000';

/**
 * What the tests in `test/model` are told by the environment, since vitest takes no arguments for tests.
 *
 * @param {string[]} args `--commands <n>`, `--seed <n>`, `--path <text>`, `--replay <text>`: the last two as a failed run prints them
 * @returns {Record<string, string>}
 */
export function modelEnv(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const { values } = parseArgs({ args, options: { commands: text, seed: text, path: text, replay: text } });
  const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
  const told = {
    COMMANDS: values.commands ?? COMMANDS,
    SEED: seed,
    PATH: values.path,
    REPLAY: values.replay,
  };
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) =>
      value === undefined ? [] : [[`HANDBACK_TEST_MODEL_${name}`, value]],
    ),
  );
}
