import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startGraph } from './graph-harness.ts';
import type { Device, GraphHarness } from './graph-harness.ts';

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

describe('wipe', () => {
  const laptop = (): Promise<Device> =>
    graph.one<Device>("/deviceManagement/managedDevices?$filter=serialNumber eq 'C02ADA0001'");
  const getDevice = (id: string): Promise<Device> =>
    graph.read<Device>(`/deviceManagement/managedDevices/${id}`);
  const wipe = (
    id: string,
    body: unknown = { keepEnrollmentData: false, keepUserData: false },
  ): Promise<Response> => graph.api('POST', `/deviceManagement/managedDevices/${id}/wipe`, body);
  const settles = (id: string, expected: object): Promise<void> =>
    vi.waitFor(async () => expect(await getDevice(id)).toMatchObject(expected), 5000);

  test('an accepted wipe shows nothing at first', async () => {
    await graph.seed({ lagMs: 3_600_000 });
    const { id } = await laptop();
    expect((await wipe(id)).status).toBe(204);
    expect(await getDevice(id)).toMatchObject({ deviceActionResults: [], managementState: 'managed' });
    expect(await graph.effects('kind=wipe')).toHaveLength(1);
  });

  test('a wipe ends in done, with a start not before the request, and is counted with its parameters', async () => {
    const { id } = await laptop();
    const sent = Date.now();
    await wipe(id);
    await settles(id, {
      managementState: 'wipeIssued',
      deviceActionResults: [{ actionName: 'wipe', actionState: 'done' }],
    });
    const [result] = (await getDevice(id)).deviceActionResults;
    expect(Date.parse(result?.startDateTime ?? '')).toBeGreaterThanOrEqual(sent);
    expect(await graph.effects('kind=wipe')).toMatchObject([
      {
        target: id,
        key: 'ada-laptop',
        params: { keepEnrollmentData: false, serialNumber: 'C02ADA0001' },
        request: { method: 'POST' },
      },
    ]);
  });

  test('an offline device stays pending until it checks in', async () => {
    await graph.seed({ online: false });
    const { id } = await laptop();
    await wipe(id);
    await settles(id, { managementState: 'wipePending', deviceActionResults: [{ actionState: 'pending' }] });
    await graph.control.post('/instances/graph/devices/ada-laptop/checkin');
    await settles(id, { deviceActionResults: [{ actionState: 'done' }] });
    expect(await graph.effects('kind=wipe')).toHaveLength(1);
  });

  test('a wipe can fail, on its own or on demand', async () => {
    await graph.seed({ wipe: 'failed' });
    const { id } = await laptop();
    await wipe(id);
    await settles(id, { managementState: 'wipeFailed', deviceActionResults: [{ actionState: 'failed' }] });
    await graph.seed({ online: false });
    await wipe(id);
    await settles(id, { deviceActionResults: [{ actionState: 'pending' }] });
    await graph.control.post('/instances/graph/devices/ada-laptop/fail-wipe');
    expect(await getDevice(id)).toMatchObject({
      managementState: 'wipeFailed',
      deviceActionResults: [{ actionState: 'failed' }],
    });
  });

  test('a device can vanish after its wipe without ever having said done', async () => {
    await graph.seed({ wipe: 'vanish' });
    const { id } = await laptop();
    await wipe(id);
    await vi.waitFor(
      async () => expect((await graph.api('GET', `/deviceManagement/managedDevices/${id}`)).status).toBe(404),
      5000,
    );
    const again = await graph.control.post<Device>('/instances/graph/devices/ada-laptop/enrol');
    expect(again.id).not.toBe(id);
    expect(again).toMatchObject({
      serialNumber: 'C02ADA0001',
      managementState: 'managed',
      deviceActionResults: [],
    });
  });

  test('a done of an earlier wipe stands there before ours is seen', async () => {
    await graph.seed({ staleDone: true, online: false });
    const { id } = await laptop();
    await wipe(id);
    await settles(id, { deviceActionResults: [{ actionState: 'done' }, { actionState: 'pending' }] });
    const [stale] = (await getDevice(id)).deviceActionResults;
    expect(Date.parse(stale?.startDateTime ?? '')).toBeLessThan(Date.now() - 300 * 86_400_000);
  });

  test('a wipe that is sent twice is two wipes', async () => {
    await graph.seed({ online: false });
    const { id } = await laptop();
    await wipe(id);
    await wipe(id);
    expect(await graph.effects('kind=wipe&target=ada-laptop')).toHaveLength(2);
    await settles(id, { deviceActionResults: [{ actionState: 'pending' }, { actionState: 'pending' }] });
  });

  test('a response held back after the effect leaves the wipe counted', async () => {
    const { id } = await laptop();
    await graph.control.post('/faults', {
      instance: 'graph',
      match: { method: 'POST', path: '/wipe$' },
      fault: { type: 'drop-after-effect' },
      times: 1,
    });
    await expect(wipe(id)).rejects.toThrow();
    expect(await graph.effects('kind=wipe')).toHaveLength(1);
  });

  test('parameters that no wipe has are refused without an effect', async () => {
    const { id } = await laptop();
    expect((await wipe(id, { keepUserData: 'yes' })).status).toBe(400);
    expect((await wipe('00000000-0000-4000-a000-000000000000')).status).toBe(404);
    expect(await graph.effects('kind=wipe')).toEqual([]);
  });

  test('two records may share a serial number', async () => {
    const board = (key: string): object => ({
      key,
      serial: 'Default string',
      manufacturer: 'Acme',
      model: 'Box',
      platform: 'windows',
      mdm: 'graph',
    });
    await graph.control.post('/company', { devices: [board('box-1'), board('box-2')] });
    const found = await graph.read<{ value: Device[] }>(
      "/deviceManagement/managedDevices?$filter=serialNumber eq 'Default string'",
    );
    expect(new Set(found.value.map(({ id }) => id)).size).toBe(2);
  });
});
