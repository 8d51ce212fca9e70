/** Documents that no program reads, beside what somebody typed from them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf, scan, confirm, types } = pickupDesk(() => api);

test('a large document is sent first, and what was typed from it names its digest', async () => {
  const { pickupId, devices } = await pickupOf('PDF-02');
  await scan(pickupId, 'PDF-02');
  await confirm(pickupId);
  const pages = Buffer.concat([Buffer.from('%PDF-1.7 '), Buffer.alloc(3_000_000, 7)]);
  const post = (path: string, body: object | Buffer, type = 'application/json') =>
    api.call('POST', `/api/v1/imports/${path}`, {
      as: 'asset-manager',
      body,
      ...(body instanceof Buffer && { headers: { 'content-type': type } }),
    });
  const sent = await post('documents', pages, 'application/pdf');
  expect(sent, sent.text).toMatchObject({ status: 201, body: { bytes: pages.length } });
  expect((await post('documents', pages, 'text/html')).status).toBe(415);
  const units = [
    {
      certificateId: 'P-2',
      serial: 'PDF-02',
      method: 'shred',
      level: 'destroy',
      status: 'issued',
      outcome: 'erased',
      date: '2026-01-02',
    },
  ];
  const typed = { connector: 'itad', list: 'certificate', units };
  expect((await post('entered', typed)).status).toBe(400);
  expect((await post('entered', { ...typed, documentDigest: 'a'.repeat(64) })).status).toBe(400);
  const documentDigest = textIn(sent, 'documentDigest');
  const answer = await post('entered', { ...typed, documentDigest });
  expect(answer, answer.text).toMatchObject({ status: 201, body: { origin: 'entered', documentDigest } });
  expect((await post('entered', { ...typed, documentDigest })).status).toBe(200);
  expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).toContain('handoff.certified');
});
