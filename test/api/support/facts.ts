/** Puts cases and custodies into the state that a test is about, by the same functions that the engine uses. */
import { deviceStream } from '../../../src/domain/fact.ts';
import type { NewFact } from '../../../src/domain/fact.ts';
import type { MatchedRecord } from '../../../src/domain/fact-types.ts';
import { RULES_VERSION } from '../../../src/domain/rules-version.ts';
import { openOrMoveCase } from '../../../src/store/cases.ts';
import { openCustody, planCustody } from '../../../src/store/custodies.ts';
import type { Database } from '../../../src/store/database.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { newId } from '../../../src/store/ids.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { normaliseSerial } from '../../../src/domain/serial.ts';
import { caseStream } from '../../../src/domain/fact.ts';
import { SOURCES, policy } from './api.ts';

export async function addPerson(
  db: Database,
  values: {
    readonly employeeNumber?: string;
    readonly workEmail?: string;
    readonly displayName?: string;
  } = {},
): Promise<string> {
  const id = newId('person');
  await db
    .insertInto('persons')
    .values({
      id,
      display_name: values.displayName ?? null,
      work_email: values.workEmail ?? null,
      employee_number: values.employeeNumber ?? null,
      country: null,
      time_zone: null,
      manager_person_id: null,
    })
    .execute();
  return id;
}

export async function addCase(db: Database, personId: string, effectiveAt = new Date()): Promise<string> {
  await inForce(db, policy);
  const leave = { personId, source: 'okta', eventKey: newId('scan'), effectiveAt, late: false };
  const { caseId } = await db
    .transaction()
    .execute((tx) => openOrMoveCase(tx, leave, { sources: SOURCES }, new Date()));
  return caseId;
}

export interface Held {
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
}

const JUDGED = async (db: Database) => ({
  rulesVersion: RULES_VERSION,
  policyDigest: await inForce(db, policy),
});

/** Starts the case, answers every source, concludes discovery with these devices, and opens their custodies. */
export async function discover(
  db: Database,
  caseId: string,
  personId: string,
  devices: readonly { readonly serial: string; readonly model?: string }[],
): Promise<readonly Held[]> {
  const judged = await JUDGED(db);
  const now = new Date();
  const owner = { caseId, generation: 1, personId, policy, policyDigest: judged.policyDigest };
  const stream = caseStream(caseId);
  return db.transaction().execute(async (tx) => {
    await appendFacts(
      tx,
      [
        {
          stream,
          key: `case.started:${caseId}:1`,
          type: 'case.started',
          actor: 'handback',
          data: { generation: 1, ...judged },
        },
      ],
      now,
    );
    await tx.updateTable('cases').set({ state: 'open', started_at: now }).where('id', '=', caseId).execute();
    for (const { connector, sourceKind } of SOURCES) {
      const data = {
        generation: 1,
        connector,
        sourceKind,
        person: 'known',
        personExternalIds: ['x1'],
        accountState: null,
        basis: 'live',
        snapshotAt: null,
        askedAt: now.toISOString(),
        sightings: [],
      } as const;
      await appendFacts(
        tx,
        [
          {
            stream,
            key: `source.answered:${caseId}:1:${connector}`,
            type: 'source.answered',
            actor: `connector:${connector}`,
            data,
          },
        ],
        now,
      );
    }
    const planned = [];
    for (const { serial, model = 'ThinkPad T14' } of devices) {
      const records: readonly MatchedRecord[] = SOURCES.map(({ connector, sourceKind }) => ({
        connector,
        sourceKind,
        externalId: `${connector}-${serial}`,
        namesLeaver: true,
      }));
      const key = normaliseSerial(serial);
      if (key === null) throw new Error('no serial');
      const sightings = records.map(({ connector, sourceKind, externalId }) => ({
        connector,
        sourceKind,
        sighting: {
          externalId,
          serial,
          manufacturer: 'Lenovo',
          model,
          assetTag: `T-${serial}`,
          platform: 'windows',
          ownership: 'corporate',
          holderExternalId: 'x1',
          heldBySubject: true,
          lastSeenAt: null,
        } as const,
      }));
      const device = await planCustody(tx, owner, {
        serial: key,
        manufacturer: 'Lenovo',
        model,
        platform: 'windows',
        ownership: 'corporate',
        sightings,
        ambiguousIn: [],
      });
      if (device === null) throw new Error('the device is in another custody');
      planned.push(device);
    }
    const data = {
      generation: 1,
      devices: planned,
      sources: SOURCES.map(({ connector }) => connector),
      ...judged,
    };
    await appendFacts(
      tx,
      [
        {
          stream,
          key: `discovery.concluded:${caseId}:1`,
          type: 'discovery.concluded',
          actor: 'handback',
          data,
        },
      ],
      now,
    );
    for (const device of planned) await openCustody(tx, owner, device, now);
    return planned.map(({ deviceId, epoch, serial }) => ({ deviceId, epoch, serial }));
  });
}

/** Lets the gates `data-handover` and `wipe` through: an acknowledged wipe. */
export async function wiped(db: Database, { deviceId, epoch }: Held): Promise<void> {
  const judged = await JUDGED(db);
  const stream = deviceStream(deviceId);
  const at = new Date().toISOString();
  const approvalId = newId('approval');
  const intentId = newId('intent');
  const observation = { state: 'done', startedAt: at, updatedAt: at, lastSeenAt: null } as const;
  await append(db, [
    {
      stream,
      key: `handover.not-required:${deviceId}:${epoch}`,
      type: 'handover.not-required',
      actor: 'handback',
      data: { epoch, basis: 'policy', ...judged },
    },
    {
      stream,
      key: `wipe.approved:${approvalId}`,
      type: 'wipe.approved',
      actor: 'handback',
      data: {
        epoch,
        approvalId,
        basis: 'policy',
        policyDigest: judged.policyDigest,
        actionHash: 'a',
        expiresAt: at,
        attempt: 1,
      },
    },
    {
      stream,
      key: `wipe.intended:${intentId}`,
      type: 'wipe.intended',
      actor: 'handback',
      data: { epoch, approvalId, intentId, connector: 'intune', mdmId: 'm1' },
    },
    {
      stream,
      key: `wipe.observed:${intentId}`,
      type: 'wipe.observed',
      actor: 'connector:intune',
      data: { epoch, intentId, connector: 'intune', observation },
    },
  ]);
}

/** Lets the gate `return` through. */
export async function returned(db: Database, { deviceId, epoch }: Held): Promise<void> {
  await append(db, [
    {
      stream: deviceStream(deviceId),
      key: `return.scanned:${deviceId}:${epoch}`,
      type: 'return.scanned',
      actor: 'token:t-dock',
      data: { epoch, scanId: newId('scan'), site: 'berlin', condition: 'good' },
    },
  ]);
}

export async function append(db: Database, facts: readonly NewFact[]): Promise<void> {
  await db.transaction().execute((tx) => appendFacts(tx, facts, new Date()));
}

let counter = 0;
/** A person with one case in which these devices were found; each call another person. */
export async function leaverWith(
  db: Database,
  ...serials: readonly string[]
): Promise<{ readonly personId: string; readonly caseId: string; readonly devices: readonly Held[] }> {
  counter += 1;
  const personId = await addPerson(db, { employeeNumber: `E-${counter}-${process.pid}` });
  const caseId = await addCase(db, personId);
  const devices = await discover(
    db,
    caseId,
    personId,
    serials.map((serial) => ({ serial })),
  );
  return { personId, caseId, devices };
}
