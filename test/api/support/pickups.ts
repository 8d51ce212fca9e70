/** What the dock and the asset manager do with pickups, over HTTP. */
import { listIn, textIn } from './api.ts';
import type { Answer, TestApi } from './api.ts';
import { leaverWith, returned, wiped } from './facts.ts';
import type { Held } from './facts.ts';

export interface PickupDesk {
  /** A leaver's devices, wiped and back. */
  ready(
    ...serials: readonly string[]
  ): Promise<{ readonly caseId: string; readonly devices: readonly Held[] }>;
  create(body: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A pickup of exactly these, which are made ready. */
  pickupOf(
    ...serials: readonly string[]
  ): Promise<{ readonly pickupId: string; readonly caseId: string; readonly devices: readonly Held[] }>;
  /** The verdict on one scan. */
  scan(pickupId: string, serial: string, model?: string): Promise<unknown>;
  /** Asked for at once, whatever has been counted and signed. */
  ask(pickupId: string): Promise<Answer>;
  /** Counts what stands there, has both sides sign, and confirms; refused where something does not add up. */
  confirm(pickupId: string): Promise<Answer>;
  count(pickupId: string, serials: readonly string[]): Promise<Answer>;
  sign(pickupId: string, side: 'ours' | 'vendor', name?: string): Promise<Answer>;
  look(pickupId: string): Promise<Answer>;
  resolve(exceptionId: unknown, outcome: string): Promise<Answer>;
  /** Types of a stream's facts, in order. */
  types(stream: string): Promise<readonly string[]>;
  factCount(): Promise<number>;
  wakes(workflowId: string): Promise<number>;
}

/** `api` is asked for when it is used: it is started later than this is made. */
export function pickupDesk(api: () => TestApi): PickupDesk {
  const desk: PickupDesk = {
    async ready(...serials) {
      const { caseId, devices } = await leaverWith(api().db, ...serials);
      for (const device of devices) {
        await wiped(api().db, device);
        await returned(api().db, device);
      }
      return { caseId, devices };
    },
    create: (body, headers = {}) =>
      api().call('POST', '/api/v1/pickups', {
        as: 'asset-manager',
        body: { connector: 'itad', site: 'berlin', ...body },
        headers,
      }),
    async pickupOf(...serials) {
      const { caseId, devices } = await desk.ready(...serials);
      const answer = await desk.create({ deviceIds: devices.map(({ deviceId }) => deviceId) });
      return { pickupId: textIn(answer, 'id'), caseId, devices };
    },
    async scan(pickupId, serial, model) {
      const body = { serial, ...(model !== undefined && { model }) };
      const answer = await api().call('POST', `/api/v1/pickups/${pickupId}/scans`, { as: 'dock', body });
      return listIn(answer, 'scans')[0]?.['verdict'];
    },
    ask: (pickupId) => api().call('POST', `/api/v1/pickups/${pickupId}/confirm`, { as: 'dock', body: {} }),
    async confirm(pickupId) {
      const first = await desk.ask(pickupId);
      if (first.body['code'] !== 'pickup-not-counted') return first;
      const lines = listIn(await desk.look(pickupId), 'lines').filter((line) => line['leaving'] === true);
      const there = lines.filter((line) => line['takenOffAs'] === null).map((line) => String(line['serial']));
      await desk.count(pickupId, there);
      for (const side of ['ours', 'vendor'] as const) await desk.sign(pickupId, side);
      return desk.ask(pickupId);
    },
    count: (pickupId, serials) =>
      api().call('POST', `/api/v1/pickups/${pickupId}/counts`, { as: 'dock', body: { serials } }),
    sign: (pickupId, side, name = 'Sam Driver') =>
      api().call('POST', `/api/v1/pickups/${pickupId}/signatures`, { as: 'dock', body: { side, name } }),
    look: (pickupId) => api().call('GET', `/api/v1/pickups/${pickupId}`, { as: 'viewer' }),
    async resolve(exceptionId, outcome) {
      if (typeof exceptionId !== 'string') throw new Error('no exception id');
      const path = `/api/v1/exceptions/${exceptionId}/resolve`;
      return api().call('POST', path, { as: 'asset-manager', body: { outcome, reason: 'looked at it' } });
    },
    async types(stream) {
      const rows = await api()
        .db.selectFrom('facts')
        .select('type')
        .where('stream', '=', stream)
        .orderBy('seq')
        .execute();
      return rows.map((row) => row.type);
    },
    factCount: async () => (await api().db.selectFrom('facts').select('id').execute()).length,
    wakes: async (workflowId) =>
      (await api().db.selectFrom('outbox').select('id').where('workflow_id', '=', workflowId).execute())
        .length,
  };
  return desk;
}
