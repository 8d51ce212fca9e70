/** One lifecycle hint: linked to one person, held against the provider's own state, and only then acted on. */
import type { DirectoryPerson, LifecycleHint } from '../adapters/identity/port.ts';
import type { Tx } from '../store/database.ts';
import { openExceptionAgain } from '../store/exceptions.ts';
import { holdForDecision } from '../store/held-hints.ts';
import { lastSeen } from '../store/leaving.ts';
import { isKnownEvent, noteOutcome, recordEvent } from '../store/lifecycle.ts';
import type { LifecycleEvent } from '../store/lifecycle.ts';
import { keepManager } from '../store/managers.ts';
import { linkPerson } from '../store/people.ts';
import type { ErasedPerson, PersonProfile } from '../store/people.ts';
import type { EngineContext } from './context.ts';
import { act } from './lifecycle-outcome.ts';
import { inTransaction } from '../store/transactions.ts';

const DECISION_DUE_MS = 5 * 24 * 3_600_000;

/**
 * Takes one hint in. Idempotent by the provider's event id.
 *
 * @returns `erased` for one about an erased person, of whom nothing is kept. @throws ConnectorError when the provider cannot be read now.
 */
export async function takeHint(
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
): Promise<'taken' | 'erased'> {
  if (await isKnownEvent(context.db, connector, hint.eventId)) return 'taken';
  const live = await readLive(context, connector, hint);
  const now = context.clock();
  const taken = await inTransaction(context.db, async (tx) => {
    const before = await lastSeen(tx, connector, hint.externalId);
    const found = await link(tx, context, connector, hint, live);
    if (typeof found === 'object' && found !== null) return 'erased' as const;
    const personId = found;
    context.crash('intake-linked');
    const event = toEvent(connector, hint, live, personId);
    if (!(await recordEvent(tx, event, personId === null ? 'ambiguous' : 'recorded', now)))
      return 'taken' as const;
    if (personId === null) {
      await askWho(tx, connector, hint, now);
      return 'taken' as const;
    }
    const outcome = await act(
      tx,
      context,
      { event, personId, live, before, fromState: hint.fromState === true },
      now,
    );
    await noteOutcome(tx, connector, hint.eventId, outcome);
    return 'taken' as const;
  });
  context.crash('intake-committed');
  return taken;
}

/** What the source itself says now: the live account, or for HR what came along with the event. */
async function readLive(
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
): Promise<DirectoryPerson | null> {
  const provider = context.connectors.identity.get(connector);
  return provider === undefined ? null : provider.port.readPerson(hint.externalId);
}

/** @returns `null` when the keys do not tell one person. */
async function link(
  tx: Tx,
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
  live: DirectoryPerson | null,
): Promise<string | ErasedPerson | null> {
  const isProvider = context.connectors.identity.has(connector);
  const gone = isProvider ? 'deleted' : null;
  const account = {
    connector,
    externalId: hint.externalId,
    state: live?.state ?? gone,
    leaveAt: live?.leaveAt ?? null,
    // HR has no account to look at: its own word counts.
    isBack: !isProvider && (hint.kind === 'joiner' || hint.kind === 'rehire'),
  };
  const found = await linkPerson(tx, account, profileOf(hint, live), context.linkBy);
  if (typeof found !== 'string') return 'erased' in found ? found : null;
  const manager = live?.managerExternalId ?? hint.person?.managerExternalId ?? null;
  await keepManager(tx, found, connector, manager);
  return found;
}

/** The hint waits in the inbox for the decision; then it is taken in again. */
async function askWho(tx: Tx, connector: string, hint: LifecycleHint, now: Date): Promise<void> {
  const held = await holdForDecision(tx, connector, hint, 'person-ambiguous');
  await openExceptionAgain(
    tx,
    {
      stream: `connector:${connector}`,
      code: 'person-ambiguous',
      gate: null,
      round: held,
      owner: 'operator',
      blocking: true,
      dueAt: new Date(now.getTime() + DECISION_DUE_MS),
      caseId: null,
      deviceId: null,
      occurrence: hint.eventId,
    },
    now,
  );
}

function profileOf(hint: LifecycleHint, live: DirectoryPerson | null): PersonProfile {
  return {
    employeeNumber: live?.employeeNumber ?? hint.person?.employeeNumber ?? null,
    workEmail: live?.workEmail ?? hint.person?.workEmail ?? null,
    displayName: live?.displayName ?? hint.person?.displayName ?? null,
    country: live?.country ?? hint.person?.country ?? null,
    timeZone: hint.person?.timeZone ?? null,
  };
}

function toEvent(
  connector: string,
  hint: LifecycleHint,
  live: DirectoryPerson | null,
  personId: string | null,
): LifecycleEvent {
  const { eventId, kind, externalId, occurredAt } = hint;
  const effectiveAt = hint.effectiveAt ?? (kind === 'leaver' ? (live?.leaveAt ?? occurredAt) : occurredAt);
  return { connector, eventId, kind, externalId, personId, occurredAt, effectiveAt };
}
