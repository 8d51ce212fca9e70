/**
 * Wipe safety against whatever happens. The small set runs with every test run; `npm run test:model` plays 100,000 commands
 * (`--commands`, `--seed`, `--path`, `--replay` change or repeat a run).
 */
import { describe, expect, test } from 'vitest';
import { playModel } from './support/run.ts';

const { env } = process;
const COMMANDS = Number(env['HANDBACK_TEST_MODEL_COMMANDS'] ?? 2_000);
const SEED = Number(env['HANDBACK_TEST_MODEL_SEED'] ?? 20_260_302);

describe('wipes, whatever happens', () => {
  test(`are all right over ${COMMANDS} commands (seed ${SEED})`, { timeout: 8 * 3_600_000 }, async () => {
    const path = env['HANDBACK_TEST_MODEL_PATH'];
    const replay = env['HANDBACK_TEST_MODEL_REPLAY'];
    const result = await playModel({
      commands: COMMANDS,
      seed: SEED,
      ...(path === undefined ? {} : { path }),
      ...(replay === undefined ? {} : { replay }),
    });
    const { ran, asked, wiped } = result;
    console.log(`seed ${SEED}: ${ran} commands, ${asked} wipes asked for, ${wiped} carried out`);
    expect(result.report).toBe('');
    // Else it would show nothing.
    expect([path !== undefined || ran >= COMMANDS, path !== undefined || wiped * 200 > ran]).toEqual([
      true,
      true,
    ]);
  });
});
