import { afterAll, beforeAll, expect, it } from 'vitest';
import { inForce } from '../support/postgres/in-force.ts';
import { linkPerson } from '../../src/store/people.ts';
import { openOrMoveCase } from '../../src/store/cases.ts';
import { configuredSources } from '../../src/worker/main.ts';
import { createConnectors } from '../../src/adapters/connector-kinds.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { eventually } from '../support/engine/eventually.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';

describeLocalTemporal('one laptop', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine();
    await engine.control.post('/company', {
      people: [
        {
          key: 'ada',
          givenName: 'Ada',
          familyName: 'L',
          workEmail: 'ada@example.com',
          externalId: 'E-1',
          identity: ['okta', 'graph'],
        },
      ],
      devices: [
        {
          key: 'ada-laptop',
          serial: 'PF0ADA0001',
          manufacturer: 'LENOVO',
          model: 'ThinkPad X1',
          platform: 'windows',
          assignedTo: 'ada',
          mdm: 'graph',
          oktaRegistered: true,
          inventory: true,
        },
      ],
    });
  });

  afterAll(async () => engine?.stop());

  it('is found by every source, wiped once, and waits for its return', async () => {
    const { db, control, config } = engine;
    const connectors = createConnectors(config.connectors);
    const terms = { sources: configuredSources(connectors) };
    await inForce(db, config.policy);
    const [person] = await [...connectors.identity.values()]
      .find((one) => one.name === 'okta')!
      .port.findPersons({ employeeNumber: 'E-1', workEmail: null });
    const opened = await db.transaction().execute(async (tx) => {
      const personId = await linkPerson(
        tx,
        { connector: 'okta', externalId: person!.externalId, state: 'active', leaveAt: null },
        { ...person!, timeZone: null },
        ['employeeNumber'],
      );
      if (typeof personId !== 'string') throw new Error('ambiguous');
      return openOrMoveCase(
        tx,
        { personId, source: 'token:test', eventKey: 't1', effectiveAt: new Date(), late: false },
        terms,
        new Date(),
      );
    });
    const custody = await eventually('the wipe gate', async () => {
      const rows = await db
        .selectFrom('custodies')
        .selectAll()
        .where('case_id', '=', opened.caseId)
        .execute();
      return rows.find((row) => row.gates['wipe']?.state === 'satisfied');
    });
    expect(custody.gates['return']?.state).toBe('waiting');
    const { effects } = await control.get<{ effects: { kind: string }[] }>('/effects?kind=wipe');
    expect(effects).toHaveLength(1);
    // What the device waits for stands with the device, whose row moves on without the case being judged again.
    const row = await db
      .selectFrom('cases')
      .select(['blocked_by', 'due_at'])
      .where('id', '=', opened.caseId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ blocked_by: [], due_at: null });
    expect(custody.blocked_by).toMatchObject([{ gate: 'return', deviceId: custody.device_id }]);
  });
});
