/** Puts cases and custodies into the state that a test is about, by the same functions that the engine uses. */
import { deviceStream } from '../../../src/domain/fact.ts';
import type { Fact, NewFact } from '../../../src/domain/fact.ts';
import type { FactType } from '../../../src/domain/fact-types.ts';
import type { Ownership } from '../../../src/domain/platform.ts';
import type { DeviceSighting, SourceKind } from '../../../src/domain/sighting.ts';
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
import { writeValues } from '../../../src/store/personal/values.ts';

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
      country: null,
      time_zone: null,
      manager_person_id: null,
    })
    .execute();
  await db.transaction().execute((tx) => writeValues(tx, id, values));
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

/** A device as discovery finds it; what is not said is as most are: corporate, known to all three sources, the leaver's. */
export interface Found {
  readonly serial: string;
  readonly model?: string;
  readonly ownership?: Ownership;
  /** The device manager's own id. */
  readonly mdmId?: string;
  /** Somebody else, whom the device manager names as holder, by its own id of them. */
  readonly mdmNames?: string;
  /** The inventory's own id of its record, which it named at discovery as the leaver's. */
  readonly inventoryId?: string;
}

/** Starts the case, answers every source, concludes discovery with these devices, and opens their custodies. */
export async function discover(
  db: Database,
  caseId: string,
  personId: string,
  devices: readonly Found[],
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
        sightings: devices.flatMap((device) =>
          (sourceKind === 'mdm' && device.mdmNames !== undefined) ||
          (sourceKind === 'inventory' && device.inventoryId !== undefined)
            ? [sightingOf(device, connector, sourceKind)]
            : [],
        ),
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
    for (const found of devices) {
      const { serial, model = 'ThinkPad T14', ownership = 'corporate' } = found;
      const key = normaliseSerial(serial);
      if (key === null) throw new Error('no serial');
      const sightings = SOURCES.map(({ connector, sourceKind }) => ({
        connector,
        sourceKind,
        sighting: sightingOf(found, connector, sourceKind),
      }));
      const device = await planCustody(tx, owner, {
        serial: key,
        manufacturer: 'Lenovo',
        model,
        platform: 'windows',
        ownership,
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

function sightingOf(
  { serial, model = 'ThinkPad T14', ownership = 'corporate', mdmId, mdmNames, inventoryId }: Found,
  connector: string,
  sourceKind: SourceKind,
): DeviceSighting {
  const isMdm = sourceKind === 'mdm';
  const other = isMdm ? mdmNames : undefined;
  return {
    externalId:
      (isMdm ? mdmId : sourceKind === 'inventory' ? inventoryId : undefined) ?? `${connector}-${serial}`,
    serial,
    manufacturer: 'Lenovo',
    model,
    assetTag: `T-${serial}`,
    platform: 'windows',
    ownership,
    holderExternalId: other ?? 'x1',
    heldBySubject: other === undefined,
    lastSeenAt: null,
  };
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
  ...devices: readonly (string | Found)[]
): Promise<{ readonly personId: string; readonly caseId: string; readonly devices: readonly Held[] }> {
  counter += 1;
  const personId = await addPerson(db, { employeeNumber: `E-${counter}-${process.pid}` });
  const caseId = await addCase(db, personId);
  const found = devices.map((one) => (typeof one === 'string' ? { serial: one } : one));
  return { personId, caseId, devices: await discover(db, caseId, personId, found) };
}

/** The types of facts of a stream, in their order. */
export async function typesIn(db: Database, stream: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('facts')
    .select('type')
    .where('stream', '=', stream)
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.type);
}

/** The data of the stream's last fact of that type. @throws when it has none. */
export async function lastFact<T extends FactType>(db: Database, stream: string, type: T): Promise<Fact<T>> {
  const { canonical } = await db
    .selectFrom('facts')
    .select('canonical')
    .where('stream', '=', stream)
    .where('type', '=', type)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return JSON.parse(canonical) as Fact<T>;
}
