import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startGraph } from './graph-harness.ts';
import type { Device, GraphHarness } from './graph-harness.ts';

const ALL = '/deviceManagement/managedDevices';
const AUTOPILOT = '/deviceManagement/windowsAutopilotDeviceIdentities';

/** What the control listener shows beside the record. */
interface Hardware extends Device {
  wiped: boolean;
  dataLeft: boolean | null;
  esim: string | null;
  locked: boolean;
  needsUnlock: boolean;
  activationLocked: boolean;
  bypassCode: string | null;
  lastSyncDateTime: string;
}

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

const hardware = (key: string): Promise<Hardware> => graph.control.get(`/instances/graph/devices/${key}`);
const act = (key: string, what: string): Promise<Hardware> =>
  graph.control.post(`/instances/graph/devices/${key}/${what}`);
const expectSettled = (key: string, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await hardware(key)).toMatchObject(expected), 5000);

/** Sends a command to a seeded device; resolves with the status. */
async function send(key: string, command: string, body?: unknown): Promise<number> {
  const { id } = await hardware(key);
  return (await graph.api('POST', `${ALL}/${id}/${command}`, body)).status;
}
const wiping = { keepEnrollmentData: false, keepUserData: false };

describe('retire', () => {
  test('removes the record, and erases nothing', async () => {
    const { id } = await hardware('ada-phone');
    expect(await send('ada-phone', 'retire')).toBe(204);
    await vi.waitFor(async () => expect((await graph.api('GET', `${ALL}/${id}`)).status).toBe(404), 5000);
    expect(await graph.effects('')).toMatchObject([{ kind: 'retire', target: id }]);
  });

  test('waits for the device, and can fail', async () => {
    await graph.seed({ online: false, retire: 'failed' });
    await send('ada-phone', 'retire');
    await expectSettled('ada-phone', {
      managementState: 'retirePending',
      deviceActionResults: [{ actionName: 'retire', actionState: 'pending' }],
    });
    await act('ada-phone', 'online');
    await expectSettled('ada-phone', {
      managementState: 'retireFailed',
      deviceActionResults: [{ actionState: 'failed' }],
    });
  });
});

describe('lock', () => {
  test('a locked Mac runs nothing until somebody gives the PIN', async () => {
    await send('ada-laptop', 'remoteLock');
    await expectSettled('ada-laptop', { locked: true, needsUnlock: true });
    await send('ada-laptop', 'wipe', wiping);
    await expectSettled('ada-laptop', { managementState: 'wipePending' });
    const { lastSyncDateTime } = await hardware('ada-laptop');
    expect(await act('ada-laptop', 'checkin')).toMatchObject({ lastSyncDateTime, wiped: false });
    expect(await hardware('ada-laptop')).toMatchObject({ managementState: 'wipePending' });
    await act('ada-laptop', 'unlock');
    await expectSettled('ada-laptop', { wiped: true, managementState: 'wipeIssued' });
  });

  test('a second lock of a locked Mac fails', async () => {
    await send('ada-laptop', 'remoteLock');
    await expectSettled('ada-laptop', { locked: true });
    await send('ada-laptop', 'remoteLock');
    await expectSettled('ada-laptop', {
      deviceActionResults: [{ actionState: 'done' }, { actionState: 'failed' }],
    });
    expect(await graph.effects('kind=remoteLock')).toHaveLength(2);
  });

  test('a locked iPhone hears a wipe until it is restarted, and then no more until it is unlocked', async () => {
    await send('ada-phone', 'remoteLock');
    await expectSettled('ada-phone', { locked: true, needsUnlock: false });
    expect(await act('ada-phone', 'restart')).toMatchObject({ needsUnlock: true });
    await send('ada-phone', 'wipe', wiping);
    await expectSettled('ada-phone', { managementState: 'wipePending' });
    await act('ada-phone', 'checkin');
    expect(await hardware('ada-phone')).toMatchObject({ wiped: false, managementState: 'wipePending' });
    await act('ada-phone', 'unlock');
    await expectSettled('ada-phone', { wiped: true });
  });

  test('one that was locked and not restarted is wiped', async () => {
    await send('ada-phone', 'remoteLock');
    await expectSettled('ada-phone', { locked: true });
    await send('ada-phone', 'wipe', wiping);
    await expectSettled('ada-phone', { wiped: true, locked: false });
  });

  test('Windows has none', async () => {
    await send('bo-laptop', 'remoteLock');
    await expectSettled('bo-laptop', {
      locked: false,
      deviceActionResults: [{ actionState: 'notSupported' }],
    });
  });

  test('the result of a Mac carries the PIN that opens it', async () => {
    await send('ada-laptop', 'remoteLock');
    await expectSettled('ada-laptop', {
      deviceActionResults: [{ actionState: 'done', unlockPin: expect.stringMatching(/^\d{6}$/u) }],
    });
  });
});

describe('a wipe and what it leaves', () => {
  test.each([{ keepUserData: true }, { keepEnrollmentData: true }])(
    'one that keeps something is done, and the device lives on with its data: %j',
    async (keep) => {
      await send('bo-laptop', 'wipe', { ...wiping, ...keep });
      await expectSettled('bo-laptop', {
        dataLeft: true,
        wiped: false,
        deviceActionResults: [{ actionState: 'done' }],
      });
      const { lastSyncDateTime: before } = await hardware('bo-laptop');
      await vi.waitFor(
        async () => expect((await act('bo-laptop', 'checkin')).lastSyncDateTime).not.toBe(before),
        5000,
      );
    },
  );

  test.each([
    [{}, 'present'],
    [{ persistEsimDataPlan: true }, 'present'],
    [{ persistEsimDataPlan: false }, 'erased'],
  ])('the eSIM plan with %j is %s', async (said, esim) => {
    await graph.seed({ esim: true });
    await send('ada-phone', 'wipe', { ...wiping, ...said });
    await expectSettled('ada-phone', { wiped: true, dataLeft: false, esim });
  });
});

