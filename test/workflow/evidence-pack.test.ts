/** A case that the engine itself completed: its pack is proven, and the rules judge it as they did. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pickupStream } from '../../src/domain/fact.ts';
import { derivedId } from '../../src/store/ids.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { readIdentifiers } from '../../src/store/audits/listing.ts';
import { readPeriod, requestPeriod } from '../../src/store/audits/periods.ts';
import { readPeriodContent } from '../../src/store/evidence/period-content.ts';
import { readPackContent } from '../../src/store/evidence/pack-content.ts';
import { drawReport } from '../../src/ledger/pack/report/draw.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { NOTHING_GIVEN } from '../../src/ledger/pack/verify/given.ts';
import { newKeys, packOf } from '../support/packs/make-pack.ts';
import { eventually } from '../support/engine/eventually.ts';
import { handOver, scanReturn } from '../support/engine/evidence.ts';
import { caseRow, openCaseOf, seed, wiped } from '../support/engine/leavers.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

describeLocalTemporal('a completed case', () => {
  let engine: Engine;
  const keys = newKeys();

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => engine?.stop());

  it('is proven by its pack', async () => {
    await seed(engine, [{ key: 'eve' }]);
    const { caseId } = await openCaseOf(engine, 'eve');
    const { device_id: deviceId, epoch } = await wiped(engine, caseId);
    const pickupId = derivedId('pickup', `pickup:${deviceId}:${epoch}`);
    await engine.db.transaction().execute((tx) =>
      appendFacts(
        tx,
        [
          {
            stream: pickupStream(pickupId),
            key: `pickup.created:${pickupId}`,
            type: 'pickup.created',
            actor: 'token:desk',
            data: { pickupId, connector: 'itad', lines: [{ line: 1, deviceId, epoch, serial: 'PF0EVE' }] },
          },
        ],
        new Date(),
      ),
    );
    await scanReturn(engine, { device_id: deviceId, epoch });
    await handOver(engine, { device_id: deviceId, epoch });
    await eventually('completion', async () => (await caseRow(engine, caseId)).state === 'completed');
    const content = await readPackContent(engine.db, {
      subject: { kind: 'case', id: caseId },
      signing: { origin: null, signers: [keys.ledger] },
      since: null,
      now: new Date(),
    });
    if (content === null) throw new Error('nothing to export');
    const files = await packOf({ ...content, report: drawReport }, keys.pack);
    const { verdict, checks, manifest } = verifyPack(files, {
      ...NOTHING_GIVEN,
      packKeys: [keys.pack.publicKey.key],
    });
    expect(checks.flatMap(({ status, sentences }) => (status === 'failed' ? sentences : []))).toEqual([]);
    expect(verdict).toBe('proven');
    expect(manifest?.claim.cases).toMatchObject([{ caseId, state: 'completed' }]);
  });

  it('is in the population of its period, which every source was asked for', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const periodId = await engine.db.transaction().execute((tx) =>
      requestPeriod(
        tx,
        {
          id: null,
          from: today,
          until: today,
          timeZone: 'UTC',
          seed: 'an auditor’s own',
          sample: 5,
          sources: engine.config.connectors.flatMap(({ name: connector, port }) =>
            port === 'hr' || port === 'identity' ? [{ connector, kind: port } as const] : [],
          ),
          by: 'token:auditor',
        },
        new Date(),
      ),
    );
    await eventually('every source has listed', async () => {
      const period = await readPeriod(engine.db, periodId);
      return period?.parts.every((part) => part.finished_at !== null) === true;
    });
    const request = {
      periodId,
      signing: { origin: null, signers: [keys.ledger] },
      since: null,
      now: new Date(),
    };
    const content = await readPeriodContent(engine.db, request);
    if (content === null) throw new Error('nothing to export');
    const files = await packOf({ ...content, report: drawReport }, keys.pack);
    const { verdict, checks, manifest } = verifyPack(files, {
      ...NOTHING_GIVEN,
      packKeys: [keys.pack.publicKey.key],
      subject: periodId,
    });
    expect(checks.flatMap(({ status, sentences }) => (status === 'failed' ? sentences : []))).toEqual([]);
    expect(verdict).toBe('proven');
    expect(manifest?.claim.period).toMatchObject({
      leavers: 1,
      cases: 1,
      sampled: 1,
      leaversWithoutCase: 0,
      casesWithoutLeaver: 0,
    });
    const [leaver] = await readIdentifiers(engine.db, periodId, null, 10);
    const everything = [...files]
      .filter(([name]) => name.endsWith('.json'))
      .map(([, bytes]) => Buffer.from(bytes).toString('utf8'))
      .join('\n');
    expect(everything).toContain(leaver?.account);
    expect(everything).not.toContain('eve@');
  });
});
