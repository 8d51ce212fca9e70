import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGraph } from '../../../sandbox/graph/index.ts';
import { createIntune, IntuneSettings } from '../../../src/adapters/devices/intune/index.ts';
import { startTestSandbox } from '../support/planted.ts';
import type { DeviceHarness } from './harness.ts';
import { company, deviceOf, PARAMETERS } from './fixtures.ts';
import { describeDeviceManager } from './suite.ts';

const TENANT = '5a9db0c0-0000-4000-a000-0000000000bb';
const SECRET = 'intune-secret-of-the-test';

interface IntuneHarness extends DeviceHarness {
  readonly url: string;
  intune(over?: object): ReturnType<typeof createIntune>;
}

async function makeHarness(): Promise<IntuneHarness> {
  const options = { tenantId: TENANT, clientId: 'app', clientSecret: SECRET };
  const sandbox = await startTestSandbox([{ kind: 'graph', name: 'graph', ...options }], {
    graph: createGraph,
  });
  const { control } = sandbox;
  const url = sandbox.urls['graph'] ?? '';
  const intune = (over: object = {}) =>
    createIntune(
      'intune',
      IntuneSettings.parse({
        ...options,
        baseUrl: url,
        tokenUrl: `${url}/${TENANT}/oauth2/v2.0/token`,
        peopleFrom: 'entra',
        requestsPerSecond: 5000,
        burst: 5000,
        ...over,
      }),
    );
  return {
    sandbox,
    url,
    intune,
    secrets: [SECRET, 'sandbox.', 'Bearer'],
    manager: ({ timeoutMs = 20_000, baseUrl } = {}) =>
      intune({ requestTimeoutMs: timeoutMs, ...(baseUrl === undefined ? {} : { baseUrl }) }),
    people: 'graph',
    mdm: 'graph',
    seed: sandbox.seed,
    idOf: async (device) => (await control.get<{ id: string }>(`/instances/graph/devices/${device}`)).id,
    personId: async (key) => (await control.get<{ id: string }>(`/instances/graph/users/${key}`)).id,
    unknownId: '00000000-0000-4000-a000-000000000000',
    act: async (device, act) => void (await control.post(`/instances/graph/devices/${device}/${act}`)),
    severalPages: 1200,
    requests: {
      readDevice: { method: 'GET', path: '^/v1.0/deviceManagement/managedDevices/[^/?]+' },
      listDevices: { method: 'GET', path: '^/v1.0/deviceManagement/managedDevices\\?' },
      laterDevices: { method: 'GET', path: '^/v1.0/deviceManagement/managedDevices\\?.*skiptoken' },
      listOfPerson: { method: 'GET', path: '^/v1.0/users/[^/]+/managedDevices' },
      wipe: { method: 'POST', path: '/wipe$' },
      retire: { method: 'POST', path: '/retire$' },
      lock: { method: 'POST', path: '/remoteLock$' },
      releaseActivationLock: { method: 'POST', path: '/bypassActivationLock$' },
      releaseAutopilot: { method: 'DELETE', path: '/windowsAutopilotDeviceIdentities/' },
      removeRecord: { method: 'DELETE', path: '/managedDevices/' },
    },
    effects: {
      retire: 'retire',
      lock: 'remoteLock',
      releaseActivationLock: 'bypassActivationLock',
      releaseAutopilot: 'autopilot.delete',
      removeRecord: 'managed-device.delete',
    },
    hardware: (device) => control.get(`/instances/graph/devices/${device}`),
    async secretsOf(device) {
      const { bypassCode, deviceActionResults } = await control.get<{
        bypassCode: string | null;
        deviceActionResults: readonly { readonly unlockPin?: string }[];
      }>(`/instances/graph/devices/${device}`);
      const pins = deviceActionResults.map(({ unlockPin }) => unlockPin);
      return [bypassCode, ...pins].filter((secret) => typeof secret === 'string');
    },
    wipeEffect: 'wipe',
    wipeParams: { keepEnrollmentData: false, keepUserData: false, persistEsimDataPlan: false },
    stop: () => sandbox.stop(),
  };
}

