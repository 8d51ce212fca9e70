/** What a disposal vendor says after the end: found by the sweep, entered in the books, and followed where it contradicts them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConnectors } from '../../src/adapters/connector-kinds.ts';
import { pickupStream } from '../../src/domain/fact.ts';
import { normaliseSerial } from '../../src/domain/serial.ts';
import { drawReport } from '../../src/ledger/pack/report/draw.ts';
import { NOTHING_GIVEN } from '../../src/ledger/pack/verify/given.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { readPackContent } from '../../src/store/evidence/pack-content.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { derivedId } from '../../src/store/ids.ts';
import { eventually } from '../support/engine/eventually.ts';
import { handOver, scanReturn } from '../support/engine/evidence.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import { caseRow, factsOf, openCaseOf, openExceptions, seed, wiped } from '../support/engine/leavers.ts';
import type { Custody } from '../support/engine/leavers.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { newKeys, packOf } from '../support/packs/make-pack.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

const PLACE = { referenceField: 'u_certificate', dispositionField: 'u_disposition', licences: 'ignore' };

describeLocalTemporal('a completed case whose vendor reports late', () => {
  let engine: Engine;
  const keys = newKeys();

  beforeAll(async () => {
    engine = await startEngine({
      disposalVendor: true,
      serviceNow: true,
      connectors: { snipeit: null, servicenow: PLACE },
      sweeps: { pickups: '2s', inventory: '2s', reconcile: '2s' },
    });
  });
  afterAll(async () => {
    const troubles = engine === undefined ? [] : await ledgerTroubles(engine);
    await engine?.stop();
    expect(troubles).toEqual([]);
  });

  /** The row of the pickup that `handOver` speaks of, and the same at the vendor, all the way to its certificates. */
  async function collected({ device_id: deviceId, epoch, serial }: Custody): Promise<string> {
    const pickupId = derivedId('pickup', `pickup:${deviceId}:${epoch}`);
    const vendor = createConnectors(engine.config.connectors).disposition.get('itad')?.port;
    if (vendor === undefined) throw new Error('no vendor');
    const now = new Date();
    const day = now.toISOString();
    const { reference } = await vendor.bookPickup({
      pickupId,
      site: 'berlin',
      windowFrom: day,
      windowTo: day,
    });
    const unit = { serial, manufacturer: 'LENOVO', model: 'ThinkPad X1', assetTag: '' };
    await vendor.sendManifest(pickupId, [{ pickupId, line: 1, ...unit, dataBearing: true, condition: '' }]);
    for (const step of ['collect', 'receive', 'certify'])
      await engine.control.post(`/instances/itad/pickups/${pickupId}/${step}`, {});
    const by = 'token:dock';
    await engine.db
      .insertInto('pickups')
      .values({
        id: pickupId,
        connector: 'itad',
        site: 'berlin',
        state: 'certified',
        reference,
        created_by: by,
        confirmed_by: by,
        confirmed_at: now,
        manifest_sent_revision: 1,
      })
      .execute();
    await engine.db
      .insertInto('pickup_lines')
      .values({
        pickup_id: pickupId,
        line: 1,
        device_id: deviceId,
        epoch,
        serial: normaliseSerial(serial) ?? '',
        manufacturer: unit.manufacturer,
        model: unit.model,
        asset_tag: '',
        model_key: 'thinkpad x1',
        added_at: null,
        accepted_at: null,
        taken_off_at: null,
        taken_off_as: null,
      })
      .execute();
    const created = {
      stream: pickupStream(pickupId),
      key: `pickup.created:${pickupId}`,
      type: 'pickup.created',
      actor: by,
      data: { pickupId, connector: 'itad', lines: [{ line: 1, deviceId, epoch, serial }] },
    } as const;
    await engine.db.transaction().execute((tx) => appendFacts(tx, [created], now));
    return pickupId;
  }

  /** Proven offline. */
  async function packOfCase(id: string) {
    const content = await readPackContent(engine.db, {
      subject: { kind: 'case', id },
      signing: { origin: null, signers: [keys.ledger] },
      since: null,
      now: new Date(),
    });
    if (content === null) throw new Error('nothing to export');
    const files = await packOf({ ...content, report: drawReport }, keys.pack);
    const given = { ...NOTHING_GIVEN, packKeys: [keys.pack.publicKey.key] };
    const { verdict, checks, manifest } = verifyPack(files, given);
    expect(checks.flatMap(({ status, sentences }) => (status === 'failed' ? sentences : []))).toEqual([]);
    expect(verdict).toBe('proven');
    return { claim: manifest?.claim, names: [...files.keys()] };
  }

  it('says it in the books, as often as more is known', async () => {
    await seed(engine, [{ key: 'uma' }]);
    const { caseId } = await openCaseOf(engine, 'uma');
    const custody = await wiped(engine, caseId);
    const pickupId = await collected(custody);
    await scanReturn(engine, custody);
    await handOver(engine, custody);
    await eventually('completion', async () => (await caseRow(engine, caseId)).state === 'completed');
    const stream = `device:${custody.device_id}`;
    const about = async (type: string) =>
      (await factsOf(engine, stream)).filter((fact) => fact.type === type).map(({ data }) => data);
    expect(await about('disposition.reported-late')).toEqual([]);
    const before = await packOfCase(caseId);

    const report = (how: object) =>
      engine.control.post(`/instances/itad/pickups/${pickupId}/dispose`, {
        serials: [custody.serial],
        ...how,
      });
    await report({ downstream: 'unknown', notify: false });
    const entered = await eventually('the first word in the books', async () =>
      (await about('disposition.entered')).at(0),
    );
    expect(entered).toMatchObject({ connector: 'servicenow', disposition: 'sanitised', outcome: 'shown' });
    // Where it went was still to be said.
    await report({ downstream: 'exported', notify: false });
    await eventually('the last word in the books', async () =>
      (await about('disposition.entered')).some(({ disposition }) => disposition === 'exported'),
    );
    const inventory = createConnectors(engine.config.connectors).inventory.get('servicenow')?.port;
    const [asset] = (await inventory?.findBySerial(custody.serial, null)) ?? [];
    expect(asset).toMatchObject({ state: 'disposed', books: { disposition: 'exported' } });
    expect(await caseRow(engine, caseId)).toMatchObject({ state: 'completed', generation: 1 });

    // Packs of before and after are proven, and claim the same; the later ones hold what was said, with its document.
    const after = await packOfCase(caseId);
    expect(after.claim).toEqual(before.claim);
    const reports = (await about('disposition.reported-late')).map(({ documentDigest }) => documentDigest);
    expect(reports).toHaveLength(2);
    for (const digest of reports)
      expect([before, after].map(({ names }) => names.includes(`documents/${String(digest)}.json`))).toEqual([
        false,
        true,
      ]);
  });

  it('is open again when the report cannot be true beside its end', async () => {
    await seed(engine, [{ key: 'vic' }]);
    const { caseId } = await openCaseOf(engine, 'vic');
    const custody = await wiped(engine, caseId);
    const pickupId = await collected(custody);
    await scanReturn(engine, custody);
    await handOver(engine, custody);
    await eventually('completion', async () => (await caseRow(engine, caseId)).state === 'completed');
    await engine.control.post(`/instances/itad/pickups/${pickupId}/dispose`, {
      outcome: 'not-processed',
      downstream: 'unknown',
      notify: false,
    });
    // Its workflow runs: the new generation has started.
    await eventually('the case open again', async () => {
      const { state, generation } = await caseRow(engine, caseId);
      return state === 'open' && generation === 2;
    });
    expect(await openExceptions(engine, caseId)).toContain('disposition-contradicts');
    expect((await factsOf(engine, `device:${custody.device_id}`)).map(({ type }) => type)).not.toContain(
      'disposition.entered',
    );
  });
});
