/** Webhooks in: who is let in, what is kept, and what a sender is told when we are at fault. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOktaHookVerifier } from '../../src/adapters/identity/okta/hook.ts';
import { createStandardWebhooksVerifier } from '../../src/adapters/clients/standard-webhooks.ts';
import { OktaSettings } from '../../src/adapters/identity/okta/settings.ts';
import { Webhook } from 'standardwebhooks';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';

const OKTA_SECRET = 'a-secret-that-only-okta-knows';
const ITAD_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const okta = OktaSettings.parse({
  baseUrl: 'https://example.okta.test',
  apiToken: 'token-0123456789abcdef',
  hook: { headerName: 'authorization', secret: OKTA_SECRET },
});

const verifiers = new Map([
  ['okta', { kind: 'okta', verify: createOktaHookVerifier(okta) }],
  ['itad', { kind: 'generic', verify: createStandardWebhooksVerifier([ITAD_SECRET]) }],
]);

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    verifiers,
    connectors: [
      { name: 'okta', kind: 'okta', port: 'identity', mode: 'enforce' },
      { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
    ],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

function fromOkta(body: string, secret = OKTA_SECRET) {
  return api.call('POST', '/hooks/okta', {
    body,
    headers: { authorization: secret, 'content-type': 'application/json' },
  });
}

async function inbox(): Promise<readonly { connector: string; delivery_id: string; body: Buffer }[]> {
  return api.db.selectFrom('inbox').select(['connector', 'delivery_id', 'body']).orderBy('id').execute();
}

async function counted(kind: string): Promise<number> {
  const { text } = await api.call('GET', '/metrics', { as: 'viewer' });
  const line = new RegExp(`^handback_hooks_unauthenticated_total\\{kind="${kind}"\\} (\\d+)$`, 'mu').exec(
    text,
  );
  return Number(line?.[1] ?? Number.NaN);
}

describe('senders', () => {
  test.each([
    ['a connector that nobody configured', '/hooks/nobody', 'unknown'],
    ['a forged secret', '/hooks/okta', 'okta'],
    ['a forged secret at the lifecycle door', '/hooks/okta/lifecycle', 'okta'],
  ])('%s gets 401 and leaves a counter only', async (_what, path, kind) => {
    const before = await counted(kind);
    const logged = api.logged().length;
    const answer = await api.call('POST', path, { body: '{"a":1}', headers: { authorization: 'forged' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toEqual({
      type: '/problems/unauthenticated',
      title: expect.any(String),
      status: 401,
      code: 'unauthenticated',
    });
    expect(await inbox()).toEqual([]);
    expect(api.logged().length).toBe(logged);
    expect(await counted(kind)).toBe(before + 1);
  });

  test('a body that was changed after it was signed is not let in', async () => {
    const at = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(ITAD_SECRET).sign('msg_1', at, '{"type":"a"}'),
    };
    const answer = await api.call('POST', '/hooks/itad', { body: '{"type":"b"}', headers });
    expect(answer.status).toBe(401);
    expect(await inbox()).toEqual([]);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is refused', async (method) => {
    const answer = await api.call(method, '/hooks/okta', { headers: { authorization: OKTA_SECRET } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

describe('deliveries', () => {
  test('a handshake is answered and stored nowhere', async () => {
    const before = await inbox();
    const answer = await api.call('GET', '/hooks/okta', {
      headers: { authorization: OKTA_SECRET, 'x-okta-verification-challenge': 'a challenge' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ verification: 'a challenge' });
    expect(await inbox()).toEqual(before);
  });

  test('an authenticated body is kept byte for byte, and the intake is woken once', async () => {
    const body = '{"eventId":"e-1", "data" : {"events":[]}}\n';
    expect((await fromOkta(body)).status).toBe(204);
    expect((await fromOkta(body)).status).toBe(204);
    const kept = (await inbox()).filter((row) => row.body.toString() === body);
    expect(kept).toHaveLength(1);
    const wakes = await api.db
      .selectFrom('outbox')
      .selectAll()
      .where('workflow_id', '=', 'intake:okta')
      .execute();
    expect(wakes).toHaveLength(1);
  });

  test('an authenticated body that nobody can read is kept and answered 2xx', async () => {
    const answer = await fromOkta('<html>not json\u0000');
    expect(answer.status).toBe(204);
    const last = (await inbox()).at(-1);
    expect(last?.body.toString()).toBe('<html>not json\u0000');
    expect(last?.delivery_id).toMatch(/^sha256:[0-9a-f]{64}$/u);
  });

  test('whatever the content type says, the bytes are taken', async () => {
    const bytes = Uint8Array.from([0, 255, 1, 254]);
    const answer = await api.call('POST', '/hooks/okta', {
      body: bytes,
      headers: { authorization: OKTA_SECRET, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(204);
    expect((await inbox()).at(-1)?.body).toEqual(Buffer.from(bytes));
  });

  test('a body over the limit is refused, one just under it is kept', async () => {
    expect((await fromOkta('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await fromOkta('x'.repeat(1024 * 1024))).status).toBe(204);
  });

  test('nothing of a body or a secret reaches the log', () => {
    expect(api.logged()).not.toContain('eventId');
    expect(api.logged()).not.toContain(OKTA_SECRET);
  });
});

describe('a store that is down', () => {
  test('a database that refuses connections is answered with 503 and when to come again', async () => {
    const away = await startApi('postgres://nobody:nothing@127.0.0.1:1/none', { verifiers });
    try {
      const answer = await away.call('POST', '/hooks/okta', {
        body: '{}',
        headers: { authorization: OKTA_SECRET },
      });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await away.call('GET', '/readyz')).status).toBe(503);
      expect((await away.call('GET', '/healthz')).status).toBe(200);
      expect((await away.call('GET', '/api/v1/cases', { as: 'viewer' })).status).toBe(503);
      expect((await away.call('GET', '/metrics', { as: 'viewer' })).text).toContain('handback_database_up 0');
    } finally {
      await away.stop();
    }
  });

  test('a table that is locked for too long is answered with 503, not kept waiting', async () => {
    const locker = api.db.transaction().execute(async (tx) => {
      await sql`lock table inbox in access exclusive mode`.execute(tx);
      return fromOkta('{"eventId":"while-locked"}');
    });
    expect((await locker).status).toBe(503);
    expect((await fromOkta('{"eventId":"while-locked"}')).status).toBe(204);
    const kept = (await inbox()).filter((row) => row.body.toString().includes('while-locked'));
    expect(kept).toHaveLength(1);
  });

  test('a database that is gone while we run is answered with 503', async () => {
    const other = await testDatabase();
    const orphan = await startApi(other.url, { verifiers });
    try {
      const send = () =>
        orphan.call('POST', '/hooks/okta', {
          body: '{"eventId":"x"}',
          headers: { authorization: OKTA_SECRET },
        });
      expect((await send()).status).toBe(204);
      await other.drop();
      expect((await send()).status).toBe(503);
    } finally {
      await orphan.stop();
    }
  });
});
