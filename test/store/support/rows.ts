/** Rows that store tests stand on: people, cases, custodies and approvals, made through the store's own functions. */
import { RECORDS } from '../../unit/domain/support/history.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { MatchedDevice } from '../../../src/domain/matching.ts';
import type { Serial } from '../../../src/domain/serial.ts';
import { openOrMoveCase } from '../../../src/store/cases.ts';
import { openCustody, planCustody } from '../../../src/store/custodies.ts';
import type { Database } from '../../../src/store/database.ts';
import { newId } from '../../../src/store/ids.ts';
import { inForce } from '../../support/postgres/in-force.ts';

export async function insertPerson(db: Database): Promise<string> {
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
  return id;
}

export interface OpenCustody {
  readonly caseId: string;
  readonly personId: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly policyDigest: string;
}

/** A person with a case that has begun and one device in an open custody. */
export async function insertOpenCustody(db: Database, policy: Policy, serial: string): Promise<OpenCustody> {
  const policyDigest = await inForce(db, policy);
  const personId = await insertPerson(db);
  const now = new Date();
  return db.transaction().execute(async (tx) => {
    const leave = { personId, source: 'hr', eventKey: `leave-${serial}`, effectiveAt: now, late: false };
    const { caseId } = await openOrMoveCase(tx, leave, { sources: [] }, now);
    await tx.updateTable('cases').set({ state: 'open', started_at: now }).where('id', '=', caseId).execute();
    const owner = { caseId, generation: 1, personId, policy, policyDigest };
    const planned = await planCustody(tx, owner, matched(serial));
    if (planned === null) throw new Error('the device is in another custody');
    await openCustody(tx, owner, planned, now);
    return { caseId, personId, deviceId: planned.deviceId, epoch: planned.epoch, policyDigest };
  });
}

function matched(serial: string): MatchedDevice & { readonly serial: Serial } {
  return {
    serial: serial as Serial,
    manufacturer: null,
    model: null,
    platform: 'windows',
    ownership: 'corporate',
    ambiguousIn: [],
    sightings: RECORDS.map(({ connector, sourceKind, externalId }) => ({
      connector,
      sourceKind,
      sighting: {
        externalId: `${externalId}-${serial}`,
        serial,
        manufacturer: null,
        model: null,
        assetTag: null,
        platform: 'windows',
        ownership: 'corporate',
        holderExternalId: 'u1',
        heldBySubject: true,
        lastSeenAt: null,
      },
    })),
  };
}

/** An approval by policy of that custody's wipe. Returns its id. */
export async function insertApproval(
  db: Database,
  { deviceId, epoch, policyDigest }: OpenCustody,
  expiresAt = new Date(Date.now() + 3_600_000),
): Promise<string> {
  const id = newId('approval');
  await db
    .insertInto('approvals')
    .values({
      id,
      kind: 'wipe',
      device_id: deviceId,
      epoch,
      basis: 'policy',
      action_hash: 'hash',
      policy_digest: policyDigest,
      requested_by: 'handback',
      approved_by: 'policy:test',
      created_at: new Date(),
      expires_at: expiresAt,
    })
    .execute();
  return id;
}