describe('deleting a record', () => {
  const remove = async (key: string): Promise<number> =>
    (await graph.api('DELETE', `${ALL}/${(await hardware(key)).id}`)).status;
  const kinds = async (): Promise<unknown[]> =>
    (await graph.effects('')).map((effect) => (effect as { kind: string }).kind);

  test('takes it away at once, and retires a device that still listens', async () => {
    expect(await remove('ada-laptop')).toBe(204);
    await expect(hardware('ada-laptop')).rejects.toThrow('404');
    expect(await kinds()).toEqual(['managed-device.delete', 'retire']);
  });

  test.each([
    ['corporate', 'wipe'],
    ['personal', 'retire'],
  ])('of a %s Android sends it a %s', async (ownership, sent) => {
    await graph.control.post('/company', {
      devices: [
        {
          key: 'droid',
          serial: 'R5DROID01',
          manufacturer: 'Google',
          model: 'Pixel',
          platform: 'android',
          ownership,
          mdm: 'graph',
        },
      ],
    });
    await remove('droid');
    expect(await kinds()).toEqual(['managed-device.delete', sent]);
  });

  test('of one that is erased sends nothing', async () => {
    await send('ada-laptop', 'wipe', wiping);
    await expectSettled('ada-laptop', { wiped: true });
    await remove('ada-laptop');
    expect(await kinds()).toEqual(['wipe', 'managed-device.delete']);
  });
});

describe('Activation Lock', () => {
  test('is lifted without the device, and a reset takes the bypass code away', async () => {
    await graph.seed({ activationLock: true, online: false });
    expect(await hardware('ada-phone')).toMatchObject({ activationLocked: true });
    expect(await send('ada-phone', 'bypassActivationLock')).toBe(204);
    await expectSettled('ada-phone', {
      activationLocked: false,
      deviceActionResults: [{ actionName: 'bypassActivationLock', actionState: 'done' }],
    });
    expect((await hardware('ada-phone')).bypassCode).toMatch(/^\w{26}$/u);
    await send('ada-phone', 'wipe', wiping);
    await act('ada-phone', 'online');
    await expectSettled('ada-phone', { wiped: true, bypassCode: null });
  });

  test('its bypass code comes only by name', async () => {
    const { id, bypassCode } = await hardware('ada-phone');
    const read = (query: string): Promise<Record<string, unknown>> => graph.read(`${ALL}/${id}${query}`);
    expect(await read('')).toMatchObject({ activationLockBypassCode: null });
    expect(await read('?$select=id,activationLockBypassCode')).toMatchObject({
      activationLockBypassCode: bypassCode,
    });
  });

  test('stays on when lifting it fails, and cannot be asked of a device that is not supervised', async () => {
    await graph.seed({ activationLock: true, bypass: 'failed' });
    await send('ada-phone', 'bypassActivationLock');
    await expectSettled('ada-phone', {
      activationLocked: true,
      deviceActionResults: [{ actionState: 'failed' }],
    });
    expect(await send('bo-laptop', 'bypassActivationLock')).toBe(400);
    expect(await graph.effects('kind=bypassActivationLock')).toHaveLength(1);
  });
});

describe('Autopilot', () => {
  const list = (filter: string) =>
    graph.read<{ value: { id: string; serialNumber: string }[] }>(
      `${AUTOPILOT}?$filter=${encodeURIComponent(filter)}`,
    );

  test("a company's Windows device is registered; it is found by a part of its serial, and no other way", async () => {
    expect((await list("contains(serialNumber,'BO00')")).value).toMatchObject([
      { serialNumber: 'PF0BO0003' },
    ]);
    expect((await list("contains(serialNumber,'C02ADA')")).value).toEqual([]);
    const eq = await graph.api('GET', `${AUTOPILOT}?$filter=serialNumber eq 'PF0BO0003'`);
    expect(eq.status).toBe(400);
    expect(await graph.control.get('/instances/graph/autopilot')).toMatchObject({
      identities: [{ key: 'bo-laptop' }],
    });
  });

  test('a deletion is counted, and shows a while later', async () => {
    await graph.seed({ lagMs: 3_600_000 });
    const [identity] = (await list("contains(serialNumber,'PF0BO0003')")).value;
    expect((await graph.api('DELETE', `${AUTOPILOT}/${identity?.id}`)).status).toBe(204);
    expect((await list("contains(serialNumber,'PF0BO0003')")).value).toHaveLength(1);
    await graph.seed();
    const [again] = (await list("contains(serialNumber,'PF0BO0003')")).value;
    await graph.api('DELETE', `${AUTOPILOT}/${again?.id}`);
    await vi.waitFor(
      async () => expect((await graph.api('GET', `${AUTOPILOT}/${again?.id}`)).status).toBe(404),
      5000,
    );
    expect((await graph.api('DELETE', `${AUTOPILOT}/${again?.id}`)).status).toBe(404);
    expect(await graph.effects('kind=autopilot.delete&target=bo-laptop')).toHaveLength(2);
  });
});
