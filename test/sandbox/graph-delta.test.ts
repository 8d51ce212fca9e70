import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGraph } from './graph-harness.ts';
import type { GraphHarness, Page } from './graph-harness.ts';

interface DeltaUser {
  id: string;
  displayName?: string;
  accountEnabled?: boolean;
  '@removed'?: { reason: string };
}

let graph: GraphHarness;
beforeEach(async () => {
  graph = await startGraph();
});
afterEach(() => graph.stop());

describe('delta', () => {
  const select = '$select=displayName,accountEnabled,employeeLeaveDateTime';
  async function drain(start: string): Promise<{ users: DeltaUser[]; link: string }> {
    const users: DeltaUser[] = [];
    let next: string | undefined = start;
    for (;;) {
      const page: Page<DeltaUser> = await graph.read<Page<DeltaUser>>(next);
      users.push(...page.value);
      next = page['@odata.nextLink'];
      if (next === undefined) return { users, link: page['@odata.deltaLink'] ?? '' };
    }
  }

  test('a full round by pages, then only what changed, with deletions told apart', async () => {
    const full = await drain(`/users/delta?${select}`);
    expect(full.users.map(({ displayName }) => displayName)).toEqual([
      'Maya Boss',
      'Ada Leaver',
      'Bo Stayer',
    ]);
    const ada = await graph.adaId();
    await graph.control.post('/instances/graph/users/ada/disable');
    const first = await drain(full.link);
    expect(first.users).toEqual([{ id: ada, displayName: 'Ada Leaver', accountEnabled: false }]);
    expect((await drain(first.link)).users).toEqual([]);
    await graph.control.post('/instances/graph/users/ada/delete');
    const second = await drain(first.link);
    expect(second.users).toEqual([{ id: ada, '@removed': { reason: 'changed' } }]);
    await graph.control.post('/instances/graph/users/ada/purge');
    expect((await drain(second.link)).users).toEqual([{ id: ada, '@removed': { reason: 'deleted' } }]);
  });

  test('a change of a field that was not selected is not told, a leave date that was is', async () => {
    const { link } = await drain(`/users/delta?${select}`);
    await graph.control.post('/instances/graph/users/ada/profile', { jobTitle: 'Director' });
    expect((await drain(link)).users).toEqual([]);
    await graph.control.post('/instances/graph/users/ada/leave-date', { date: '2026-12-31T17:00:00Z' });
    expect((await drain(link)).users).toMatchObject([{ employeeLeaveDateTime: '2026-12-31T17:00:00.000Z' }]);
  });

  test('the same delta link can be used again, and replays and duplicates happen when asked for', async () => {
    const { link } = await drain(`/users/delta?${select}`);
    await graph.control.post('/instances/graph/users/ada/disable');
    const first = await drain(link);
    expect((await drain(link)).users).toEqual(first.users);
    await graph.control.post('/instances/graph/delta/replay', { changes: 1, twice: true });
    expect((await drain(first.link)).users).toEqual([...first.users, ...first.users]);
  });

  test('an old token answers 410 with where to start again, or 400 syncStateNotFound', async () => {
    const { link } = await drain(`/users/delta?${select}`);
    await graph.control.post('/instances/graph/delta/expire', { as: '410' });
    const gone = await graph.api('GET', link);
    expect(gone.status).toBe(410);
    const { users, link: fresh } = await drain(gone.headers.get('location') ?? '');
    expect(users).toHaveLength(3);
    expect(users[0]).toHaveProperty('accountEnabled');
    await graph.control.post('/instances/graph/delta/expire', { as: '400' });
    const lost = await graph.api('GET', fresh);
    expect([lost.status, await lost.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.objectContaining({ code: 'syncStateNotFound' }) }),
    ]);
  });

  test('from latest on, only later changes are told', async () => {
    const { users, link } = await drain(`/users/delta?${select}&$deltatoken=latest`);
    expect(users).toEqual([]);
    await graph.control.post('/instances/graph/users/bo/disable');
    expect((await drain(link)).users).toMatchObject([{ displayName: 'Bo Stayer', accountEnabled: false }]);
  });
});
