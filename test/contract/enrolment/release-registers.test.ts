/** The release step at Apple's register: asked for where that can be done, believed when it is read. */
import { afterEach, expect, test } from 'vitest';
import { releaseFromRegisters } from '../../../src/activities/release-registers.ts';
import type { EngineContext } from '../../../src/activities/context.ts';
import type { ConnectorMode } from '../../../src/adapters/connectors.ts';
import type { CustodyState } from '../../../src/domain/custody-state.ts';
import { makeHarness } from './abm-harness.ts';
import type { AbmHarness } from './abm-harness.ts';
import { company } from './harness.ts';

const harnesses: AbmHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

async function register(options: object = {}, behaviour: object = {}): Promise<AbmHarness> {
  const harness = await makeHarness(options);
  harnesses.push(harness);
  await harness.seed(company(behaviour));
  return harness;
}

/** Lets the device go at each of these registers. */
function release(serial: string, registers: readonly AbmHarness[], mode: ConnectorMode = 'enforce') {
  const enrolment = new Map(
    registers.map(
      (one, n) => [`abm-${n}`, { name: `abm-${n}`, mode, port: one.abm(), reader: null }] as const,
    ),
  );
  const context = { connectors: { enrolment }, peopleModes: [] } as unknown as EngineContext;
  const custody = { opened: { data: { serial, personId: 'per_x' } } } as unknown as CustodyState;
  return releaseFromRegisters(context, custody);
}

async function released(harness: AbmHarness): Promise<readonly string[]> {
  const { effects } = await harness.sandbox.control.get<{
    effects: readonly { readonly kind: string; readonly target: string }[];
  }>('/effects');
  return effects.filter(({ kind }) => kind === 'release').map(({ target }) => target);
}

test('a device that the register has is let go, and counts when that is read', async () => {
  const apple = await register();
  expect(await release('C02ADA0001', [apple])).toBe('released');
  expect(await release('C02ADA0001', [apple])).toBe('released');
  expect(await released(apple)).toEqual(['C02ADA0001']);
});

test('what is not read as gone is still held, however the request was answered', async () => {
  const apple = await register({}, { appleRequest: 'never' });
  expect(await release('C02ADA0001', [apple])).toBe('still-held');
});

test('a register that only looks on, or offers no release, changes nothing', async () => {
  const [business, school] = [await register(), await register({ programme: 'school' })];
  expect(await release('C02ADA0001', [business], 'observe')).toBe('still-held');
  expect(await release('C02ADA0001', [business], 'recommend')).toBe('still-held');
  expect(await release('C02ADA0001', [school])).toBe('still-held');
  expect([...(await released(business)), ...(await released(school))]).toEqual([]);
});

test('of two registers both are read, and one that has it still outweighs one that never had it', async () => {
  const [first, second] = [await register(), await register({}, { appleRequest: 'failed' })];
  expect(await release('C02ADA0001', [first, second])).toBe('still-held');
  expect(await release('C02NOWHERE', [first, second])).toBe('released');
  expect(await release('C02ADA0001', [])).toBe('not-applicable');
});
