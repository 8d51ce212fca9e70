import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGraph } from './graph-harness.ts';
import type { GraphHarness, Page } from './graph-harness.ts';

const CASES = '/security/cases/ediscoveryCases';
interface Shown {
  id: string;
  [field: string]: unknown;
}

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

const lever = <T = Shown>(path: string, body: unknown): Promise<T> =>
  graph.control.post<T>(`/instances/graph/ediscovery${path}`, body);
const list = async (path: string): Promise<Shown[]> => (await graph.read<Page<Shown>>(path)).value;

describe('eDiscovery cases', () => {
  test('are listed page by page, with a count on the first', async () => {
    for (const key of ['smith', 'jones', 'brown'])
      await lever('/cases', { key, displayName: `${key} v. us` });
    const first = await graph.read<Page<Shown> & { '@odata.count': number }>(CASES);
    const second = await graph.read<Page<Shown>>(first['@odata.nextLink'] ?? '');
    expect([first.value.length, first['@odata.count'], second.value.length]).toEqual([2, 3, 1]);
    expect(second).not.toHaveProperty('@odata.count');
    expect(first.value[0]).toMatchObject({
      status: 'active',
      displayName: 'smith v. us',
      closedDateTime: null,
    });
    expect(await graph.read(`${CASES}/${first.value[0]?.id}`)).toMatchObject({ displayName: 'smith v. us' });
  });

  test('have the same id on every run, and go when they are deleted', async () => {
    const { id } = await lever('/cases', { key: 'smith' });
    expect((await lever('/cases', { key: 'smith' })).id).toBe(id);
    await graph.control.delete('/instances/graph/ediscovery/cases/smith');
    expect((await graph.api('GET', `${CASES}/${id}`)).status).toBe(404);
    expect((await graph.api('GET', `${CASES}/${id}/custodians`)).status).toBe(404);
    expect(await list(CASES)).toEqual([]);
  });

  test('a custodian’s hold also makes a source of the policy that a case keeps for them', async () => {
    const { id } = await lever('/cases', { key: 'smith' });
    const custodian = await lever('/cases/smith/custodians', {
      email: 'ada@example.com',
      holdStatus: 'applied',
    });
    expect(await list(`${CASES}/${id}/custodians`)).toEqual([custodian]);
    const [policy] = await list(`${CASES}/${id}/legalHolds`);
    expect(policy).toMatchObject({ displayName: `CustodianHold-${id}`, isEnabled: true, status: 'success' });
    expect(policy).not.toHaveProperty('sources');
    expect(await list(`${CASES}/${id}/legalHolds/${policy?.id}/userSources`)).toMatchObject([
      { email: 'ada@example.com', holdStatus: 'applied', includedSources: 'mailbox' },
    ]);
    const released = await lever('/cases/smith/custodians', {
      email: 'ada@example.com',
      status: 'released',
      holdStatus: 'notApplied',
    });
    expect(released).toMatchObject({ id: custodian.id, releasedDateTime: expect.any(String) });
    expect(await list(`${CASES}/${id}/legalHolds`)).toMatchObject([{ id: policy?.id, isEnabled: false }]);
    expect(await list(`${CASES}/${id}/legalHolds/${policy?.id}/userSources`)).toEqual([]);
  });

  test('a hold policy has the sources and the state that it was given', async () => {
    const { id } = await lever('/cases', { key: 'smith' });
    const hold = { key: 'mail', sources: [{ email: 'bo@example.com', holdStatus: 'applying' }] };
    const { id: holdId } = await lever('/cases/smith/holds', { ...hold, status: 'pending' });
    expect(await graph.read(`${CASES}/${id}/legalHolds/${holdId}`)).toMatchObject({
      isEnabled: true,
      status: 'pending',
    });
    expect(await list(`${CASES}/${id}/legalHolds/${holdId}/userSources`)).toMatchObject([
      { email: 'bo@example.com', holdStatus: 'applying' },
    ]);
    expect(await lever('/cases/smith/holds', { key: 'mail', isEnabled: false })).toMatchObject({
      id: holdId,
      isEnabled: false,
      status: 'pending',
      sources: [{ email: 'bo@example.com' }],
    });
    expect((await graph.api('GET', `${CASES}/${id}/legalHolds/elsewhere`)).status).toBe(404);
  });

  test('closing a case turns its holds off, unless that failed', async () => {
    await lever('/cases', { key: 'smith' });
    await lever('/cases/smith/custodians', { email: 'ada@example.com', holdStatus: 'applied' });
    expect(await lever('/cases/smith/status', { status: 'closedWithError' })).toMatchObject({
      status: 'closedWithError',
      custodians: [{ holdStatus: 'applied' }],
      holds: [{ isEnabled: true }],
    });
    expect(await lever('/cases/smith/status', { status: 'closed' })).toMatchObject({
      closedDateTime: expect.any(String),
      custodians: [{ holdStatus: 'notApplied' }],
      holds: [{ isEnabled: false, status: 'success' }],
    });
    expect(await lever('/cases/smith/status', { status: 'active' })).toMatchObject({ closedDateTime: null });
  });

  test('what is shown hangs on the role: all, those of the client, or nothing', async () => {
    await lever('/cases', { key: 'smith' });
    const own = await lever('/cases', { key: 'own', isMember: true });
    await lever('/role', { role: 'manager' });
    expect((await list(CASES)).map(({ id }) => id)).toEqual([own.id]);
    await lever('/role', { role: 'none' });
    const refused = await graph.api('GET', CASES);
    expect([refused.status, await refused.json()]).toEqual([
      401,
      expect.objectContaining({ error: expect.objectContaining({ code: 'Unauthorized' }) }),
    ]);
    expect((await graph.api('GET', '/users')).status).toBe(200);
  });

  test('are read only, need a token, and are gone after a reset', async () => {
    await lever('/cases', { key: 'smith' });
    await lever('/role', { role: 'manager' });
    expect((await graph.api('POST', CASES, { displayName: 'x' })).status).toBe(404);
    expect((await fetch(`${graph.url}/v1.0${CASES}`)).status).toBe(401);
    expect(await graph.effects('')).toEqual([]);
    await graph.control.post('/reset');
    expect(await list(CASES)).toEqual([]);
    await lever('/cases', { key: 'smith' });
    expect(await list(CASES)).toHaveLength(1);
  });
});
