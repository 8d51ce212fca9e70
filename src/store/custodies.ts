/** Devices and their custody epochs: planned when discovery concludes, opened when access is cut. */
import { sql } from 'kysely';
import { deviceStream } from '../domain/fact.ts';
import type { Retired } from '../domain/fact-parts.ts';
import type { DiscoveredDevice, MatchedRecord } from '../domain/fact-types.ts';
import { custodyWorkflowId } from '../domain/ids.ts';
import type { MatchedDevice } from '../domain/matching.ts';
import type { Policy } from '../domain/policy.ts';
import { DEFAULT_ROUTE } from '../domain/routes.ts';
import type { Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { bringHolds } from './holds.ts';
import { newId } from './ids.ts';
import { queueStarts } from './outbox.ts';
import { readTraits } from './person-traits.ts';
import { readWorkingDays } from './working-days.ts';

export interface CustodyOwner {
  readonly caseId: string;
  readonly generation: number;
  /** `null`: hardware without a person. */
  readonly personId: string | null;
  readonly policy: Policy;
  readonly policyDigest: string;
  /** Found long after the leave: its wipes wait for people. */
  readonly backfill?: true;
}

/** A device with a usable serial. */
export type PlannedDevice = MatchedDevice & {
  readonly serial: string;
  readonly assetTag?: string | null;
  readonly retired?: Retired;
};

/**
 * Plans a custody for a matched device. A device that another case still follows is not taken over.
 *
 * @returns The planned custody; `null` when the device is in another custody.
 */
export async function planCustody(
  tx: Tx,
  owner: CustodyOwner,
  device: PlannedDevice,
): Promise<DiscoveredDevice | null> {
  const deviceId = await findOrCreateDevice(tx, device);
  const { rows } = await sql<{ last: number | null; busy: boolean | null }>`
    select max(epoch) as last, bool_or(state in ('planned', 'open')) as busy from custodies where device_id = ${deviceId}`.execute(
    tx,
  );
  if (rows[0]?.busy === true) return null;
  const epoch = (rows[0]?.last ?? 0) + 1;
  const records = device.sightings.map(({ connector, sourceKind, sighting }): MatchedRecord => {
    const namesLeaver = sighting.heldBySubject ? true : sighting.holderExternalId === null ? null : false;
    return { connector, sourceKind, externalId: sighting.externalId, namesLeaver };
  });
  const mdm = records.find((record) => record.sourceKind === 'mdm');
  await tx
    .insertInto('custodies')
    .values({
      device_id: deviceId,
      epoch,
      case_id: owner.caseId,
      generation: owner.generation,
      route: DEFAULT_ROUTE,
      state: 'planned',
      mdm_connector: mdm?.connector ?? null,
      mdm_id: mdm?.externalId ?? null,
    })
    .execute();
  return {
    deviceId,
    epoch,
    serial: device.serial,
    platform: device.platform,
    ownership: device.ownership,
    records,
    ...(device.retired !== undefined && { retired: device.retired }),
  };
}

async function findOrCreateDevice(tx: Tx, device: PlannedDevice): Promise<string> {
  const { serial, manufacturer, model, platform, ownership } = device;
  const assetTag =
    device.assetTag ??
    device.sightings.map(({ sighting }) => sighting.assetTag).find((tag) => tag !== null) ??
    null;
  const { id } = await tx
    .insertInto('devices')
    .values({ id: newId('device'), serial, manufacturer, model, asset_tag: assetTag, platform, ownership })
    .onConflict((conflict) =>
      conflict.columns(['serial', 'maker']).doUpdateSet((row) => ({
        platform,
        ownership,
        manufacturer: sql`coalesce(${row.ref('excluded.manufacturer')}, devices.manufacturer)`,
        model: sql`coalesce(${row.ref('excluded.model')}, devices.model)`,
        asset_tag: sql`coalesce(${row.ref('excluded.asset_tag')}, devices.asset_tag)`,
      })),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Opens a planned custody: its first fact, the exceptions that discovery already shows, and its workflow. */
export async function openCustody(
  tx: Tx,
  owner: CustodyOwner,
  device: DiscoveredDevice,
  now: Date,
): Promise<void> {
  const { deviceId, epoch, serial, platform, ownership, records, retired } = device;
  const stream = deviceStream(deviceId);
  const workingDays = await readWorkingDays(tx, owner.personId, owner.policy);
  await appendFacts(
    tx,
    [
      {
        stream,
        key: `custody.opened:${deviceId}:${epoch}`,
        type: 'custody.opened',
        actor: 'handback',
        data: {
          epoch,
          caseId: owner.caseId,
          generation: owner.generation,
          personId: owner.personId,
          route: DEFAULT_ROUTE,
          serial,
          platform,
          ownership,
          records,
          policyDigest: owner.policyDigest,
          ...(retired !== undefined && { retired }),
          ...(owner.backfill === true ? { backfill: true } : {}),
          ...(workingDays !== null && { workingDays }),
          ...(owner.personId !== null &&
            asksWho(owner.policy) && { leaver: await readTraits(tx, owner.personId) }),
        },
      },
    ],
    now,
  );
  await tx
    .updateTable('custodies')
    .set({ state: 'open', opened_at: now })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('state', '=', 'planned')
    .execute();
  await bringHolds(tx, owner.personId, { deviceId, epoch }, now);
  // Nobody was asked about what somebody named by hand: the books are asked when it is to be closed in them.
  for (const problem of retired === undefined ? problemsOf(records) : []) {
    await openException(
      tx,
      {
        stream,
        code: problem.code,
        gate: problem.gate,
        round: epoch,
        owner: 'asset-manager',
        blocking: true,
        dueAt: new Date(now.getTime() + owner.policy.exceptions.dueMs),
        caseId: owner.caseId,
        deviceId,
        occurrence: '1',
      },
      now,
    );
  }
  await queueStarts(tx, [{ workflowId: custodyWorkflowId(deviceId, epoch), workflowType: 'deviceCustody' }]);
}

function asksWho({ wipe }: Policy): boolean {
  return wipe.timing.some(({ countries, groups }) => Boolean(countries) || Boolean(groups));
}

/** What does not add up in the sources' records of one device. */
function problemsOf(
  records: readonly MatchedRecord[],
): readonly { readonly code: string; readonly gate: 'inventory-closure' | null }[] {
  const kinds = new Set(records.map((record) => record.sourceKind));
  const problems: { code: string; gate: 'inventory-closure' | null }[] = [];
  if (kinds.size === 1) problems.push({ code: 'single-source-device', gate: null });
  if (!kinds.has('inventory')) problems.push({ code: 'unrecorded-device', gate: 'inventory-closure' });
  if (records.length > new Set(records.map((record) => record.connector)).size)
    problems.push({ code: 'serial-ambiguous', gate: null });
  return problems;
}
