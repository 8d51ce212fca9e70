/**
 * The judgement that workflows ask for: reads facts, applies the rules at the given time, commits what follows from them at
 * once, and answers with one small instruction.
 */
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { DEVICE_GATES } from '../domain/gates.ts';
import type { DeviceGate } from '../domain/gates.ts';
import type { Act, Record as RuleRecord, Step, Steps } from '../domain/judgement.ts';
import { CASE_STATIONS, caseBlocks, caseGates, caseSteps } from '../domain/rules/case.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import { judgeCustody } from '../domain/rules/custody.ts';
import { untilOf } from '../domain/steps.ts';
import { standingOf } from '../store/custody-news.ts';
import { settleDeadlines } from '../store/deadline-breaches.ts';
import { lockStream } from '../store/held-streams.ts';
import { loadCase, loadCustodiesOf, loadCustody } from '../store/rule-facts.ts';
import { showCase, showCustody } from '../store/shown.ts';
import { inTransaction } from '../store/transactions.ts';
import { commitCaseRecord } from './case-records.ts';
import type { EngineContext } from './context.ts';
import { commitCustodyRecord } from './custody-records.ts';
import { custodyRuleContext, ruleContext } from './rule-context.ts';

/** What a workflow does next at one gate. */
export type Instruction =
  | { readonly do: 'pass' }
  | { readonly do: 'stop' }
  | { readonly do: 'wait' }
  | { readonly do: 'act'; readonly acts: readonly Act[] };

/** What it does next at every gate. */
export interface Answer<G extends string> {
  readonly at: { readonly [gate in G]: Instruction };
  /** When time alone may change this, epoch milliseconds; `null`: never. */
  readonly until: number | null;
}

/** `now`: the workflow's own time, epoch milliseconds. */
export interface CaseQuestion {
  readonly caseId: string;
  readonly generation: number;
  readonly now: number;
}

export interface CustodyQuestion {
  readonly deviceId: string;
  readonly epoch: number;
  readonly now: number;
}

/** Each round records something new, so this many can only mean a rule that contradicts itself. */
const MOST_ROUNDS = 20;

/** Judges a case. Idempotent: the same facts and time give the same answer. */
export async function assessCase(
  context: EngineContext,
  { caseId, generation, now }: CaseQuestion,
): Promise<Answer<CaseStation>> {
  const answer = await inTransaction(context.db, async (tx) => {
    const { policy_digest: digest } = await tx
      .selectFrom('cases')
      .select('policy_digest')
      .where('id', '=', caseId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    await lockStream(tx, caseStream(caseId));
    const rules = await ruleContext(context, tx, digest, now);
    let custodies: readonly CustodyState[] | null = null;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const state = await loadCase(tx, caseId, generation);
      custodies ??= state.concluded === null ? [] : await loadCustodiesOf(tx, caseId, generation);
      const steps = caseSteps(state, custodies, rules);
      const records = firstRecords(CASE_STATIONS, steps);
      if (records.length === 0) {
        const settled = answerOf(steps);
        const ended = state.completed !== null || state.cancelled !== null;
        const blockedBy = ended ? [] : caseBlocks(state, custodies, rules);
        await showCase(tx, caseId, { gates: caseGates(state, rules), blockedBy, until: settled.until });
        context.crash('assess-committing');
        return settled;
      }
      for (const record of records)
        await commitCaseRecord(context, tx, state, record, rules, recordingTime(context, now));
      // Concluding a discovery and opening custodies are the only records after which there are others.
      if (records.some(({ kind }) => kind === 'conclude-discovery' || kind === 'open-custodies'))
        custodies = null;
    }
    throw new Error(`the rules do not settle for ${caseId}`);
  });
  context.crash('assess-committed');
  return answer;
}

/** Judges a custody. Idempotent: the same facts and time give the same answer. */
export async function assessCustody(
  context: EngineContext,
  { deviceId, epoch, now }: CustodyQuestion,
): Promise<Answer<DeviceGate>> {
  const answer = await inTransaction(context.db, async (tx) => {
    await lockStream(tx, deviceStream(deviceId));
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const state = await loadCustody(tx, deviceId, epoch);
      const rules = await custodyRuleContext(context, tx, state, now);
      const judgement = judgeCustody(state, rules);
      // Before anything that may close the custody: what was missed stays counted.
      await settleDeadlines(tx, [{ custody: state, judgement, policy: rules.policy }], now);
      const records = firstRecords(DEVICE_GATES, judgement.steps);
      if (records.length === 0) {
        await showCustody(tx, deviceId, epoch, standingOf(state, judgement));
        context.crash('assess-committing');
        return answerOf(judgement.steps);
      }
      for (const record of records)
        await commitCustodyRecord(context, tx, state, record, rules, recordingTime(context, now));
    }
    throw new Error(`the rules do not settle for ${deviceId}`);
  });
  context.crash('assess-committed');
  return answer;
}

/** What is to be recorded before anything else is judged: one gate's at a time, since it may change all others. */
function firstRecords<G extends string>(gates: readonly G[], steps: Steps<G>): readonly RuleRecord[] {
  for (const gate of gates) {
    const step = steps[gate];
    if (step.do === 'record') return step.records;
  }
  return [];
}

/** The steps as the workflow is told them. */
function answerOf<G extends string>(steps: Steps<G>): Answer<G> {
  const at = Object.fromEntries(
    Object.entries<Step>(steps).map(([gate, step]) => [gate, step.do === 'wait' ? { do: 'wait' } : step]),
  );
  return { at: at as Answer<G>['at'], until: untilOf(steps) };
}

/** A fact is never recorded before the moment it was judged at, whatever this machine's clock says. */
function recordingTime(context: EngineContext, now: number): Date {
  return new Date(Math.max(context.clock().getTime(), now));
}
