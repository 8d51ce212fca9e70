import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { openDifferences } from '../../src/store/pickup-differences.ts';
import { pickupOf, scanAtDock } from '../support/engine/dock.ts';
import { scanReturn } from '../support/engine/evidence.ts';
import { eventually } from '../support/engine/eventually.ts';
import { custodiesOf, openCaseOf, seed, wiped } from '../support/engine/leavers.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';

describeLocalTemporal('the inventory, asked live about what was just scanned', () => {
  let temporal: TestWorkflowEnvironment;
  let engine: Engine;
  beforeAll(async () => {
    temporal = await localTemporal();
    engine = await startEngine({ temporal, serviceNow: true });
    await seed(engine, [{ key: 'ada' }, { key: 'bob' }]);
  });
  afterAll(async () => {
    await engine?.stop();
    await temporal?.teardown();
  });

  /** On a manifest, wiped and back. */
  async function onManifest(key: string) {
    const { caseId } = await openCaseOf(engine, key);
    await wiped(engine, caseId);
    const [custody] = await custodiesOf(engine, caseId);
    if (custody === undefined) throw new Error('there is no custody');
    await scanReturn(engine, custody);
    return pickupOf(engine, custody);
  }

  const asks = (pickupId: string) =>
    engine.db
      .selectFrom('inventory_asks')
      .select(['connector', 'waiting', 'known', 'failure'])
      .where('pickup_id', '=', pickupId)
      .orderBy('connector')
      .execute();
  const answered = (pickupId: string, count: number) =>
    eventually(`${count} answers`, async () => {
      const rows = await asks(pickupId);
      return rows.filter(({ waiting }) => !waiting).length === count;
    });
  const open = async (pickupId: string) =>
    (await openDifferences(engine.db, pickupId)).map(({ kind }) => kind);
  const isRunning = async () => {
    const { status } = await temporal.client.workflow.getHandle('asking:snipeit').describe();
    return status.name === 'RUNNING';
  };

  it('every inventory is asked: a leaver’s laptop as at discovery raises nothing, another holder does', async () => {
    const { pickupId, serial } = await onManifest('ada');
    expect(await scanAtDock(engine, pickupId, serial)).toBe('match');
    await answered(pickupId, 2);
    expect((await asks(pickupId)).map(({ connector }) => connector)).toEqual(['servicenow', 'snipeit']);
    expect(await open(pickupId)).toEqual([]);

    const other = await onManifest('bob');
    await engine.control.post(`/instances/snipeit/assets/${other.serial}/change`, { assignedTo: 'ada' });
    await scanAtDock(engine, other.pickupId, other.serial);
    await eventually('the difference', async () => (await open(other.pickupId)).length > 0);
    expect(await open(other.pickupId)).toEqual(['inventory-with-another']);
    // It is given back, and the unit scanned again.
    await engine.control.post(`/instances/snipeit/assets/${other.serial}/change`, { assignedTo: 'bob' });
    await scanAtDock(engine, other.pickupId, other.serial, 2);
    await eventually('the settlement', async () => (await open(other.pickupId)).length === 0);
    await eventually('the end', async () => !(await isRunning()));
  });

  it('an inventory that is down is asked until it answers, and holds up no other', async () => {
    await seed(engine, [{ key: 'cyd' }]);
    const { pickupId, serial } = await onManifest('cyd');
    const { id } = await engine.control.post<{ id: string }>('/faults', {
      instance: 'snipeit',
      match: {},
      fault: { type: 'down' },
    });
    await scanAtDock(engine, pickupId, serial);
    await answered(pickupId, 1);
    await eventually('its silence', async () =>
      (await asks(pickupId)).some(({ failure }) => failure !== null),
    );
    expect(await asks(pickupId)).toMatchObject([
      { connector: 'servicenow', waiting: false, known: true },
      { connector: 'snipeit', waiting: true, known: null, failure: 'retryable' },
    ]);
    await engine.control.delete(`/faults/${id}`);
    await answered(pickupId, 2);
    expect((await asks(pickupId)).every(({ known, failure }) => known === true && failure === null)).toBe(
      true,
    );
  });
});
