/** Two people let a gate through without evidence, until a date. */
import { foldCase } from '../../domain/case-state.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { CASE_GATES, DEVICE_GATES, isThrough } from '../../domain/gates.ts';
import type { CaseGate, DeviceGate, Gate } from '../../domain/gates.ts';
import { caseGates } from '../../domain/rules/case.ts';
import { wakeCase } from '../cases.ts';
import { announceCustody } from '../custody-news.ts';
import type { Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { lockStream } from '../held-streams.ts';
import { policyInForce } from '../policy-in-force.ts';
import type { DecisionRow } from '../read/decisions.ts';
import { readPolicy } from '../rule-facts.ts';
import { readStream } from '../streams.ts';
import type { Bound } from './decisions.ts';
import { boundTo, gatesNow, lockOpenCustody } from './open-custody.ts';

interface WaiverRequest {
  readonly stream: string;
  readonly gate: Gate;
  readonly expiresAt: string;
}

export async function bindWaiver(tx: Tx, request: WaiverRequest, now: Date): Promise<Bound> {
  const { policy } = await policyInForce(tx);
  const counts = Date.parse(request.expiresAt) - now.getTime();
  if (!(counts > 0 && counts <= policy.decisions.waiverMaxMs)) throw new NotToDecide('waiver-too-long');
  const [kind, id = ''] = request.stream.split(':');
  return kind === 'case' ? bindOfCase(tx, id, request, now) : bindOfDevice(tx, id, request, now);
}

async function bindOfDevice(tx: Tx, deviceId: string, request: WaiverRequest, now: Date): Promise<Bound> {
  const custody = await lockOpenCustody(tx, deviceId);
  const gate = DEVICE_GATES.find((one): one is DeviceGate => one === request.gate);
  if (gate === undefined || isThrough((await gatesNow(tx, custody, now))[gate].status.state))
    throw new NotToDecide('gate-through');
  return boundTo(custody, subjectOf(request, custody.epoch));
}

async function bindOfCase(tx: Tx, caseId: string, request: WaiverRequest, now: Date): Promise<Bound> {
  const row = await tx
    .selectFrom('cases')
    .select(['generation', 'state', 'policy_digest'])
    .where('id', '=', caseId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined || row.state !== 'open') throw new NotToDecide('case-not-open');
  const { generation, policy_digest: policyDigest } = row;
  await lockStream(tx, request.stream);
  const state = foldCase(await readStream(tx, request.stream), generation);
  const gate = CASE_GATES.find((one): one is CaseGate => one === request.gate);
  const policy = await readPolicy(tx, policyDigest);
  const rules = { policy, policyDigest, now: now.getTime(), carrier: null, inventory: null };
  if (state === null || gate === undefined || isThrough(caseGates(state, rules)[gate].status.state))
    throw new NotToDecide('gate-through');
  return {
    subject: subjectOf(request, generation),
    stream: request.stream,
    round: generation,
    caseId,
    deviceId: null,
  };
}

/** Field by field: a request that is bound anew may carry the round it was first bound to. */
function subjectOf({ stream, gate, expiresAt }: WaiverRequest, round: number): SubjectOf<'waive-gate'> {
  return { kind: 'waive-gate', stream, round, gate, expiresAt };
}

export async function waive(
  tx: Tx,
  row: DecisionRow,
  { stream, round, gate, expiresAt }: SubjectOf<'waive-gate'>,
  by: string,
  now: Date,
): Promise<void> {
  const data = { round, decisionId: row.id, gate, expiresAt };
  await appendFacts(
    tx,
    [{ stream, key: `gate.waived:${row.id}`, type: 'gate.waived', actor: by, data }],
    now,
  );
  const [kind, id = ''] = stream.split(':');
  if (kind === 'case') await wakeCase(tx, id, round);
  else await announceCustody(tx, id, round, now);
}
