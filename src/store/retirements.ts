/** Retirement cases: hardware that leaves without a leaver. Named by hand, each unit by its serial, all or none. */
import { caseStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { Retired } from '../domain/fact-parts.ts';
import { caseWorkflowId } from '../domain/ids.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import type { Serial } from '../domain/serial.ts';
import { planCustody } from './custodies.ts';
import type { Reader, Tx } from './database.ts';
import { driveConflicts, keepDrives } from './drives.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { queueStarts } from './outbox.ts';
import { policyInForce } from './policy-in-force.ts';

export interface RetiredUnit {
  readonly serial: Serial;
  readonly retired: Retired;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly assetTag: string | null;
}

/** What is in a unit's way; nothing is opened then. */
export interface RetirementObstacle {
  /** Place in the list. */
  readonly index: number;
  readonly why: 'serial-twice' | 'in-custody' | 'drive-twice' | 'drive-elsewhere';
}

interface Opened {
  readonly kind: 'opened';
  readonly caseId: string;
  readonly devices: readonly {
    readonly deviceId: string;
    readonly epoch: number;
    readonly serial: string;
  }[];
}

export type Retirement =
  | Opened
  | { readonly kind: 'refused'; readonly obstacles: readonly RetirementObstacle[] };

/** What an earlier call opened under that id; `null` when there was none. */
export async function openedRetirement(db: Reader, caseId: string): Promise<Opened['devices'] | null> {
  const rows = await db
    .selectFrom('custodies')
    .innerJoin('devices', 'devices.id', 'custodies.device_id')
    .select(['custodies.device_id', 'custodies.epoch', 'devices.serial'])
    .where('custodies.case_id', '=', caseId)
    .orderBy('devices.serial')
    .execute();
  if (rows.length === 0) return null;
  return rows.map(({ device_id: deviceId, epoch, serial }) => ({ deviceId, epoch, serial }));
}

/** To be rolled back by the caller when it is refused: what was planned before is then gone. */
export async function openRetirement(
  tx: Tx,
  units: readonly RetiredUnit[],
  actor: string,
  now: Date,
  caseId = newId('case'),
): Promise<Retirement> {
  const twice = [...repeated(units), ...(await driveConflicts(tx, units))];
  if (twice.length > 0) return { kind: 'refused', obstacles: twice };
  const { policy, digest: policyDigest } = await policyInForce(tx);
  await tx
    .insertInto('cases')
    .values({
      id: caseId,
      kind: 'retirement',
      person_id: null,
      state: 'scheduled',
      source: actor,
      effective_at: now,
      late: false,
      policy_digest: policyDigest,
      opened_at: now,
    })
    .execute();
  const owner = { caseId, generation: 1, personId: null, policy, policyDigest };
  const devices = [];
  const obstacles: RetirementObstacle[] = [];
  // In the order of serials: two lists with the same units never wait for each other.
  for (const [index, unit] of [...units.entries()].toSorted(([, a], [, b]) =>
    a.serial < b.serial ? -1 : 1,
  )) {
    const planned = await planCustody(tx, owner, {
      ...unit,
      platform: 'unknown',
      ownership: 'corporate',
      sightings: [],
      ambiguousIn: [],
    });
    if (planned === null) obstacles.push({ index, why: 'in-custody' });
    else devices.push(planned);
  }
  if (obstacles.length > 0) return { kind: 'refused', obstacles };
  const judged = { rulesVersion: RULES_VERSION, policyDigest };
  const facts: readonly NewFact[] = [
    {
      stream: caseStream(caseId),
      key: `case.opened:${caseId}:1`,
      type: 'case.opened',
      actor,
      data: {
        personId: null,
        kind: 'retirement',
        generation: 1,
        source: actor,
        eventKey: caseId,
        effectiveAt: now.toISOString(),
        late: false,
        sources: [],
        ...judged,
      },
    },
    {
      stream: caseStream(caseId),
      key: `discovery.concluded:${caseId}:1`,
      type: 'discovery.concluded',
      actor,
      data: { generation: 1, devices, sources: [], ...judged },
    },
  ];
  await appendFacts(tx, facts, now);
  for (const { deviceId, epoch, retired } of devices)
    await keepDrives(tx, { deviceId, epoch }, retired?.drives ?? [], actor, now);
  await queueStarts(tx, [{ workflowId: caseWorkflowId(caseId, 1), workflowType: 'offboardingCase' }]);
  return { kind: 'opened', caseId, devices };
}

function repeated(units: readonly RetiredUnit[]): readonly RetirementObstacle[] {
  const serials = new Set<string>();
  const drives = new Set<string>();
  return units.flatMap(({ serial, retired }, index): RetirementObstacle[] => {
    const isTwice = serials.has(serial);
    serials.add(serial);
    const driveTwice = retired.drives.some((drive) => drives.has(drive)) || retired.drives.includes(serial);
    for (const drive of retired.drives) drives.add(drive);
    return [
      ...(isTwice ? [{ index, why: 'serial-twice' } as const] : []),
      ...(driveTwice ? [{ index, why: 'drive-twice' } as const] : []),
    ];
  });
}
