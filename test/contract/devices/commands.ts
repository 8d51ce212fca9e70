/** Retire and lock: sent once each, found again as the very command that was sent, and never taken for a wipe. */
import { describe, expect, it } from 'vitest';
import type { CommandTarget, DeviceManager } from '../../../src/adapters/devices/port.ts';
import { company, PARAMETERS } from './fixtures.ts';
import type { DeviceHarness } from './harness.ts';

const COMMAND = '018f0000-0000-7000-8000-000000000003';
const PATIENCE = { timeout: 20_000, interval: 40 };

export function describeCommands(current: () => DeviceHarness): void {
  const manager = (): DeviceManager => current().manager();
  const effects = (kind?: string) => current().sandbox.effects(kind);

  /** As the engine does: reads what is remembered, notes the time, sends. */
  async function send(command: 'retire' | 'lock', device: string): Promise<CommandTarget> {
    const mdmId = await current().idOf(device);
    const before = await manager().readDevice(mdmId);
    const prior = (command === 'retire' ? before?.retires : before?.locks)?.at(-1);
    const sendStartedAt = new Date().toISOString();
    await manager()[command](mdmId, COMMAND);
    return { mdmId, sendStartedAt, priorStartedAt: prior?.startedAt ?? null };
  }

  describe('retiring', () => {
    const stateOf = async (target: CommandTarget) => (await manager().readRetire(target))?.state;

    it('sends exactly one retire, and no wipe', async () => {
      const { mdmId } = await send('retire', 'phone');
      expect(await effects()).toMatchObject([{ kind: current().effects.retire, target: mdmId }]);
    });

    it('ends with the record gone, which no reading of a wipe takes for an erasure', async () => {
      const target = await send('retire', 'phone');
      await expect.poll(() => stateOf(target), PATIENCE).toBe('record-gone');
      expect(await manager().readDevice(target.mdmId)).toBeNull();
      expect(await manager().readWipe({ ...target, priorWipeStartedAt: null })).toBeNull();
    });

    it('stays pending for a device that is offline', async () => {
      await current().act('phone', 'offline');
      const target = await send('retire', 'phone');
      await expect.poll(() => stateOf(target), PATIENCE).toBe('pending');
      expect((await manager().readDevice(target.mdmId))?.lastWipe).toBeNull();
      await current().act('phone', 'online');
      await expect.poll(() => stateOf(target), PATIENCE).toBe('record-gone');
    });

    it('tells a retire that failed, and an older one from ours', async () => {
      await current().seed(company(current(), { retire: 'failed' }));
      const first = await send('retire', 'laptop');
      await expect.poll(() => stateOf(first), PATIENCE).toBe('failed');
      const device = await manager().readDevice(first.mdmId);
      const older = device?.retires?.at(-1)?.startedAt ?? '';
      expect(await manager().readRetire({ ...first, priorStartedAt: older })).toBeNull();
      // The listing of a sweep says the same as the single reading.
      const listed = (await manager().listDevices(null)).items.find(
        ({ externalId }) => externalId === first.mdmId,
      );
      expect(listed && manager().ourRetire(listed, first)).toMatchObject({ state: 'failed' });
    });

    it('says that a record is gone whoever took it away, and leaves the judgement to the rules', async () => {
      const mdmId = await current().idOf('phone');
      const target = { mdmId, sendStartedAt: new Date().toISOString(), priorStartedAt: null };
      expect(await manager().readRetire(target)).toBeNull();
      await current().act('phone', 'vanish');
      expect(await manager().readRetire(target)).toEqual({ state: 'record-gone' });
    });

    it('after a lost answer, reading back finds the one retire there was', async () => {
      await current().act('phone', 'offline');
      await current().sandbox.plant(current().requests.retire, { type: 'drop-after-effect' });
      const mdmId = await current().idOf('phone');
      const sendStartedAt = new Date().toISOString();
      await expect(manager().retire(mdmId, COMMAND)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await effects(current().effects.retire)).toHaveLength(1);
      await expect
        .poll(() => stateOf({ mdmId, sendStartedAt, priorStartedAt: null }), PATIENCE)
        .toBe('pending');
    });
  });

  describe('locking', () => {
    const stateOf = async (target: CommandTarget) => (await manager().readLock(target))?.state;

    it('sends exactly one lock and follows it; nobody sees the PIN that opens it', async () => {
      const target = await send('lock', 'laptop');
      await expect.poll(() => stateOf(target), PATIENCE).toBe('done');
      expect(await effects()).toMatchObject([{ kind: current().effects.lock, target: target.mdmId }]);
      expect(await current().hardware('laptop')).toMatchObject({ locked: true, wiped: false });
      const secrets = await current().secretsOf('laptop');
      expect(secrets.length).toBeGreaterThan(0);
      const seen = JSON.stringify([
        await manager().readLock(target),
        await manager().readDevice(target.mdmId),
        await manager().listDevices(null),
      ]);
      for (const secret of secrets) expect(seen).not.toContain(secret);
    });

    it('proves what the capabilities say: a lock that cuts off the wipe does', async () => {
      const { lockCutsOffWipe } = manager().capabilities('macos');
      const locked = await send('lock', 'laptop');
      await expect.poll(() => stateOf(locked), PATIENCE).toBe('done');
      const { mdmId } = locked;
      const sendStartedAt = new Date().toISOString();
      await manager().wipe(mdmId, PARAMETERS, COMMAND);
      const wiping = async () =>
        (await manager().readWipe({ mdmId, sendStartedAt, priorWipeStartedAt: null }))?.state;
      await expect.poll(wiping, PATIENCE).toBe(lockCutsOffWipe ? 'pending' : 'done');
      expect((await current().hardware('laptop')).wiped).toBe(!lockCutsOffWipe);
      await current().act('laptop', 'unlock');
      await expect.poll(wiping, PATIENCE).toBe('done');
    });

    it('is no retire and no wipe', async () => {
      const target = await send('lock', 'laptop');
      await expect.poll(() => stateOf(target), PATIENCE).toBe('done');
      expect(await manager().readDevice(target.mdmId)).toMatchObject({ wipes: [], retires: [] });
    });
  });

  describe.each(['retire', 'lock'] as const)('a %s that fails', (command) => {
    const ask = async () => manager()[command](await current().idOf('laptop'), COMMAND);

    it.each([500, 503])('answered %i is one request with an unknown outcome', async (status) => {
      const match = current().requests[command];
      const fault = await current().sandbox.plant(match, { type: 'status', status });
      await expect(ask()).rejects.toMatchObject({ code: 'outcome-unknown', status });
      expect(await fault.hits()).toBe(1);
      expect(await effects()).toEqual([]);
    });

    it('is told apart when the vendor refuses or throttles it', async () => {
      const match = current().requests[command];
      const refused = await current().sandbox.plant(match, { type: 'status', status: 403 });
      await expect(ask()).rejects.toMatchObject({ code: 'refused' });
      await refused.remove();
      await current().sandbox.plant(match, { type: 'rate-limit', retryAfterSeconds: 2 });
      await expect(ask()).rejects.toMatchObject({ code: 'retryable', retryAfterMs: 2000 });
      expect(await effects()).toEqual([]);
    });

    it('is not found for a device that the vendor does not know', async () => {
      await expect(manager()[command](current().unknownId, COMMAND)).rejects.toMatchObject({
        code: 'not-found',
      });
    });
  });
}
