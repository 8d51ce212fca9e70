/** The description, and what holds for every answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ROUTES } from '../../src/api/routes/index.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const Described = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) }),
    ),
  ),
});

describe('openapi.json', () => {
  test('describes every route once, with a name of its own', async () => {
    const { paths } = Described.parse((await api.call('GET', '/api/v1/openapi.json', { as: 'vendor' })).body);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(operations).toHaveLength(ROUTES.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
    expect(paths['/api/v1/cases/{id}']?.['get']?.responses).toHaveProperty('404');
  });

  test('has no reference that leads nowhere', async () => {
    const { text } = await api.call('GET', '/api/v1/openapi.json', { as: 'viewer' });
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/gu)].map(([, target]) => target));
    expect([...references]).toEqual(['#/components/schemas/Problem']);
    expect(text).not.toContain('$defs');
  });
});

describe('every answer', () => {
  test('says nothing about the software and carries an id', async () => {
    const { headers } = await api.call('GET', '/api/v1/cases', { as: 'viewer' });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test.each([
    ['a body that is not JSON', '{"personId":', 'application/json', 400, 'malformed-json'],
    [
      'a body of another type',
      'personId=1',
      'application/x-www-form-urlencoded',
      415,
      'unsupported-media-type',
    ],
    [
      'a body that is too large',
      JSON.stringify({ personId: 'x'.repeat(300 * 1024) }),
      'application/json',
      413,
      'payload-too-large',
    ],
    [
      'a body with a key nobody knows',
      '{"personId":"per_01kf0000000000000000000000","admin":true}',
      'application/json',
      400,
      'invalid-request',
    ],
  ])('%s is a problem document', async (_what, body, type, status, code) => {
    const answer = await api.call('POST', '/api/v1/cases', {
      as: 'operator',
      body,
      headers: { 'content-type': type },
    });
    expect(answer).toMatchObject({ status, body: { type: `/problems/${code}`, code, status } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('a problem names the paths that are wrong, and not what stood there', async () => {
    const answer = await api.call('POST', '/api/v1/intake-scans', {
      as: 'dock',
      body: { serial: 'SECRET-SERIAL', site: 7, condition: 'burnt' },
    });
    expect(answer.body['errors']).toEqual([
      { path: 'body.site', message: expect.any(String) },
      { path: 'body.condition', message: expect.any(String) },
    ]);
    expect(answer.text).not.toContain('SECRET-SERIAL');
    expect(answer.text).not.toContain('burnt');
  });

  test('a fault of ours shows no trace, and the log no text', async () => {
    const broken = await startApi(database.url, { policy: null as never });
    try {
      const answer = await broken.call('GET', '/api/v1/wipe-limit', { as: 'viewer' });
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal', type: '/problems/internal' } });
      expect(answer.text).not.toMatch(/TypeError|node_modules|\.ts/u);
    } finally {
      await broken.stop();
    }
  });

  test('neither query strings nor tokens nor bodies are logged', async () => {
    await api.call('GET', '/api/v1/people?search=Ada-Lovelace', { as: 'operator' });
    await api.call('POST', '/api/v1/people/import', {
      as: 'operator',
      body: [{ employeeNumber: 'E-7', displayName: 'Grace Hopper' }],
    });
    const log = api.logged();
    expect(log).toContain('/api/v1/people');
    expect(log).toContain('t-operator');
    for (const text of ['Ada', 'Grace', 'operator-token-for-tests', 'search'])
      expect(log).not.toContain(text);
  });
});
