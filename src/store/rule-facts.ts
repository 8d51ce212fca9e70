/** Reading what rules judge: cases and custodies folded out of their streams, with the policy they were opened under. */
import { foldCase } from '../domain/case-state.ts';
import type { CaseState } from '../domain/case-state.ts';
import { foldCustody } from '../domain/custody-state.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import { canonicalDigest } from '../ledger/canonical.ts';
import type { Reader, Tx } from './database.ts';
import { readStream, readStreams } from './streams.ts';

/** A case's generation as its facts tell it. @throws Error when there is none. */
export async function loadCase(db: Reader, caseId: string, generation: number): Promise<CaseState> {
  const state = foldCase(await readStream(db, caseStream(caseId)), generation);
  if (state === null) throw new Error(`no facts of ${caseId} generation ${generation}`);
  return state;
}

/** A custody epoch as its facts tell it. @throws Error when there is none. */
export async function loadCustody(db: Reader, deviceId: string, epoch: number): Promise<CustodyState> {
  const state = foldCustody(await readStream(db, deviceStream(deviceId)), epoch);
  if (state === null) throw new Error(`no facts of ${deviceId} epoch ${epoch}`);
  return state;
}

/** The custodies that a case generation has opened, in the order of their device ids. */
export async function loadCustodiesOf(
  db: Reader,
  caseId: string,
  generation: number,
): Promise<readonly CustodyState[]> {
  const rows = await db
    .selectFrom('custodies')
    .select(['device_id', 'epoch'])
    .where('case_id', '=', caseId)
    .where('generation', '=', generation)
    .where('state', '<>', 'planned')
    .orderBy('device_id')
    .execute();
  const streams = await readStreams(
    db,
    rows.map((row) => deviceStream(row.device_id)),
  );
  return rows.flatMap((row) => foldCustody(streams.get(deviceStream(row.device_id)) ?? [], row.epoch) ?? []);
}

/** Keeps a policy for ever under its digest and returns that digest. */
export async function keepPolicy(db: Reader, policy: Policy): Promise<string> {
  const digest = canonicalDigest(policy);
  await db
    .insertInto('policies')
    .values({ digest, body: JSON.stringify(policy) })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute();
  return digest;
}

/** Policies never change and are known by their digest: each is read once per process. */
const POLICIES = new Map<string, Policy>();

/** @throws Error when no policy of that digest was ever in force here. */
export async function readPolicy(db: Reader | Tx, digest: string): Promise<Policy> {
  const known = POLICIES.get(digest);
  if (known !== undefined) return known;
  const row = await db.selectFrom('policies').select('body').where('digest', '=', digest).executeTakeFirst();
  if (row === undefined) throw new Error(`unknown policy ${digest}`);
  POLICIES.set(digest, row.body);
  return row.body;
}
