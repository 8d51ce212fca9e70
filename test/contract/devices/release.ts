/** Letting go of a device: each step is asked for once, is fine when there is nothing to let go of, and is proven by reading. */
import { describe, expect, it } from 'vitest';
import { DEVICE_CAPABILITIES } from '../../../src/adapters/devices/port.ts';
import type { DeviceManager } from '../../../src/adapters/devices/port.ts';
import { PLATFORMS } from '../../../src/domain/platform.ts';
import { company, deviceOf } from './fixtures.ts';
import type { DeviceHarness } from './harness.ts';

const PATIENCE = { timeout: 20_000, interval: 40 };

export function describeRelease(current: () => DeviceHarness): void {
  const manager = (): DeviceManager => current().manager();
  const effects = (kind?: string) => current().sandbox.effects(kind);

  describe('capabilities', () => {
    it('are said for every platform, out of the closed set, each once', () => {
      for (const platform of PLATFORMS) {
        const { can } = manager().capabilities(platform);
        expect(new Set(can).size).toBe(can.length);
        for (const each of can) expect(DEVICE_CAPABILITIES).toContain(each);
      }
    });

    it('promise nothing for a platform that is not known', () => {
      expect(manager().capabilities('unknown')).toEqual({
        can: [],
        lockCutsOffWipe: true,
        removalMaySend: 'wipe',
      });
    });
  });

  describe('removing the record', () => {
    it('takes it away once, after which it is read as gone', async () => {
      const id = await current().idOf('laptop');
      await manager().removeRecord(id);
      expect(await manager().readDevice(id)).toBeNull();
      await manager().removeRecord(id);
      expect(await effects(current().effects.removeRecord)).toMatchObject([{ target: id }]);
    });

    it('does no more to a device than the capabilities say', async () => {
      const android = { ...deviceOf(current(), 'android', 'R5ADA0004', 'ada'), platform: 'android' as const };
      await current().seed({ ...company(current()), devices: [android] });
      for (const [key, platform] of [
        ['android', 'android'],
        ['laptop', 'macos'],
        ['bo-laptop', 'windows'],
      ] as const) {
        const id = await current().idOf(key);
        await manager().removeRecord(id);
        const sent = (await effects()).filter(({ target }) => target === id).map(({ kind }) => kind);
        const { removalMaySend } = manager().capabilities(platform);
        const { effects: names, wipeEffect } = current();
        const may = { nothing: [], retire: [names.retire], wipe: [names.retire, wipeEffect] }[removalMaySend];
        expect(sent[0]).toBe(names.removeRecord);
        expect(may).toEqual(expect.arrayContaining(sent.slice(1)));
      }
    });

    it('after a lost answer, reading back says whether it is gone', async () => {
      const id = await current().idOf('laptop');
      await current().sandbox.plant(current().requests.removeRecord, { type: 'drop-after-effect' });
      await expect(manager().removeRecord(id)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await manager().readDevice(id)).toBeNull();
    });
  });

  describe('the registration for automatic enrolment', () => {
    const SERIAL = 'PF0BO0003';

    it('is released once, and read as gone', async () => {
      expect(await manager().readAutopilot(SERIAL)).toBe('still-held');
      await manager().releaseAutopilot(SERIAL);
      await expect.poll(() => manager().readAutopilot(SERIAL), PATIENCE).toBe('released');
      await manager().releaseAutopilot(SERIAL);
      expect(await effects()).toMatchObject([{ kind: current().effects.releaseAutopilot, key: 'bo-laptop' }]);
    });

    it('is that of this serial alone, in any spelling, not of one that contains it', async () => {
      const longer = { ...deviceOf(current(), 'longer', `${SERIAL}9`, null), platform: 'windows' as const };
      await current().seed({ ...company(current()), devices: [longer] });
      await manager().releaseAutopilot(' pf0bo0003 ');
      await expect.poll(() => manager().readAutopilot(SERIAL), PATIENCE).toBe('released');
      expect(await manager().readAutopilot(`${SERIAL}9`)).toBe('still-held');
    });

    it('is left alone where two devices share the serial: which of them is a question for a person', async () => {
      const twin = { ...deviceOf(current(), 'twin', SERIAL, null), platform: 'windows' as const };
      await current().seed({ ...company(current()), devices: [twin] });
      await expect(manager().releaseAutopilot(SERIAL)).rejects.toMatchObject({
        code: 'conflict',
        vendorCode: 'SERIAL_NOT_UNIQUE',
      });
      expect(await effects()).toEqual([]);
      expect(await manager().readAutopilot(SERIAL)).toBe('still-held');
    });

    it.each(['', 'Default string', "x' or '1' eq '1"])('takes %j for no serial', async (serial) => {
      const requests = await current().sandbox.count({});
      await expect(manager().releaseAutopilot(serial)).rejects.toMatchObject({
        code: 'refused',
        vendorCode: 'NO_SERIAL',
      });
      expect(await manager().readAutopilot(serial)).toBe('unreadable');
      expect(await requests.hits()).toBe(0);
    });

    it('is not called released while the vendor does not answer', async () => {
      await current().sandbox.plant({ method: 'GET' }, { type: 'status', status: 503 });
      await expect(manager().readAutopilot(SERIAL)).rejects.toMatchObject({ code: 'retryable' });
    });

    it('after a lost answer, reading back says whether it is gone', async () => {
      await current().sandbox.plant(current().requests.releaseAutopilot, { type: 'drop-after-effect' });
      await expect(manager().releaseAutopilot(SERIAL)).rejects.toMatchObject({ code: 'outcome-unknown' });
      await expect.poll(() => manager().readAutopilot(SERIAL), PATIENCE).toBe('released');
      expect(await effects()).toHaveLength(1);
    });
  });

  describe('the Activation Lock', () => {
    const release = async (device: string) => {
      const mdmId = await current().idOf(device);
      const sendStartedAt = new Date().toISOString();
      await manager().releaseActivationLock(mdmId);
      return { mdmId, sendStartedAt, priorStartedAt: null };
    };

    it('is lifted on request, without anybody seeing the code that does it', async () => {
      await current().seed(company(current(), { activationLock: true, online: false }));
      expect((await current().hardware('laptop')).activationLocked).toBe(true);
      const secrets = await current().secretsOf('laptop');
      expect(secrets.length).toBeGreaterThan(0);
      const asked = await current().sandbox.count({ path: 'activationLockBypassCode' });
      const target = await release('laptop');
      await expect.poll(() => manager().readActivationLock(target), PATIENCE).toBe('released');
      expect((await current().hardware('laptop')).activationLocked).toBe(false);
      expect(await effects()).toMatchObject([{ kind: current().effects.releaseActivationLock }]);
      const seen = JSON.stringify([
        await manager().readDevice(target.mdmId),
        await manager().listDevices(null),
      ]);
      for (const secret of secrets) expect(seen).not.toContain(secret);
      expect(await asked.hits()).toBe(0);
    });

    it('is still held when the vendor failed to lift it', async () => {
      await current().seed(company(current(), { activationLock: true, bypass: 'failed' }));
      const target = await release('laptop');
      await expect.poll(() => manager().readActivationLock(target), PATIENCE).toBe('still-held');
      expect((await current().hardware('laptop')).activationLocked).toBe(true);
    });

    it('cannot be read before it was asked for, nor once the record is gone', async () => {
      const mdmId = await current().idOf('laptop');
      const target = { mdmId, sendStartedAt: new Date().toISOString(), priorStartedAt: null };
      expect(await manager().readActivationLock(target)).toBe('unreadable');
      await current().act('laptop', 'vanish');
      expect(await manager().readActivationLock(target)).toBe('unreadable');
    });

    it('does not exist on a platform that has none', async () => {
      const mdmId = await current().idOf('bo-laptop');
      const target = { mdmId, sendStartedAt: new Date().toISOString(), priorStartedAt: null };
      expect(await manager().readActivationLock(target)).toBe('not-applicable');
    });

    it('is lifted in one request, with an unknown outcome when its answer is lost', async () => {
      const match = current().requests.releaseActivationLock;
      const fault = await current().sandbox.plant(match, { type: 'status', status: 503 });
      await expect(release('laptop')).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await fault.hits()).toBe(1);
      expect(await effects()).toEqual([]);
    });
  });
}
