/** The model can fail: each of these faults, planted into the guard, is found by as many commands as the small set plays. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as Guard from '../../src/domain/guard.ts';
import type { GuardInput, RefusalCode } from '../../src/domain/guard.ts';
import type * as Intents from '../../src/store/wipe-intents.ts';
import { playModel } from './support/run.ts';

/** What the guard overlooks, and whether a claim is forgotten, while a fault is planted. */
const planted = vi.hoisted(() => ({ overlooked: new Set<string>(), forgets: false }));
vi.mock('../../src/domain/guard.ts', async (original) => {
  const real = await original<typeof Guard>();
  const guard = (input: GuardInput): readonly RefusalCode[] =>
    real.guard(input).filter((code) => !planted.overlooked.has(code));
  return { ...real, guard };
});

vi.mock('../../src/store/wipe-intents.ts', async (original) => {
  const real = await original<typeof Intents>();
  const readWipeIntent: typeof Intents.readWipeIntent = async (db, approvalId) =>
    planted.forgets ? null : real.readWipeIntent(db, approvalId);
  const claimWipe: typeof Intents.claimWipe = async (tx, claim, now) => {
    const result = await real.claimWipe(tx, claim, now);
    const before = await real.readWipeIntent(tx, claim.approvalId);
    if (!planted.forgets || result.kind !== 'claimed-before' || before === null) return result;
    return { kind: 'send', intentId: before.intentId, sendStartedAt: now.toISOString() };
  };
  return { ...real, readWipeIntent, claimWipe };
});

const { env } = process;
/** As many as the small set of `wipe-safety.test.ts`, from its seed. */
const COMMANDS = 2_000;
const SEED = 20_260_302;

/** Clauses that are overlooked together, and what the model must say of a wipe that they would have stopped. */
const FAULTS: readonly (readonly [readonly RefusalCode[], RegExp])[] = [
  [['holder-now-other'], /a source names somebody else now/u],
  [['holder-now-unnamed'], /no source names the leaver any more/u],
  [['ownership-not-corporate'], /not explicitly corporate/u],
  [['serial-mismatch'], /its serial is not the one/u],
  [['person-not-gone'], /the person is not gone/u],
  [['on-hold'], /it is on hold/u],
  [['holds-unreadable'], /whether it is held could not be read/u],
  [['kill-switch'], /the kill switch is on/u],
  [['limit-reached'], /more than the (window|day) takes|the limit was reached/u],
  [['connector-not-enforcing'], /only to be watched/u],
  [['route-keeps-device'], /its route keeps the device/u],
  [['approver-revoked'], /may not any more/u],
  // Whoever is hired again has an open account too: the case would not be missed alone.
  [['case-not-open', 'custody-not-open', 'person-not-gone'], /its custody is over|the person is not gone/u],
];
/** Found soonest: these run with every test run, all of them with `HANDBACK_TEST_LONG=1`. */
const QUICK: ReadonlySet<string> = new Set(['holder-now-other', 'person-not-gone', 'on-hold', 'kill-switch']);
const isLong = env['HANDBACK_TEST_LONG'] === '1';

afterEach(() => {
  planted.overlooked.clear();
  planted.forgets = false;
});

/** What the model says of the small set's commands, with the fault in place. */
async function said(): Promise<string> {
  const { ran, report } = await playModel({ commands: COMMANDS, seed: SEED, shrink: false });
  console.log(`found within ${ran} commands`);
  return report;
}

describe('the model finds', { timeout: 1_800_000 }, () => {
  test('a claim that is forgotten, so that an approval sends twice', async () => {
    planted.forgets = true;
    expect(await said()).toMatch(/two wipes of one approval/u);
  });

  test.each(FAULTS.filter(([[code]]) => isLong || QUICK.has(code ?? '')))(
    'a guard that overlooks %s',
    async (codes, wrong) => {
      for (const code of codes) planted.overlooked.add(code);
      expect(await said()).toMatch(wrong);
    },
  );
});
