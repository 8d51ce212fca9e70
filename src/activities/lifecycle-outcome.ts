/** What a lifecycle event of a known person leads to: a case opened, moved, cancelled, a question for somebody, or nothing. */
import type { DirectoryPerson } from '../adapters/identity/port.ts';
import { caseStream } from '../domain/fact.ts';
import { isGone } from '../domain/gone.ts';
import { cancelCaseOf, openOrMoveCase, wakeCase } from '../store/cases.ts';
import type { Tx } from '../store/database.ts';
import { openExceptionAgain } from '../store/exceptions.ts';
import { isOffboarded, isSuperseded, lockOpenCase, repeatedLeave, wasCutAt } from '../store/leaving.ts';
import type { OpenCase, SeenAccount } from '../store/leaving.ts';
import type { LifecycleEvent } from '../store/lifecycle.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';

/** Told later than this after it took effect, a leave is flagged as late. */
const LATE_AFTER_MS = 24 * 3_600_000;

/** An event with what is known around it. */
export interface Told {
  readonly event: LifecycleEvent;
  readonly personId: string;
  /** The account now; `null` for HR, and for an account that is gone for good. */
  readonly live: DirectoryPerson | null;
  /** How the account was seen before. */
  readonly before: SeenAccount | null;
  /** Read off the account's state: it may repeat what has been said. */
  readonly fromState: boolean;
}

/** @returns What was made of the event, for its row. */
export async function act(tx: Tx, context: EngineContext, told: Told, now: Date): Promise<string> {
  const { event } = told;
  if (event.kind === 'joiner' || event.kind === 'mover' || event.kind === 'suspension') return 'recorded';
  if (await isSuperseded(tx, event, [...context.connectors.identity.keys()])) return 'superseded';
  return event.kind === 'leaver' ? leave(tx, context, told, now) : stay(tx, context, told, now);
}

async function leave(tx: Tx, context: EngineContext, told: Told, now: Date): Promise<string> {
  const { event, personId, live, before, fromState } = told;
  const provider = context.connectors.identity.get(event.connector);
  const effective = new Date(event.effectiveAt);
  if (provider !== undefined && effective.getTime() <= now.getTime()) {
    const leaveAt = live === null || live.leaveAt === null ? null : Date.parse(live.leaveAt);
    const reading = {
      connector: event.connector,
      rule: provider.port.goneRule,
      state: live?.state ?? 'deleted',
      leaveAt,
    } as const;
    if (!isGone(reading, now.getTime())) return 'not-confirmed';
  }
  const repeated = fromState ? await repeatedLeave(tx, event, live?.state === 'active') : null;
  if (repeated !== null) return repeated;
  const deleted = provider !== undefined && (live === null || live.state === 'deleted');
  if (await isOffboarded(tx, { personId, effectiveAt: event.effectiveAt, deleted, before }))
    return 'already-offboarded';
  const late = now.getTime() - effective.getTime() > LATE_AFTER_MS;
  const { outcome } = await openOrMoveCase(
    tx,
    { personId, source: event.connector, eventKey: event.eventId, effectiveAt: effective, late },
    context.terms,
    now,
  );
  return outcome;
}

/** The person stays. HR may call any leave off, an identity provider only its own. */
async function stay(tx: Tx, context: EngineContext, told: Told, now: Date): Promise<string> {
  const { event, personId, live, fromState } = told;
  const isProvider = context.connectors.identity.has(event.connector);
  if (isProvider && (live?.state !== 'active' || (fromState && live.leaveAt !== null)))
    return 'not-confirmed';
  const met = await lockOpenCase(tx, personId);
  if (met === null) return 'nothing-open';
  if (!isProvider || met.source === event.connector) {
    const reason = event.kind === 'rehire' ? 'rehired' : 'withdrawn';
    await cancelCaseOf(tx, personId, reason, event.connector, now);
    return 'cancelled';
  }
  // Until the leave takes effect the account is meant to be active.
  if (met.state === 'scheduled' || !(await contradicts(tx, told, met))) return 'not-concerned';
  await askWhoIsRight(tx, event.connector, met, now);
  return 'sources-disagree';
}

/** An account that is merely still active says nothing; one that somebody has enabled since does. */
async function contradicts(tx: Tx, { event, fromState }: Told, met: OpenCase): Promise<boolean> {
  if (await wasCutAt(tx, met.caseId, event.connector)) return true;
  return !fromState && met.startedAt !== null && Date.parse(event.occurredAt) >= Date.parse(met.startedAt);
}

async function askWhoIsRight(tx: Tx, connector: string, met: OpenCase, now: Date): Promise<void> {
  const { caseId, generation, policyDigest } = met;
  const { exceptions } = await readPolicy(tx, policyDigest);
  await openExceptionAgain(
    tx,
    {
      stream: caseStream(caseId),
      code: 'sources-disagree',
      gate: null,
      round: generation,
      owner: 'operator',
      blocking: true,
      dueAt: new Date(now.getTime() + exceptions.dueMs),
      caseId,
      deviceId: null,
      occurrence: connector,
    },
    now,
  );
  await wakeCase(tx, caseId, generation);
}
