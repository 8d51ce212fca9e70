/** What the rules want recorded on a case's or a custody's stream alike. */
import type { CaseState } from '../domain/case-state.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { timesOpened } from '../domain/exceptions.ts';
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { Record as RuleRecord, RuleContext } from '../domain/judgement.ts';
import { returnDueAt } from '../domain/rules/return.ts';
import { toIso } from '../domain/time.ts';
import type { Tx } from '../store/database.ts';
import { openException } from '../store/exceptions.ts';
import { appendFacts } from '../store/facts.ts';
import type { EngineContext } from './context.ts';
import { tell } from './notices/queue.ts';
import type { ToTell } from './notices/queue.ts';

/** The stream a judgement is about. */
type Subject =
  | { readonly kind: 'case'; readonly state: CaseState }
  | { readonly kind: 'custody'; readonly state: CustodyState };

/** Records of either kind of stream: facts as the rules made them, exceptions, escalations. Whoever is to be told is queued. */
export async function commitShared(
  context: EngineContext,
  tx: Tx,
  subject: Subject,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<boolean> {
  const stream =
    subject.kind === 'case' ? caseStream(subject.state.caseId) : deviceStream(subject.state.deviceId);
  const round = subject.kind === 'case' ? subject.state.generation : subject.state.epoch;
  switch (record.kind) {
    case 'fact':
      await appendFacts(
        tx,
        [{ ...record.fact, stream, actor: 'handback' } as Parameters<typeof appendFacts>[1][number]],
        now,
      );
      if (subject.kind === 'custody' && record.fact.type === 'return.chased')
        await tellLeaver(context, tx, subject.state, record.fact.key, rules, now);
      return true;
    case 'exception':
      await openException(
        tx,
        {
          stream,
          code: record.code,
          gate: record.gate,
          round,
          owner: record.owner,
          blocking: record.blocking,
          dueAt: new Date(now.getTime() + rules.policy.exceptions.dueMs),
          caseId: subject.kind === 'case' ? subject.state.caseId : subject.state.opened.data.caseId,
          deviceId: subject.kind === 'case' ? null : subject.state.deviceId,
          occurrence: String(timesOpened(subject.state.exceptions, record.code) + 1),
        },
        now,
      );
      return true;
    case 'escalation': {
      const { gate, exceptionId, rung, to, dueAt } = record;
      const key = `escalation.raised:${stream}:${round}:${exceptionId ?? gate}:${dueAt}:${rung}`;
      const data = { gate, exceptionId, round, rung, to, dueAt };
      await appendFacts(tx, [{ stream, key, type: 'escalation.raised', actor: 'handback', data }], now);
      const kind = exceptionId === null ? 'gate-overdue' : 'exception-overdue';
      await tell(
        tx,
        context,
        { kind, factKey: key, gate, exceptionId, role: to, dueAt, ...about(subject, stream, round) },
        rules.policy,
        now,
      );
      return true;
    }
    default:
      return false;
  }
}

/** A chaser is the leaver's: where they cannot be written to, whoever comes next hears it. */
async function tellLeaver(
  context: EngineContext,
  tx: Tx,
  state: CustodyState,
  factKey: string,
  { policy }: RuleContext,
  now: Date,
): Promise<void> {
  const subject = about({ kind: 'custody', state }, deviceStream(state.deviceId), state.epoch);
  const dueAt = toIso(returnDueAt(state, policy));
  const chaser = { kind: 'return-chaser', gate: 'return', exceptionId: null, role: 'leaver' } as const;
  await tell(tx, context, { ...subject, ...chaser, factKey, dueAt }, policy, now);
}

/** Whom and what a message is about. */
function about(
  subject: Subject,
  stream: string,
  round: number,
): Pick<ToTell, 'stream' | 'round' | 'caseId' | 'deviceId' | 'personId' | 'backfill'> {
  const { personId, backfill = false } = subject.state.opened.data;
  const common = { stream, round, personId, backfill };
  return subject.kind === 'case'
    ? { ...common, caseId: subject.state.caseId, deviceId: null }
    : { ...common, caseId: subject.state.opened.data.caseId, deviceId: subject.state.deviceId };
}
