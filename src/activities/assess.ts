/**
 * The judgement that workflows ask for: reads facts, applies the rules at the given time, commits what follows from them at
 * once, and answers with one small instruction.
 */
import { sql } from 'kysely';
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { BlockedBy, DeviceGate, GateStatus } from '../domain/gates.ts';
import type { Act, Judgement } from '../domain/judgement.ts';
import { caseGates, caseStep, completion } from '../domain/rules/case.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { custodyCompletion, custodyGates, custodyStep } from '../domain/rules/custody.ts';
import type { Tx } from '../store/database.ts';
import { lockStream } from '../store/held-streams.ts';
import { loadCase, loadCustodiesOf, loadCustody } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { commitCaseRecord } from './case-records.ts';
import { commitCustodyRecord } from './custody-records.ts';
import { custodyRuleContext, ruleContext } from './rule-context.ts';

/** What a workflow does next. Times are epoch milliseconds. */
export type Instruction =
  | { readonly do: 'pass' }
  | { readonly do: 'stop' }
  | { readonly do: 'wait'; readonly until: number | null }
  | { readonly do: 'act'; readonly acts: readonly Act[] };

export interface CaseQuestion {
  readonly caseId: string;
  readonly generation: number;
  readonly station: CaseStation;
  readonly now: number;
}

export interface CustodyQuestion {
  readonly deviceId: string;
  readonly epoch: number;
  readonly gate: DeviceGate;
  readonly now: number;
}

/** Each round records something new, so this many can only mean a rule that contradicts itself. */
const MOST_ROUNDS = 20;

/** Judges one station of a case. Idempotent: the same facts and time give the same instruction. */
export async function assessCase(context: EngineContext, question: CaseQuestion): Promise<Instruction> {
  const { caseId, generation, station } = question;
  const answer = await context.db.transaction().execute(async (tx) => {
    const { policy_digest: digest } = await tx
      .selectFrom('cases')
      .select('policy_digest')
      .where('id', '=', caseId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    await lockStream(tx, caseStream(caseId));
    const rules = await ruleContext(context, tx, digest, question.now);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const state = await loadCase(tx, caseId, generation);
      const custodies = await loadCustodiesOf(tx, caseId, generation);
      const step = caseStep(state, custodies, station, rules);
      if (step.do !== 'record') {
        const { blockedBy } = completion(state, custodies, rules);
        const ended = state.completed !== null || state.cancelled !== null;
        await showCase(tx, caseId, statusesOf(caseGates(state, rules)), ended ? [] : blockedBy);
        context.crash('assess-committing');
        return step;
      }
      for (const record of step.records)
        await commitCaseRecord(tx, state, record, rules, recordingTime(context, question.now));
    }
    throw new Error(`the rules do not settle for ${caseId}`);
  });
  context.crash('assess-committed');
  return answer;
}

/** Judges one gate of a custody. Idempotent: the same facts and time give the same instruction. */
export async function assessCustody(context: EngineContext, question: CustodyQuestion): Promise<Instruction> {
  const { deviceId, epoch, gate } = question;
  const answer = await context.db.transaction().execute(async (tx) => {
    await lockStream(tx, deviceStream(deviceId));
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const state = await loadCustody(tx, deviceId, epoch);
      const rules = await custodyRuleContext(context, tx, state.opened.data, question.now);
      const step = custodyStep(state, gate, rules);
      if (step.do !== 'record') {
        const { blockedBy } = custodyCompletion(state, rules);
        const ended = state.closed !== null || state.cancelled !== null;
        await showCustody(
          tx,
          deviceId,
          epoch,
          statusesOf(custodyGates(state, rules)),
          ended ? [] : blockedBy,
        );
        context.crash('assess-committing');
        return step;
      }
      for (const record of step.records)
        await commitCustodyRecord(tx, state, record, rules, recordingTime(context, question.now));
    }
    throw new Error(`the rules do not settle for ${deviceId}`);
  });
  context.crash('assess-committed');
  return answer;
}

/** A fact is never recorded before the moment it was judged at, whatever this machine's clock says. */
function recordingTime(context: EngineContext, now: number): Date {
  return new Date(Math.max(context.clock().getTime(), now));
}

function statusesOf(judgements: Readonly<Record<string, Judgement>>): Readonly<Record<string, GateStatus>> {
  return Object.fromEntries(Object.entries(judgements).map(([gate, judgement]) => [gate, judgement.status]));
}

/** The read model of lists: derived, never judged by. Written only when it differs. */
async function showCase(
  tx: Tx,
  caseId: string,
  gates: Readonly<Record<string, GateStatus>>,
  blockedBy: readonly BlockedBy[],
): Promise<void> {
  const shown = shownOf(gates, blockedBy);
  await tx.updateTable('cases').set(shown).where('id', '=', caseId).where(differs(shown)).execute();
}

async function showCustody(
  tx: Tx,
  deviceId: string,
  epoch: number,
  gates: Readonly<Record<string, GateStatus>>,
  blockedBy: readonly BlockedBy[],
): Promise<void> {
  const shown = shownOf(gates, blockedBy);
  await tx
    .updateTable('custodies')
    .set(shown)
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where(differs(shown))
    .execute();
}

function shownOf(gates: Readonly<Record<string, GateStatus>>, blockedBy: readonly BlockedBy[]) {
  return {
    gates: JSON.stringify(gates),
    blocked_by: JSON.stringify(blockedBy),
    due_at: earliestOf(blockedBy.filter((block) => !block.parked).map((block) => block.dueAt)),
    next_at: earliestOf(blockedBy.map((block) => block.escalatesAt)),
  };
}

function differs({
  gates,
  blocked_by: blockedBy,
  due_at: dueAt,
  next_at: nextAt,
}: ReturnType<typeof shownOf>) {
  return sql<boolean>`(gates, blocked_by, due_at, next_at) is distinct from
    (${gates}::jsonb, ${blockedBy}::jsonb, ${dueAt}::timestamptz, ${nextAt}::timestamptz)`;
}

/** The first of the times that are set: ISO 8601 UTC texts sort as times do. */
function earliestOf(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).toSorted()[0] ?? null;
}