describeDeviceManager('Intune', makeHarness);

describe('Intune alone', () => {
  let harness: IntuneHarness;
  let id: string;
  beforeEach(async () => {
    harness = await makeHarness();
    await harness.seed(company(harness, { online: false }));
    id = await harness.idOf('laptop');
  });
  afterEach(() => harness.stop());

  /** Answers every read of a device with this record. */
  async function answering(fields: object): Promise<void> {
    const body = { id, serialNumber: 'C02ADA0001', ...fields };
    await harness.sandbox.plant(harness.requests.readDevice, { type: 'status', status: 200, body });
  }
  const action = (over: object) => ({
    actionName: 'wipe',
    actionState: 'done',
    startDateTime: '2026-03-01T10:00:00Z',
    lastUpdatedDateTime: '2026-03-01T11:00:00Z',
    ...over,
  });
  const target = (sendStartedAt: string, priorWipeStartedAt: string | null = null) => ({
    mdmId: id,
    sendStartedAt,
    priorWipeStartedAt,
  });

  it('believes its record after the settling time of the settings', () => {
    expect(harness.intune().lostAnswer).toEqual({ kind: 'authoritative-readback', settleMs: 900_000 });
    expect(harness.intune({ settleMs: 5 }).lostAnswer).toEqual({
      kind: 'authoritative-readback',
      settleMs: 5,
    });
  });

  it('says the parameters that were decided, the unlock code too', async () => {
    const manager = harness.intune({ keepEsimPlan: true, obliterationBehavior: 'obliterateWithWarning' });
    await manager.wipe(id, { ...PARAMETERS, unlockCode: '123456' }, 'command');
    expect(await harness.sandbox.effects('wipe')).toMatchObject([
      {
        params: {
          keepEnrollmentData: false,
          keepUserData: false,
          persistEsimDataPlan: true,
          macOsUnlockCode: '123456',
          obliterationBehavior: 'obliterateWithWarning',
        },
      },
    ]);
  });

  it('finds the devices of a person whose account is gone', async () => {
    const ada = await harness.personId('ada');
    for (const act of ['delete', 'purge'])
      await harness.sandbox.control.post(`/instances/graph/users/ada/${act}`);
    const devices = await harness.manager().listDevicesOf(ada);
    expect(new Set(devices.map(({ serial }) => serial))).toEqual(new Set(['C02ADA0001', 'F17ADA0002']));
    expect(devices.every(({ heldBySubject }) => heldBySubject)).toBe(true);
  });

  it('leaves out what the vendor lists under a person and says to be of another', async () => {
    const body = { value: [{ id, userId: 'somebody-else', serialNumber: 'X' }] };
    await harness.sandbox.plant(harness.requests.listOfPerson, { type: 'status', status: 200, body });
    expect(await harness.manager().listDevicesOf(await harness.personId('ada'))).toEqual([]);
  });

  it('reads dates with odd fractions and offsets as UTC, and the year 1 as never', async () => {
    await answering({
      lastSyncDateTime: '2017-01-01T00:02:49.3205976-08:00',
      deviceActionResults: [
        action({
          startDateTime: '2016-12-31T23:58:46.7156189-08:00',
          lastUpdatedDateTime: '0001-01-01T00:00:00Z',
        }),
      ],
    });
    expect(await harness.manager().readDevice(id)).toMatchObject({
      lastSeenAt: '2017-01-01T08:02:49.320Z',
      lastWipe: {
        startedAt: '2017-01-01T07:58:46.715Z',
        updatedAt: '2017-01-01T07:58:46.715Z',
        lastSeenAt: '2017-01-01T08:02:49.320Z',
      },
    });
    await harness.sandbox.control.post('/reset');
    await answering({ lastSyncDateTime: '0001-01-01T00:00:00Z', deviceActionResults: null });
    expect(await harness.manager().readDevice(id)).toMatchObject({ lastSeenAt: null, lastWipe: null });
  });

  it.each([
    ['company', 'corporate'],
    ['personal', 'personal'],
    ['unknown', 'unknown'],
    [null, 'unknown'],
    ['leased by somebody', 'unknown'],
  ])('an owner type of %s is %s', async (managedDeviceOwnerType, ownership) => {
    await answering({ managedDeviceOwnerType });
    expect((await harness.manager().readDevice(id))?.ownership).toBe(ownership);
  });

  it.each([
    ['none', 'pending'],
    ['pending', 'pending'],
    ['active', 'active'],
    ['done', 'done'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['notSupported', 'not-supported'],
  ])('an action state of %s is %s', async (actionState, state) => {
    await answering({ deviceActionResults: [action({ actionState })] });
    expect((await harness.manager().readDevice(id))?.lastWipe?.state).toBe(state);
  });

  it.each([
    { actionState: 'newlyInvented' },
    { actionState: null },
    { startDateTime: null },
    { startDateTime: 'yesterday' },
  ])('a wipe that cannot be read is not overlooked: %j', async (over) => {
    await answering({ deviceActionResults: [action(over)] });
    await expect(harness.manager().readDevice(id)).rejects.toMatchObject({ code: 'unexpected-answer' });
  });

  it('knows a wipe by its name alone: a retire or a lock is none', async () => {
    const other = (actionName: string) => action({ actionName });
    await answering({
      deviceActionResults: [
        other('retire'),
        other('remoteLock'),
        other('removeCompanyData'),
        { actionName: null },
      ],
    });
    expect(await harness.manager().readWipe(target('2026-03-01T09:59:30Z'))).toBeNull();
    expect(
      await harness.intune({ wipeActionNames: ['Retire'] }).readWipe(target('2026-03-01T09:59:30Z')),
    ).not.toBeNull();
  });

  it('allows for the clocks to differ by the tolerance, and no more', async () => {
    await answering({ deviceActionResults: [action({})] });
    const ours = async (sendStartedAt: string, prior: string | null = null) =>
      (await harness.manager().readWipe(target(sendStartedAt, prior))) !== null;
    expect(await ours('2026-03-01T10:00:59.000Z')).toBe(true);
    expect(await ours('2026-03-01T10:01:01.000Z')).toBe(false);
    expect(await ours('2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z')).toBe(false);
    expect(await ours('2026-03-01T10:00:00.000Z', '2026-03-01T09:59:59.999Z')).toBe(true);
  });

  it('takes the first of several wipes after the send, whatever their order', async () => {
    const later = action({ startDateTime: '2026-03-01T12:00:00Z', actionState: 'done' });
    await answering({ deviceActionResults: [later, action({ actionState: 'failed' })] });
    expect(await harness.manager().readWipe(target('2026-03-01T10:00:00Z'))).toMatchObject({
      state: 'failed',
    });
    expect((await harness.manager().readDevice(id))?.lastWipe).toMatchObject({
      state: 'done',
      startedAt: '2026-03-01T12:00:00.000Z',
    });
  });

  it('a listed wipe that cannot be read marks its device, and the others are listed', async () => {
    const value = [
      {
        id,
        serialNumber: 'C02ADA0001',
        deviceActionResults: [action({ startDateTime: '0001-01-01T00:00:00Z' }), action({})],
      },
      { id: 'row-2', serialNumber: 'S2', deviceActionResults: [action({})] },
    ];
    await harness.sandbox.plant(harness.requests.listDevices, {
      type: 'status',
      status: 200,
      body: { value },
    });
    const manager = harness.manager();
    const [marked, other] = (await manager.listDevices(null)).items;
    expect(marked).toMatchObject({ serial: 'C02ADA0001', unreadable: true, wipes: [], lastWipe: null });
    expect(other).toMatchObject({ serial: 'S2', unreadable: false, lastWipe: { state: 'done' } });
    // The one that can be read may be somebody else's, begun after ours.
    const sent = target('2026-03-01T10:00:00Z');
    expect(marked === undefined ? undefined : manager.ourWipe(marked, sent)).toBeNull();
    const sentToOther = { ...sent, mdmId: 'row-2' };
    expect(other === undefined ? undefined : manager.ourWipe(other, sentToOther)).toMatchObject({
      state: 'done',
    });
    expect(other === undefined ? undefined : manager.ourWipe(other, sent)).toBeNull();
  });

  it('a wipe whose time is over while it waits for its turn is never sent', async () => {
    const slow = harness.intune({ requestsPerSecond: 0.1, burst: 1 });
    await slow.readDevice(id);
    const requests = await harness.sandbox.count(harness.requests.wipe);
    await expect(
      slow.wipe(id, PARAMETERS, 'command', { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({ code: 'retryable' });
    expect(await requests.hits()).toBe(0);
    expect(await harness.sandbox.effects('wipe')).toEqual([]);
  });

  it('a wipe whose time is over while it waits for a token is never sent, and another caller still gets it', async () => {
    const manager = harness.intune();
    const token = await harness.sandbox.plant(
      { method: 'POST', path: '/token$' },
      { type: 'hold-after-effect' },
    );
    const giveUp = new AbortController();
    const wipe = expect(
      manager.wipe(id, PARAMETERS, 'command', { signal: giveUp.signal }),
    ).rejects.toMatchObject({ code: 'retryable' });
    const reading = manager.readDevice(id);
    await expect.poll(() => token.held(), { timeout: 20_000 }).toBe(1);
    giveUp.abort();
    await wipe;
    await token.release('answer');
    expect((await reading)?.externalId).toBe(id);
    expect(await harness.sandbox.effects('wipe')).toEqual([]);
  });

  it('stops when another record is answered than the one asked for', async () => {
    await answering({ id: 'another' });
    await expect(harness.manager().readDevice(id)).rejects.toMatchObject({ code: 'unexpected-answer' });
  });

  it('reads a listed row singly that lacks its action results, and leaves out one that is gone', async () => {
    const rows = [
      { id, serialNumber: 'C02ADA0001' },
      { id: harness.unknownId, serialNumber: 'GONE' },
      { id: 'row-3', serialNumber: 'S3', deviceActionResults: [] },
    ];
    await harness.manager().wipe(id, PARAMETERS, 'command');
    await harness.sandbox.plant(harness.requests.listDevices, {
      type: 'status',
      status: 200,
      body: { value: rows },
    });
    const singles = await harness.sandbox.count(harness.requests.readDevice);
    await expect
      .poll(
        async () =>
          (await harness.manager().listDevices(null)).items.map(({ serial, lastWipe }) => [
            serial,
            lastWipe?.state ?? null,
          ]),
        { timeout: 20_000 },
      )
      .toEqual([
        ['C02ADA0001', 'pending'],
        ['S3', null],
      ]);
    expect((await singles.hits()) % 2).toBe(0);
  });

  it('a sweep that breaks off throws, and its cursor goes on afterwards', async () => {
    const devices = Array.from({ length: 1000 }, (_, index) =>
      deviceOf(harness, `d${index}`, `S${index}`, null),
    );
    await harness.seed({ people: [], devices });
    const first = await harness.manager().listDevices(null);
    const fault = await harness.sandbox.plant(harness.requests.laterDevices, { type: 'status', status: 503 });
    await expect(harness.manager().listDevices(first.next)).rejects.toMatchObject({ code: 'retryable' });
    await fault.remove();
    const second = await harness.manager().listDevices(first.next);
    expect(first.items.length + second.items.length).toBe(1003);
  });
});
