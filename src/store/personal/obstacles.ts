/** What keeps a person from being erased, as things stand. */
import type { DecisionObstacle } from '../../domain/decisions.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Tx } from '../database.ts';
import { policyInForce } from '../policy-in-force.ts';
import { readPolicy } from '../rule-facts.ts';

export interface ErasureObstacle {
  readonly why: DecisionObstacle;
  /** ISO 8601 UTC; `null` where no time tells. */
  readonly until: string | null;
}

/** The first of them; `null`: nothing. Holds the person's row, as whoever places a hold or opens a case does. */
export async function erasureObstacle(tx: Tx, personId: string, now: Date): Promise<ErasureObstacle | null> {
  const person = await tx
    .selectFrom('persons')
    .select('erased_at')
    .where('id', '=', personId)
    .forUpdate()
    .executeTakeFirst();
  if (person === undefined) return { why: 'no-such-person', until: null };
  if (person.erased_at !== null) return { why: 'person-erased', until: null };
  const cases = await tx
    .selectFrom('cases')
    .select(['id', 'state', 'closed_at', 'policy_digest'])
    .where('person_id', '=', personId)
    .execute();
  const devices = await devicesOf(tx, personId);
  if (
    await isHeld(
      tx,
      personId,
      devices.map(({ deviceId }) => deviceId),
    )
  )
    return { why: 'person-held', until: null };
  const isOpen = cases.some(({ state }) => state === 'scheduled' || state === 'open');
  if (isOpen || devices.some(({ state }) => state === 'planned' || state === 'open'))
    return { why: 'person-case-open', until: null };
  const active = await tx
    .selectFrom('person_links')
    .select('connector')
    .where('person_id', '=', personId)
    .where('state', '=', 'active')
    .limit(1)
    .executeTakeFirst();
  if (active !== undefined) return { why: 'person-here', until: null };
  const until = await retainedUntil(tx, cases);
  return until > now.getTime() ? { why: 'person-retained', until: new Date(until).toISOString() } : null;
}

export interface CustodyOf {
  readonly deviceId: string;
  readonly epoch: number;
  readonly state: string;
}

/** Every custody that a case of the person ever had. */
export async function devicesOf(tx: Tx, personId: string): Promise<readonly CustodyOf[]> {
  return tx
    .selectFrom('custodies')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['custodies.device_id as deviceId', 'custodies.epoch', 'custodies.state'])
    .where('cases.person_id', '=', personId)
    .execute();
}

async function isHeld(tx: Tx, personId: string, deviceIds: readonly string[]): Promise<boolean> {
  const hold = await tx
    .selectFrom('holds')
    .select('id')
    .where('lifted_at', 'is', null)
    .where((on) => on.or([on('person_id', '=', personId), on('device_id', 'in', [...deviceIds, ''])]))
    .limit(1)
    .executeTakeFirst();
  return hold !== undefined;
}

/** The longer one counts: of the policy in force, and of the one that each case ended under. */
async function retainedUntil(
  tx: Tx,
  cases: readonly { readonly closed_at: string | null; readonly policy_digest: string }[],
): Promise<number> {
  const { policy: inForce } = await policyInForce(tx);
  let until = 0;
  for (const { closed_at: closedAt, policy_digest: digest } of cases) {
    if (closedAt === null) continue;
    const keptMs = Math.max(retentionOf(inForce), retentionOf(await readPolicy(tx, digest)));
    until = Math.max(until, Date.parse(closedAt) + keptMs);
  }
  return until;
}

function retentionOf({ people }: Policy): number {
  return people?.retentionMs ?? 0;
}
