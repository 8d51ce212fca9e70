/**
 * What every device manager adapter must do, whatever the vendor: run it with a harness around the vendor's simulator.
 * Ada has a laptop and a phone, Bo a laptop, Maya nothing.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceManager, WipeParameters, WipeTarget } from '../../../src/adapters/devices/port.ts';
import type { WipeObservation } from '../../../src/domain/wipe.ts';
import { describeCommands } from './commands.ts';
import { describeDeviceFailures } from './failures.ts';
import { company, deviceOf, PARAMETERS, peopleOf } from './fixtures.ts';
import type { DeviceHarness } from './harness.ts';
import { describeRelease } from './release.ts';

const COMMAND = '018f0000-0000-7000-8000-000000000001';
const PATIENCE = { timeout: 20_000, interval: 40 };

export function describeDeviceManager(name: string, makeHarness: () => Promise<DeviceHarness>): void {
  describe(`device manager: ${name}`, () => {
    let harness: DeviceHarness;
    let manager: DeviceManager;

    beforeEach(async () => {
      harness = await makeHarness();
      manager = harness.manager();
      await harness.seed(company(harness));
    });
    afterEach(() => harness.stop());

    /** As the engine does: reads what is remembered, notes the time, sends. */
    async function wipe(mdmId: string): Promise<WipeTarget> {
      const prior = await manager.readDevice(mdmId);
      const sendStartedAt = new Date().toISOString();
      await manager.wipe(mdmId, PARAMETERS, COMMAND);
      return { mdmId, sendStartedAt, priorWipeStartedAt: prior?.lastWipe?.startedAt ?? null };
    }

    const stateOf = async (target: WipeTarget): Promise<WipeObservation['state'] | undefined> =>
      (await manager.readWipe(target))?.state;

    describe('reading', () => {
      it('lists the devices of a person, each with what the guard needs', async () => {
        const ada = await harness.personId('ada');
        const devices = await manager.listDevicesOf(ada);
        expect(devices.toSorted((a, b) => (a.serial ?? '').localeCompare(b.serial ?? ''))).toMatchObject([
          {
            externalId: await harness.idOf('laptop'),
            serial: 'C02ADA0001',
            platform: 'macos',
            ownership: 'corporate',
            holderExternalId: ada,
            heldBySubject: true,
          },
          {
            externalId: await harness.idOf('phone'),
            serial: 'F17ADA0002',
            platform: 'ios',
            ownership: 'personal',
            holderExternalId: ada,
            heldBySubject: true,
          },
        ]);
        expect(await manager.listDevicesOf(await harness.personId('maya'))).toEqual([]);
      });

      it('shows two records of one serial as two', async () => {
        await harness.seed({ people: [], devices: [deviceOf(harness, 'twin', 'C02ADA0001', null)] });
        const all = await manager.listDevices(null);
        expect(all.items.filter(({ serial }) => serial === 'C02ADA0001')).toHaveLength(2);
      });

      it('reads one device live, with the holder as of now', async () => {
        const id = await harness.idOf('laptop');
        const device = await manager.readDevice(id);
        expect(device).toMatchObject({
          externalId: id,
          serial: 'C02ADA0001',
          ownership: 'corporate',
          holderExternalId: await harness.personId('ada'),
          lastWipe: null,
        });
        expect(device?.lastSeenAt).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/u);
        await harness.act('laptop', 'vanish');
        expect(await manager.readDevice(id)).toBeNull();
      });

      it('answers null for an id that nobody has', async () => {
        expect(await manager.readDevice(harness.unknownId)).toBeNull();
      });

      it('goes through all devices, each once, with their latest wipe', async () => {
        const devices = Array.from({ length: harness.severalPages }, (_, index) => ({
          ...deviceOf(harness, `d${index}`, `PFSWEEP${index}`, 'bo'),
          behaviour: { staleDone: index === 7 },
        }));
        await harness.seed({ people: peopleOf(harness), devices });
        const seen: string[] = [];
        const wiped: string[] = [];
        let pages = 0;
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<DeviceManager['listDevices']>> = await manager.listDevices(cursor);
          for (const { serial, lastWipe } of page.items) {
            seen.push(serial ?? '');
            if (lastWipe !== null) wiped.push(serial ?? '');
          }
          cursor = page.next;
          pages += 1;
        } while (cursor !== null);
        expect(pages).toBeGreaterThan(1);
        expect(seen).toHaveLength(harness.severalPages + 3);
        expect(new Set(seen).size).toBe(seen.length);
        expect(wiped).toEqual(['PFSWEEP7']);
      });
    });

    describe('wiping', () => {
      it('says how a lost answer is resolved', () => {
        expect(['same-command-id', 'authoritative-readback', 'never']).toContain(manager.lostAnswer.kind);
      });

      it('sends exactly one wipe, with every parameter said', async () => {
        const id = await harness.idOf('laptop');
        await wipe(id);
        expect(await harness.sandbox.effects(harness.wipeEffect)).toMatchObject([
          { target: id, params: harness.wipeParams },
        ]);
      });

      it.each([
        { keepUserData: true },
        { keepEnrollmentData: true },
        { keepUserData: undefined },
        { keepEnrollmentData: 'no' },
      ])('refuses a wipe that might keep data, before anything is sent: %j', async (over) => {
        const id = await harness.idOf('laptop');
        const requests = await harness.sandbox.count(harness.requests.wipe);
        const parameters = { ...PARAMETERS, ...over } as unknown as WipeParameters;
        await expect(manager.wipe(id, parameters, COMMAND)).rejects.toMatchObject({
          code: 'refused',
          vendorCode: 'KEEPS_DATA',
        });
        expect(await requests.hits()).toBe(0);
        expect(await harness.sandbox.effects()).toEqual([]);
      });

      it.each([
        [true, 'present'],
        [false, 'erased'],
      ] as const)('decides about the eSIM plan of a phone: kept %s is %s', async (keepEsimPlan, esim) => {
        const id = await harness.idOf('phone');
        await manager.wipe(id, { ...PARAMETERS, keepEsimPlan }, COMMAND);
        await expect.poll(() => harness.hardware('phone'), PATIENCE).toMatchObject({ wiped: true, esim });
      });

      it('follows it to the terminal state, with times that fit the send', async () => {
        const target = await wipe(await harness.idOf('laptop'));
        await expect.poll(() => stateOf(target), PATIENCE).toBe('done');
        const observed = await manager.readWipe(target);
        expect(Date.parse(observed?.startedAt ?? '')).toBeGreaterThanOrEqual(
          Date.parse(target.sendStartedAt) - 60_000,
        );
        expect(Date.parse(observed?.updatedAt ?? '')).toBeGreaterThanOrEqual(
          Date.parse(observed?.startedAt ?? ''),
        );
        expect(
          (await manager.listDevices(null)).items.find(({ externalId }) => externalId === target.mdmId)
            ?.lastWipe?.state,
        ).toBe('done');
      });

      it('stays pending for a device that is offline, and lands when it comes back', async () => {
        await harness.act('laptop', 'offline');
        const target = await wipe(await harness.idOf('laptop'));
        await expect.poll(() => stateOf(target), PATIENCE).toBe('pending');
        await harness.act('laptop', 'online');
        await expect.poll(() => stateOf(target), PATIENCE).toBe('done');
      });

      it('tells a wipe that failed', async () => {
        await harness.seed(company(harness, { wipe: 'failed' }));
        const target = await wipe(await harness.idOf('laptop'));
        await expect.poll(() => stateOf(target), PATIENCE).toBe('failed');
      });

      it('shows nothing while the vendor does not show it yet', async () => {
        await harness.seed(company(harness, { lagMs: 60_000 }));
        const target = await wipe(await harness.idOf('laptop'));
        expect(await manager.readWipe(target)).toBeNull();
        expect(await harness.sandbox.effects(harness.wipeEffect)).toHaveLength(1);
      });

      it('never takes an older wipe that was done for ours', async () => {
        await harness.seed(company(harness, { staleDone: true, online: false }));
        const id = await harness.idOf('laptop');
        const before = await manager.readDevice(id);
        expect(before?.lastWipe?.state).toBe('done');
        const priorWipeStartedAt = before?.lastWipe?.startedAt ?? null;
        const sendStartedAt = new Date().toISOString();
        expect(await manager.readWipe({ mdmId: id, sendStartedAt, priorWipeStartedAt })).toBeNull();
        expect(await manager.readWipe({ mdmId: id, sendStartedAt, priorWipeStartedAt: null })).toBeNull();
        // Not even when its start is as late as a send could be.
        const backThen = priorWipeStartedAt ?? '';
        expect(
          await manager.readWipe({ mdmId: id, sendStartedAt: backThen, priorWipeStartedAt: backThen }),
        ).toBeNull();
        const target = await wipe(id);
        await expect.poll(() => stateOf(target), PATIENCE).toBe('pending');
      });

      it('a device that vanished proves nothing', async () => {
        await harness.seed(company(harness, { wipe: 'vanish' }));
        const target = await wipe(await harness.idOf('laptop'));
        await expect.poll(() => manager.readDevice(target.mdmId), PATIENCE).toBeNull();
        expect(await manager.readWipe(target)).toBeNull();
      });

      it('a device that enrolled again is another record, without the old wipe', async () => {
        const target = await wipe(await harness.idOf('laptop'));
        await expect.poll(() => stateOf(target), PATIENCE).toBe('done');
        await harness.act('laptop', 'enrol');
        const again = await harness.idOf('laptop');
        expect(again).not.toBe(target.mdmId);
        expect((await manager.readDevice(again))?.lastWipe).toBeNull();
      });
    });

    describeDeviceFailures(() => harness, wipe);
    describeCommands(() => harness);
    describeRelease(() => harness);

    it('finds no permission missing, and names what is refused', async () => {
      expect(await manager.probe()).toEqual({ missing: [] });
      await harness.sandbox.plant(harness.requests.listDevices, { type: 'status', status: 403 });
      expect((await manager.probe()).missing.length).toBeGreaterThan(0);
    });
  });
}
