/** Devices that were handed over and wait for their certificate, on pickups of a thousand: rows and facts as the engine has them. */
import { PolicySchema } from '../../src/config/policy-schema.ts';
import { deviceStream, pickupStream } from '../../src/domain/fact.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { RULES_VERSION } from '../../src/domain/rules-version.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { appendNew } from '../../src/store/facts-of-many.ts';
import { keepPolicy } from '../../src/store/rule-facts.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { modelKey } from '../../src/store/pickup-matching.ts';

export const PER_PICKUP = 1_000;

export function serialOf(index: number): string {
  return `BX${String(index).padStart(7, '0')}`;
}

export function seededDevice(index: number): string {
  return `dev_bench${String(index).padStart(8, '0')}`;
}

/** @param from Number of its first device. */
export function seededPickup(from: number): string {
  return `pick_bench${String(from).padStart(8, '0')}`;
}

export async function seedHandedOver(db: Database, devices: number): Promise<void> {
  const policyDigest = await keepPolicy(db, PolicySchema.parse({}));
  const now = new Date();
  await db
    .insertInto('persons')
    .values({
      id: 'per_bench',
      country: null,
      time_zone: null,
      manager_person_id: null,
    })
    .execute();
  await db
    .insertInto('cases')
    .values({
      id: 'case_bench',
      kind: 'offboarding',
      person_id: 'per_bench',
      state: 'open',
      source: 'okta',
      effective_at: now,
      policy_digest: policyDigest,
    })
    .execute();
  for (let from = 0; from < devices; from += PER_PICKUP) {
    const pickupId = seededPickup(from);
    const units = Array.from({ length: Math.min(PER_PICKUP, devices - from) }, (_one, index) => ({
      deviceId: seededDevice(from + index),
      serial: serialOf(from + index),
      line: index + 1,
    }));
    await inTransaction(db, async (tx) => {
      await tx
        .insertInto('devices')
        .values(
          units.map(({ deviceId, serial }) => ({
            id: deviceId,
            serial,
            manufacturer: 'Dell',
            model: 'Latitude',
            asset_tag: null,
            platform: 'windows' as const,
            ownership: 'corporate' as const,
          })),
        )
        .execute();
      await tx
        .insertInto('custodies')
        .values(
          units.map(({ deviceId }) => ({
            device_id: deviceId,
            epoch: 1,
            case_id: 'case_bench',
            generation: 1,
            route: 'dispose' as const,
            state: 'open' as const,
            mdm_connector: null,
            mdm_id: null,
          })),
        )
        .execute();
      await tx
        .insertInto('pickups')
        .values({
          id: pickupId,
          connector: 'itad',
          site: 'bench',
          state: 'confirmed',
          reference: null,
          created_by: 'handback',
          confirmed_by: 'handback',
          confirmed_at: now,
        })
        .execute();
      await tx
        .insertInto('pickup_lines')
        .values(
          units.map(({ deviceId, serial, line }) => ({
            pickup_id: pickupId,
            line,
            device_id: deviceId,
            epoch: 1,
            serial,
            manufacturer: 'Dell',
            model: 'Latitude',
            model_key: modelKey('Latitude'),
            asset_tag: '',
          })),
        )
        .execute();
      await tx
        .insertInto('streams')
        .values(units.map(({ deviceId }) => ({ stream: deviceStream(deviceId), seq: 0, digest: '' })))
        .execute();
      const lines = units.map(({ deviceId, serial, line }) => ({ line, deviceId, epoch: 1, serial }));
      await appendFacts(
        tx,
        [
          {
            stream: pickupStream(pickupId),
            key: `pickup.created:${pickupId}`,
            type: 'pickup.created',
            actor: 'handback',
            data: { pickupId, connector: 'itad', lines },
          },
        ],
        now,
      );
      await appendNew(
        tx,
        units.flatMap((unit) => historyOf(unit, pickupId, policyDigest)),
        now,
      );
    });
  }
}

/** As of a device that goes well: wiped, back, on a manifest, scanned by both and handed over. */
function historyOf(
  { deviceId, serial, line }: { readonly deviceId: string; readonly serial: string; readonly line: number },
  pickupId: string,
  policyDigest: string,
): readonly NewFact[] {
  const stream = deviceStream(deviceId);
  const at = '2026-01-01T10:00:00.000Z';
  const done = '2026-01-01T10:01:00.000Z';
  const of = { stream, actor: 'handback' } as const;
  const [approvalId, intentId] = [`appr_${deviceId}`, `int_${deviceId}`];
  const connector = 'intune';
  const scanned = (by: 'dock' | 'vendor'): NewFact => ({
    ...of,
    key: `handoff.scanned:${deviceId}:1:${pickupId}:${by}`,
    type: 'handoff.scanned',
    data: { epoch: 1, pickupId, by, scannedAt: at },
  });
  return [
    {
      ...of,
      key: `custody.opened:${deviceId}:1`,
      type: 'custody.opened',
      data: {
        epoch: 1,
        caseId: 'case_bench',
        generation: 1,
        personId: 'per_bench',
        route: 'dispose',
        serial,
        platform: 'windows',
        ownership: 'corporate',
        records: [],
        policyDigest,
      },
    },
    {
      ...of,
      key: `handover.not-required:${deviceId}:1`,
      type: 'handover.not-required',
      data: { epoch: 1, basis: 'policy', rulesVersion: RULES_VERSION, policyDigest },
    },
    {
      ...of,
      key: `wipe.approved:${approvalId}`,
      type: 'wipe.approved',
      data: {
        epoch: 1,
        approvalId,
        basis: 'policy',
        policyDigest,
        actionHash: policyDigest,
        expiresAt: '2026-01-02T10:00:00.000Z',
        attempt: 1,
      },
    },
    {
      ...of,
      key: `wipe.intended:${intentId}`,
      type: 'wipe.intended',
      data: { epoch: 1, approvalId, intentId, connector, mdmId: `mdm-${deviceId}` },
    },
    {
      ...of,
      key: `wipe.answered:${intentId}`,
      type: 'wipe.answered',
      data: { epoch: 1, intentId, answer: 'accepted', code: null, sendStartedAt: at, settlesAt: null },
    },
    {
      ...of,
      key: `wipe.observed:${intentId}:done`,
      type: 'wipe.observed',
      data: {
        epoch: 1,
        intentId,
        connector,
        observation: { state: 'done', startedAt: done, updatedAt: done, lastSeenAt: null },
      },
    },
    {
      ...of,
      key: `return.scanned:${deviceId}:1`,
      type: 'return.scanned',
      data: { epoch: 1, scanId: `scan_${deviceId}`, site: 'bench', condition: 'good' },
    },
    {
      ...of,
      key: `handoff.manifested:${deviceId}:1:${pickupId}`,
      type: 'handoff.manifested',
      data: { epoch: 1, pickupId, line },
    },
    scanned('dock'),
    scanned('vendor'),
    {
      ...of,
      key: `handoff.transferred:${deviceId}:1:${pickupId}`,
      type: 'handoff.transferred',
      data: { epoch: 1, pickupId, confirmedBy: 'handback' },
    },
  ];
}
