/** Evidence that people bring: what it becomes, which gate it lets through, and what is refused. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/config/schema.ts';
import { openException } from '../../src/store/exceptions.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { listIn } from './support/api.ts';
import { useDecisionBench } from './support/decision-bench.ts';
import { addPerson, append, lastFact, leaverWith, returned, typesIn } from './support/facts.ts';
import type { Held } from './support/facts.ts';

const bench = useDecisionBench();
const db = () => bench().api.db;
const bring = (as: Role, { deviceId }: { readonly deviceId: string }, path: string, body: object) =>
  bench().api.call('POST', `/api/v1/devices/${deviceId}${path}`, { as, body });

async function gate(deviceId: string, name: string) {
  const answer = await bench().api.call('GET', `/api/v1/devices/${deviceId}`, { as: 'viewer' });
  const gates = listIn(answer, 'custodies').at(-1)?.['gates'] as {
    gate: string;
    state: string;
    basis: string;
  }[];
  const { state, basis } = gates.find((one) => one.gate === name) ?? { state: '', basis: '' };
  return [state, basis];
}

const wipeAsked = (deviceId: string) => bench().ask('operator', 'approve-wipe', { deviceId });

const PDF = Buffer.from('%PDF-1.7 erased');
const DOCUMENT = { contentType: 'application/pdf', document: PDF.toString('base64') };
const DIGEST = createHash('sha256').update(PDF).digest('hex');
const REPORT = {
  level: 'purge',
  method: 'cryptographic erase',
  tool: 'Eraser 7',
  outcome: 'erased',
  date: '2026-03-01T10:00:00Z',
  ...DOCUMENT,
};

describe('data handover', () => {
  const items = (takenOverBy: string | null) =>
    ['mailbox', 'drive', 'local-data'].map((what) => ({ what, takenOverBy }));

  test('is satisfied by who took over mailbox, drive and local data', async () => {
    const device = await bench().oneDevice();
    const heir = await addPerson(db());
    const body = { items: [...items(heir).slice(0, 2), { what: 'local-data', takenOverBy: null }] };
    expect(await bring('operator', device, '/handover', body)).toMatchObject({
      status: 200,
      body: { deviceId: device.deviceId, epoch: 1 },
    });
    expect(await gate(device.deviceId, 'data-handover')).toEqual(['satisfied', 'taken-over']);
    const fact = await lastFact(db(), device.stream, 'handover.done');
    expect([fact.actor, fact.data.items]).toEqual(['token:t-operator', body.items]);
  });

  test('is to nobody who leaves', async () => {
    const device = await bench().oneDevice();
    const { personId } = (await lastFact(db(), device.stream, 'custody.opened')).data;
    expect(await bring('operator', device, '/handover', { items: items(personId) })).toMatchObject({
      status: 409,
      body: { code: 'taken-over-by-leaver' },
    });
    expect(await gate(device.deviceId, 'data-handover')).not.toContain('satisfied');
  });

  test('names all three things once each, and people who are known', async () => {
    const device = await bench().oneDevice();
    const twice = [...items(null).slice(0, 2), { what: 'drive', takenOverBy: null }];
    for (const list of [items(null).slice(0, 2), twice, []])
      expect(await bring('operator', device, '/handover', { items: list })).toMatchObject({ status: 400 });
    const nobody = { items: items(`per_${'0'.repeat(26)}`) };
    expect(await bring('operator', device, '/handover', nobody)).toMatchObject({
      status: 404,
      body: { code: 'person-not-found' },
    });
    expect(await typesIn(db(), device.stream)).not.toContain('handover.done');
  });

  test('is not required where somebody says why, also after the policy has said so; the words stand apart', async () => {
    const device = await bench().oneDevice();
    const policyDigest = (await lastFact(db(), device.stream, 'custody.opened')).data.policyDigest;
    await append(db(), [
      {
        stream: device.stream,
        key: `handover.not-required:${device.deviceId}:1`,
        type: 'handover.not-required',
        actor: 'handback',
        data: { epoch: 1, basis: 'policy', rulesVersion: '1', policyDigest },
      },
    ]);
    const reason = 'Ada kept nothing here';
    expect(await bring('operator', device, '/handover-not-required', { reason })).toMatchObject({
      status: 200,
    });
    expect(await bring('asset-manager', device, '/handover-not-required', { reason })).toMatchObject({
      status: 200,
    });
    expect(await gate(device.deviceId, 'data-handover')).toEqual(['not-applicable', 'person']);
    const fact = await lastFact(db(), device.stream, 'handover.not-required');
    expect(JSON.stringify(fact)).not.toContain('Ada');
    const remark = await db()
      .selectFrom('remarks')
      .select('text')
      .where('fact_key', '=', fact.key)
      .executeTakeFirst();
    expect(remark).toEqual({ text: reason });
    expect(await bring('operator', device, '/handover-not-required', {})).toMatchObject({ status: 400 });
  });
});

describe('a bench report', () => {
  const handedOver = (device: Held) =>
    bring('operator', device, '/handover-not-required', { reason: 'empty' });

  test('proves the wipe by its document, and settles what was asked about it', async () => {
    const device = await bench().oneDevice();
    await handedOver(device);
    const exceptionId = await inTransaction(db(), (tx) =>
      openException(
        tx,
        {
          stream: device.stream,
          code: 'wipe-needs-approval',
          gate: 'wipe',
          round: 1,
          owner: 'approver',
          blocking: true,
          dueAt: bench().now(),
          caseId: device.caseId,
          deviceId: device.deviceId,
          occurrence: '1',
        },
        bench().now(),
      ),
    );
    expect(await bring('dock', device, '/sanitisation-reports', REPORT)).toMatchObject({ status: 200 });
    expect(await gate(device.deviceId, 'wipe')).toEqual(['satisfied', 'bench:purge']);
    const { data } = await lastFact(db(), device.stream, 'sanitisation.reported');
    expect(data).toMatchObject({ documentDigest: DIGEST, level: 'purge', tool: 'Eraser 7', epoch: 1 });
    const kept = await db()
      .selectFrom('documents')
      .selectAll()
      .where('digest', '=', DIGEST)
      .executeTakeFirst();
    expect([kept?.content, kept?.content_type]).toEqual([PDF, 'application/pdf']);
    expect((await lastFact(db(), device.stream, 'exception.resolved')).data).toMatchObject({
      exceptionId,
      outcome: 'bench-report',
    });
    expect(await wipeAsked(device.deviceId)).toMatchObject({
      status: 409,
      body: { obstacle: 'wipe-proven' },
    });
  });

  test.each(['erased-with-exceptions', 'not-erased'])(
    'that says %s is kept, and proves nothing',
    async (outcome) => {
      const device = await bench().oneDevice();
      await handedOver(device);
      expect(await bring('dock', device, '/sanitisation-reports', { ...REPORT, outcome })).toMatchObject({
        status: 200,
      });
      expect(await gate(device.deviceId, 'wipe')).not.toContain('satisfied');
      expect((await wipeAsked(device.deviceId)).status).toBe(201);
    },
  );

  test.each([
    ['an empty document', { document: '' }],
    ['what is not base64', { document: 'no base64!' }],
    ['one that is too large', { document: Buffer.alloc(150_001).toString('base64') }],
    ['a level that proves nothing', { level: 'none' }],
    ['a date without a zone', { date: '2026-03-01T10:00:00' }],
    ['more than is asked for', { deviceId: 'dev_1' }],
  ])('with %s is refused', async (_what, wrong) => {
    const device = await bench().oneDevice();
    expect(await bring('dock', device, '/sanitisation-reports', { ...REPORT, ...wrong })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect(await typesIn(db(), device.stream)).not.toContain('sanitisation.reported');
  });

  test('of the largest size is taken', async () => {
    const device = await bench().oneDevice();
    const document = Buffer.alloc(150_000, 7).toString('base64');
    expect(await bring('dock', device, '/sanitisation-reports', { ...REPORT, document })).toMatchObject({
      status: 200,
    });
  });
});

test('an inspection completes the return of a device that somebody else gets', async () => {
  const device = await bench().oneDevice();
  await bench().agree('change-route', { deviceId: device.deviceId, to: 'redeploy' });
  await returned(db(), device);
  expect(await gate(device.deviceId, 'return')).toEqual(['waiting', null]);
  const seen = { setUpScreen: true, condition: 'good' };
  expect(await bring('dock', device, '/inspections', seen)).toMatchObject({ status: 200 });
  expect(await gate(device.deviceId, 'return')).toEqual(['satisfied', 'intake-scan+inspection']);
  expect((await lastFact(db(), device.stream, 'device.inspected')).data).toMatchObject(seen);
  expect(await bring('dock', device, '/inspections', { condition: 'good' })).toMatchObject({ status: 400 });
});

test('the lessor’s receipt stands for the handoff of that serial, once, and says one thing', async () => {
  const device = await bench().oneDevice({ ownership: 'leased' });
  await bench().agree('change-route', { deviceId: device.deviceId, to: 'lessor-return' });
  const receipt = { kind: 'lessor-receipt', reference: 'R-77', date: '2026-03-02T00:00:00Z', ...DOCUMENT };
  for (let time = 0; time < 2; time += 1)
    expect(await bring('finance', device, '/documents', receipt)).toMatchObject({ status: 200 });
  expect((await typesIn(db(), device.stream)).filter((type) => type === 'substitute.recorded')).toHaveLength(
    1,
  );
  expect(await gate(device.deviceId, 'return')).toEqual(['satisfied', 'direct']);
  expect(await bring('finance', device, '/documents', { ...receipt, reference: 'R-78' })).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  await bring('operator', device, '/handover-not-required', { reason: 'empty' });
  await bring('dock', device, '/sanitisation-reports', REPORT);
  expect(await gate(device.deviceId, 'itad-handoff')).toEqual(['substituted', 'lessor-receipt']);
});

test('a bill of sale does nothing on a route that is no sale', async () => {
  const device = await bench().oneDevice();
  const bill = { kind: 'bill-of-sale', reference: 'B-1', date: '2026-03-02T00:00:00Z', ...DOCUMENT };
  expect(await bring('finance', device, '/documents', bill)).toMatchObject({ status: 200 });
  expect((await gate(device.deviceId, 'itad-handoff'))[0]).toBe('waiting');
});

test('a report of loss is one person’s, and lets nothing through by itself', async () => {
  const device = await bench().oneDevice();
  const before = await gate(device.deviceId, 'return');
  expect(
    await bring('operator', device, '/loss', { kind: 'stolen', reason: 'in a taxi, Ada says' }),
  ).toMatchObject({
    status: 200,
  });
  expect(await gate(device.deviceId, 'return')).toEqual(before);
  const fact = await lastFact(db(), device.stream, 'lost.reported');
  expect(fact.data).toMatchObject({ kind: 'stolen' });
  expect(JSON.stringify(fact)).not.toContain('Ada');
  expect(await bench().ask('operator', 'declare-lost', { deviceId: device.deviceId })).toMatchObject({
    status: 201,
  });
});

test('about a device in no open custody nothing is taken, and no document is kept', async () => {
  const { caseId, ...device } = await bench().oneDevice();
  await bench().api.call('POST', `/api/v1/cases/${caseId}/cancel`, {
    as: 'operator',
    body: { reason: 'withdrawn' },
  });
  const document = Buffer.from('never kept').toString('base64');
  for (const { deviceId } of [device, { deviceId: `dev_${'0'.repeat(26)}` }])
    expect(await bring('dock', { deviceId }, '/sanitisation-reports', { ...REPORT, document })).toMatchObject(
      { status: 409, body: { code: 'no-open-custody' } },
    );
  const digest = createHash('sha256').update('never kept').digest('hex');
  expect(await db().selectFrom('documents').select('digest').where('digest', '=', digest).execute()).toEqual(
    [],
  );
});

test('evidence of one epoch is none of the next', async () => {
  const { caseId, serial, ...device } = await bench().oneDevice();
  await bring('operator', device, '/handover-not-required', { reason: 'empty' });
  await bring('dock', device, '/sanitisation-reports', REPORT);
  await bench().api.call('POST', `/api/v1/cases/${caseId}/cancel`, {
    as: 'operator',
    body: { reason: 'rehired' },
  });
  const { devices } = await leaverWith(db(), serial);
  expect(devices).toMatchObject([{ deviceId: device.deviceId, epoch: 2 }]);
  await bring('operator', device, '/handover-not-required', { reason: 'empty' });
  expect((await gate(device.deviceId, 'wipe'))[0]).toBe('waiting');
});
