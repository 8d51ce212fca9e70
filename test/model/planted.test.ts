/** The model can fail: each of these faults, planted into the guard, is found by as many commands as the small set plays. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { GuardInput, RefusalCode } from '../../src/domain/guard.ts';
import { playModel } from './support/run.ts';

/** What the guard overlooks, while a fault is planted. */
const planted = vi.hoisted(() => ({ overlooked: new Set<string>() }));
vi.mock('../../src/domain/guard.ts', async (original) => {
  const real = await original<{ readonly guard: (input: GuardInput) => readonly RefusalCode[] }>();
  const guard = (input: GuardInput): readonly RefusalCode[] =>
    real.guard(input).filter((code) => !planted.overlooked.has(code));
  return { ...real, guard };
});

const { env } = process;
const COMMANDS = Number(env['HANDBACK_MODEL_PLANTED'] ?? 2_000);
const ONLY = env['HANDBACK_MODEL_FAULT'];

/** A clause, and what the model must say of a wipe that it would have stopped. */
const FAULTS: readonly (readonly [RefusalCode, RegExp])[] = [
  ['holder-now-other', /a source names somebody else now/u],
  ['holder-now-unnamed', /no source names the leaver any more/u],
  ['ownership-not-corporate', /not explicitly corporate/u],
  ['serial-mismatch', /its serial is not the one/u],
  ['person-not-gone', /the person is not gone/u],
  ['on-hold', /it is on hold/u],
  ['kill-switch', /the kill switch is on/u],
  ['limit-reached', /more than the (window|day) takes|the limit was reached/u],
  ['connector-not-enforcing', /only to be watched/u],
  ['route-keeps-device', /its route keeps the device/u],
  ['approver-revoked', /may not any more/u],
];

// Ten minutes: only where it is asked for by the number of commands, and skipped in sight elsewhere.
describe.skipIf(env['HANDBACK_MODEL_PLANTED'] === undefined)('a guard that overlooks', () => {
  afterEach(() => planted.overlooked.clear());

  test.each(FAULTS.filter(([code]) => ONLY === undefined || code === ONLY))(
    '%s is found',
    { timeout: 1_800_000 },
    async (code, said) => {
      planted.overlooked.add(code);
      const result = await playModel({ commands: COMMANDS, seed: 7, shrink: false });
      console.log(`${code}: found after ${result.ran} commands`);
      expect(result.failed).toBe(true);
      expect(result.report).toMatch(said);
    },
  );
});
