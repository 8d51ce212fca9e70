/** Packs of evidence over HTTP: exported from the real ledger, and proven by the offline verifier. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readZip } from '../../src/ledger/pack/zip-read.ts';
import type { PackFiles } from '../../src/ledger/pack/layout.ts';
import type { Given } from '../../src/ledger/pack/verify/given.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { noteVerifier } from '../../src/ledger/signed-note.ts';
import { makeCheckpoint } from '../../src/store/checkpoints.ts';
import { keepDocument } from '../../src/store/documents.ts';
import { recordEvidence } from '../../src/store/evidence.ts';
import { sql } from 'kysely';
import { canonicalText, sha256Hex } from '../../src/ledger/canonical.ts';
import type { Tx } from '../../src/store/database.ts';
import { decide, requestDecision } from '../../src/store/decisions/decisions.ts';
import { keepDocumentAbout } from '../../src/store/personal/documents.ts';
import { eraseApproved } from '../../src/store/personal/erase.ts';
import { writeValues } from '../../src/store/personal/values.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { recordReadBack } from '../../src/store/vendor-answers.ts';
import { newKeys } from '../support/packs/make-pack.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi, tokenOf } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';

const ORIGIN = 'test.example/ledger';
const REPORT = Buffer.from('<report>erased</report>');
const keys = newKeys();
const checkpoints = { origin: ORIGIN, signers: [keys.ledger] };
let database: TestDatabase;
let api: TestApi;
const desk = pickupDesk(() => api);
let ids: { readonly caseId: string; readonly deviceId: string; readonly pickupId: string };

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'itad-generic', port: 'disposition', mode: 'enforce' }],
    keys: {
      checkpoints: { signers: [keys.ledger], publicKeys: [] },
      packs: { signers: [keys.pack], publicKeys: [] },
    },
    ledgerOrigin: ORIGIN,
  });
  const { pickupId, caseId, devices } = await desk.pickupOf('PF2ABC01', 'PF2ABC02');
  const deviceId = devices[0]?.deviceId ?? '';
  ids = { caseId, deviceId, pickupId };
  await api.db.transaction().execute(async (tx) => {
    const documentDigest = await keepDocument(tx, REPORT, 'application/xml');
    const report = {
      type: 'sanitisation.reported',
      documentDigest,
      level: 'purge',
      method: 'cryptographic erase',
      tool: 'Eraser 7',
      outcome: 'erased',
      date: new Date().toISOString(),
    } as const;
    await recordEvidence(tx, deviceId, report, { by: 'token:desk', remark: null }, new Date());
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function exported(path: string): Promise<PackFiles> {
  const response = await fetch(`${api.url}/api/v1/evidence${path}`, {
    headers: { authorization: `Bearer ${tokenOf('auditor')}` },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  return readZip(Buffer.from(await response.arrayBuffer()));
}

function verified(files: PackFiles, more: Partial<Given> = {}) {
  const { verdict, checks, manifest } = verifyPack(files, {
    packKeys: [keys.pack.publicKey.key],
    ledgerKeys: [noteVerifier(ORIGIN, keys.ledger.publicKey.key)],
    checkpoints: [],
    proofs: [],
    subject: null,
    ...more,
  });
  const wrong = checks.flatMap(({ status, sentences }) => (status === 'failed' ? sentences : []));
  return { verdict, wrong, manifest };
}

describe('a pack that the API exports', () => {
  test.each(['cases', 'devices', 'pickups'] as const)('of %s is proven offline', async (kind) => {
    const id = { cases: ids.caseId, devices: ids.deviceId, pickups: ids.pickupId }[kind];
    const { verdict, wrong, manifest } = verified(await exported(`/${kind}/${id}`));
    expect(wrong).toEqual([]);
    expect(verdict).toBe('proven');
    expect(manifest?.subject.id).toBe(id);
  });

  test('holds everything that was committed before it was asked for, with the documents as received', async () => {
    const files = await exported(`/devices/${ids.deviceId}`);
    const [name] = [...files.keys()].filter((one) => one.startsWith('documents/'));
    expect(name).toMatch(/^documents\/[0-9a-f]{64}\.xml$/u);
    expect(Buffer.from(files.get(name ?? '') ?? []).equals(REPORT)).toBe(true);
    expect(
      Buffer.from(files.get('report.pdf') ?? [])
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('brings what a vendor answered to a read-back, by the digest in its fact', async () => {
    const stream = `device:${ids.deviceId}`;
    const readAt = new Date().toISOString();
    const data = { epoch: 1, connector: 'books', externalId: '7', matches: false, readAt };
    const answer = { id: 7, status_label: { name: 'Pending' } };
    const fact = {
      stream,
      key: `read:${readAt}`,
      type: 'closure.read-back',
      actor: 'connector:books',
      data,
    } as const;
    await recordReadBack(api.db, fact, answer, new Date());
    // The key is known: another answer changes nothing.
    await recordReadBack(api.db, fact, { id: 8 }, new Date());
    const files = await exported(`/devices/${ids.deviceId}`);
    const digest = sha256Hex(canonicalText(answer));
    expect(String(Buffer.from(files.get(`documents/${digest}.json`) ?? []))).toBe(canonicalText(answer));
    const named = [...files]
      .filter(([name]) => name.startsWith('events/'))
      .map(([, bytes]) => JSON.parse(String(Buffer.from(bytes))));
    expect(named.filter((one) => one.data.answerDigest !== undefined)).toMatchObject([
      { data: { ...data, answerDigest: digest } },
    ]);
    expect(verified(files)).toMatchObject({ verdict: 'proven', wrong: [] });
  });

  test('proves that the ledger grew out of a checkpoint that was kept', async () => {
    const { note } = await makeCheckpoint(api.db, checkpoints, new Date());
    await desk.ready('PF2ABC09');
    const { size } = await makeCheckpoint(api.db, checkpoints, new Date());
    await desk.ready('PF2ABC10');
    const files = await exported(`/cases/${ids.caseId}?since=${size - 1}`);
    expect([...files.keys()]).toContain(`consistency/${size - 1}.txt`);
    expect(verified(files, { checkpoints: [note] })).toMatchObject({ verdict: 'proven', wrong: [] });
  });
});

describe('packs of somebody who is erased', () => {
  test('verify as before, and later ones say that the person and their document are erased', async () => {
    const bill = Buffer.from('bill of sale to Ada Canary');
    const { caseId, devices } = await desk.pickupOf('PF2ABC21');
    const deviceId = devices[0]?.deviceId ?? '';
    const { person_id: personId } = await api.db
      .selectFrom('cases')
      .select('person_id')
      .where('id', '=', caseId)
      .executeTakeFirstOrThrow();
    if (personId === null) throw new Error('nobody left');
    const transact = <T>(run: (tx: Tx) => Promise<T>) => inTransaction(api.db, run);
    await transact((tx) => writeValues(tx, personId, { displayName: 'Ada Canary' }));
    await transact(async (tx) => {
      const documentDigest = await keepDocumentAbout(tx, deviceId, bill, 'text/plain');
      const report = {
        type: 'sanitisation.reported',
        documentDigest,
        level: 'purge',
        method: 'cryptographic erase',
        tool: 'Eraser 7',
        outcome: 'erased',
        date: new Date().toISOString(),
      } as const;
      await recordEvidence(tx, deviceId, report, { by: 'token:desk', remark: null }, new Date());
    });
    const before = await exported(`/cases/${caseId}`);
    expect(verified(before)).toMatchObject({ verdict: 'proven', wrong: [] });
    expect([...before.values()].some((bytes) => Buffer.from(bytes).equals(bill))).toBe(true);
    for (const table of ['custodies', 'cases'] as const)
      await sql`update ${sql.table(table)} set state = ${table === 'cases' ? 'completed' : 'closed'}, closed_at = now()
        where ${sql.ref(table === 'cases' ? 'id' : 'case_id')} = ${caseId}`.execute(api.db);
    const request = { kind: 'erase-person', personId } as const;
    const { id } = await transact((tx) =>
      requestDecision(tx, { request, reason: 'asked for', by: 'token:one' }, new Date()),
    );
    const verdict = { decisionId: id, kind: 'erase-person', outcome: 'approved', by: 'token:two' } as const;
    await transact((tx) => decide(tx, verdict, new Date()));
    const deps = { clock: () => new Date(), askHolds: async () => 'none' as const };
    expect(await eraseApproved(api.db, deps)).toMatchObject([{ outcome: 'done' }]);
    const after = await exported(`/cases/${caseId}`);
    const { verdict: proven, wrong, manifest } = verified(after);
    expect([proven, wrong]).toEqual(['proven', []]);
    expect(manifest?.absent).toEqual([{ digest: sha256Hex(bill), reason: 'erased' }]);
    expect(verified(before)).toMatchObject({ verdict: 'proven', wrong: [] });
    const texts = [...after.values()].map((bytes) => Buffer.from(bytes).toString('utf8'));
    expect(texts.some((text) => text.includes('person.erased'))).toBe(true);
    expect(texts.filter((text) => text.includes('Ada Canary'))).toEqual([]);
  });
});

describe('no pack is exported', () => {
  test('of what does not exist', async () => {
    const answer = await api.call('GET', '/api/v1/evidence/cases/case_00000000000000000000000000', {
      as: 'auditor',
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  test.each(['viewer', 'dock', 'vendor'] as const)('for the role %s', async (role) => {
    expect((await api.call('GET', `/api/v1/evidence/cases/${ids.caseId}`, { as: role })).status).toBe(403);
  });

  test('without keys to sign with', async () => {
    const keyless = await startApi(database.url);
    const answer = await keyless.call('GET', `/api/v1/evidence/cases/${ids.caseId}`, { as: 'auditor' });
    await keyless.stop();
    expect(answer).toMatchObject({ status: 409, body: { code: 'no-signing-key' } });
  });
});
