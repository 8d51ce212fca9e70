/** The commands for holds and evidence, and what a case and a device show of what people decided. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceStream } from '../../src/domain/fact.ts';
import { textIn } from '../api/support/api.ts';
import { listOf, useDecisionBench } from '../api/support/decision-bench.ts';
import { addPerson, append, lastFact, typesIn } from '../api/support/facts.ts';
import { json } from './support/command.ts';
import { commandsOn } from './support/deciders.ts';

const DAY_MS = 86_400_000;
const bench = useDecisionBench();
const { as, asked } = commandsOn(bench);

describe('handback hold', () => {
  test('places on a device or a person, lists, lifts by its id; case and device show it', async () => {
    const { deviceId, personId, caseId } = await bench().oneDevice();
    const place = ['hold', 'place', '--legal', '--reason', 'matter 12'];
    const placed = json(await as('legal', ...place, '--person', personId, '--json'));
    const id = String(placed['id']);
    expect((await as('viewer', 'hold', 'list', '--person', personId)).out).toMatch(
      new RegExp(`${id} +legal +${personId} +matter 12 +token:t-legal +.*in force`, 'u'),
    );
    for (const [what, of] of [
      ['case', caseId],
      ['device', deviceId],
    ] as const)
      expect((await as('viewer', what, 'show', of)).out).toMatch(
        new RegExp(`on hold: legal \\(${id}\\), since`, 'u'),
      );
    expect((await as('viewer', 'case', 'show', caseId)).out).toContain('matter 12');
    expect((await as('operator', 'hold', 'lift', id, '--reason', 'x')).err).toContain('no role');
    expect((await as('legal', 'hold', 'lift', id, '--reason', 'settled')).out).toBe(
      `Lifted ${id}: legal on ${personId}.\n`,
    );
    expect((await as('legal', 'hold', 'lift', id, '--reason', 'settled')).err).toContain('hold-not-in-force');
    expect((await as('viewer', 'hold', 'list', '--person', personId)).out).toBe('No holds in force.\n');
    expect((await as('viewer', 'device', 'show', deviceId)).out).not.toContain('on hold');
    const handover = ['hold', 'place', '--data-handover', '--device', deviceId, '--reason', 'drawings'];
    expect((await as('operator', ...handover)).out).toMatch(
      new RegExp(`^Placed hold_\\w+: data-handover on ${deviceId}`, 'u'),
    );
  });
});

describe('handback case show and device show', () => {
  test('say where a device is going, what waits for a second person, and what blocks', async () => {
    const { deviceId, caseId } = await bench().oneDevice();
    const reviewAt = new Date(bench().now().getTime() + 20 * DAY_MS).toISOString();
    await bench().agree('change-route', { deviceId, to: 'legal-retention', reviewAt });
    const id = await asked('operator', 'route', deviceId, 'redeploy');
    for (const [what, of] of [
      ['case', caseId],
      ['device', deviceId],
    ] as const) {
      const { out } = await as('viewer', what, 'show', of);
      expect(out).toMatch(/route legal-retention until its review \d{4}-/u);
      expect(out).toContain(id);
      expect(out).toContain('docs/operations/stuck.md');
      expect(listOf(json(await as('viewer', what, 'show', of, '--json'))['decisions'])).toMatchObject([
        { id },
      ]);
    }
  });

  test('say why the guard refused a wipe, and what to do', async () => {
    const { deviceId, epoch, stream } = await bench().oneDevice();
    await bench().agree('approve-wipe', { deviceId });
    const { approvalId, policyDigest } = (await lastFact(bench().api.db, stream, 'wipe.approved')).data;
    const data = { epoch, approvalId, codes: ['serial-mismatch'], rulesVersion: '1', policyDigest };
    const key = `wipe.refused:${approvalId}`;
    await append(bench().api.db, [{ stream, key, type: 'wipe.refused', actor: 'handback', data }]);
    expect((await as('viewer', 'device', 'show', deviceId)).out).toMatch(
      /wipe refused: serial-mismatch\. The serial of the record differs .*look at the device/u,
    );
  });

  test('show a device to the dock, which may not see decisions', async () => {
    const { deviceId } = await bench().oneDevice();
    await asked('operator', 'wipe', deviceId);
    const shown = await as('dock', 'device', 'show', deviceId, '--json');
    expect([shown.code, json(shown)['decisions']]).toEqual([0, null]);
    expect((await as('dock', 'device', 'show', deviceId)).out).toContain(deviceId);
  });
});

describe('evidence', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'handback-evidence-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const sanitised = (deviceId: string, path: string) =>
    as(
      'dock',
      'device',
      'sanitised',
      deviceId,
      path,
      '--level',
      'purge',
      '--method',
      'crypto erase',
      '--tool',
      'T 1',
      '--outcome',
      'erased',
      '--date',
      '2026-03-01T10:00+01:00',
    );
  const factOf = <T extends Parameters<typeof lastFact>[2]>(deviceId: string, type: T) =>
    lastFact(bench().api.db, deviceStream(deviceId), type).then(({ data }) => data);

  test('a report of the bench is read from its file, and proves the wipe', async () => {
    const { deviceId } = await bench().oneDevice();
    const path = await file('report.XML', '<report/>');
    const reason = ['--reason', 'a spare that nobody used'];
    expect((await as('operator', 'device', 'handover-not-required', deviceId, ...reason)).out).toBe(
      `Recorded for ${deviceId}, epoch 1.\n`,
    );
    expect((await sanitised(deviceId, path)).code).toBe(0);
    expect(await factOf(deviceId, 'sanitisation.reported')).toMatchObject({
      level: 'purge',
      date: '2026-03-01T09:00:00.000Z',
    });
    const kept = await bench()
      .api.db.selectFrom('documents')
      .select(['content', 'content_type'])
      .executeTakeFirst();
    expect([String(kept?.content), kept?.content_type]).toEqual(['<report/>', 'application/xml']);
    expect((await as('viewer', 'device', 'show', deviceId)).out).toMatch(/wipe +satisfied .*bench:purge/u);
  });

  test('a file that is too large, empty, missing or none is refused before anything is sent', async () => {
    const { deviceId, stream } = await bench().oneDevice();
    const large = await file('large.pdf', '');
    await truncate(large, 150_001);
    for (const [path, said] of [
      [large, 'has 150001 bytes, and at most 150000 are taken'],
      [await file('empty.pdf', ''), 'is empty'],
      [join(folder, 'missing.pdf'), 'cannot be read'],
      [folder, 'is no file'],
    ] as const) {
      const { code, err } = await sanitised(deviceId, path);
      expect([code, err]).toEqual([1, expect.stringContaining(said)]);
    }
    await truncate(large, 150_000);
    expect((await sanitised(deviceId, large)).code).toBe(0);
    expect(
      (await typesIn(bench().api.db, stream)).filter((type) => type === 'sanitisation.reported'),
    ).toHaveLength(1);
  });

  test('who took over what, what was seen, what the lessor signed, and what was lost', async () => {
    const { deviceId } = await bench().oneDevice();
    const heir = await addPerson(bench().api.db);
    await as(
      'operator',
      'device',
      'handover',
      deviceId,
      '--mailbox',
      heir,
      '--drive',
      heir,
      '--local-data',
      'none',
    );
    expect((await factOf(deviceId, 'handover.done')).items).toEqual([
      { what: 'mailbox', takenOverBy: heir },
      { what: 'drive', takenOverBy: heir },
      { what: 'local-data', takenOverBy: null },
    ]);
    await as('dock', 'device', 'inspected', deviceId, '--condition', 'damaged', '--set-up-screen', 'no');
    expect(await factOf(deviceId, 'device.inspected')).toMatchObject({
      condition: 'damaged',
      setUpScreen: false,
    });
    const path = await file('receipt.pdf', '%PDF-1.7');
    await as(
      'finance',
      'device',
      'document',
      deviceId,
      path,
      '--kind',
      'lessor-receipt',
      '--reference',
      'R-77',
      '--date',
      '2026-03-02T00:00Z',
    );
    expect(await factOf(deviceId, 'substitute.recorded')).toMatchObject({
      kind: 'lessor-receipt',
      reference: 'R-77',
    });
    await as('operator', 'device', 'lost', deviceId, '--stolen', '--reason', 'police report 77');
    expect(await factOf(deviceId, 'lost.reported')).toMatchObject({ kind: 'stolen' });
    const gone = await as('operator', 'device', 'lost', `dev_${'0'.repeat(26)}`, '--reason', 'x');
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('no-open-custody')]);
    expect(textIn(await bench().ask('operator', 'declare-lost', { deviceId }), 'state')).toBe('requested');
  });
});
