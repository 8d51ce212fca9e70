/** One lifecycle hint: linked to one person, held against the provider's own state, and only then acted on. */
import type { DirectoryPerson, LifecycleHint } from '../adapters/identity/port.ts';
import { isGone } from '../domain/gone.ts';
import { cancelCaseOf, openOrMoveCase } from '../store/cases.ts';
import type { Tx } from '../store/database.ts';
import { openException } from '../store/exceptions.ts';
import { isKnownEvent, isOffboarded, isSuperseded, noteOutcome, recordEvent } from '../store/lifecycle.ts';
import type { LifecycleEvent } from '../store/lifecycle.ts';
import { linkPerson } from '../store/people.ts';
import type { PersonProfile } from '../store/people.ts';
import type { EngineContext } from './context.ts';

/** Told later than this after it took effect, a leave is flagged as late. */
const LATE_AFTER_MS = 24 * 3_600_000;
const DECISION_DUE_MS = 5 * 24 * 3_600_000;

/** Takes one hint in. Idempotent by the provider's event id. @throws ConnectorError when the provider cannot be read now. */
export async function takeHint(
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
): Promise<void> {
  if (await isKnownEvent(context.db, connector, hint.eventId)) return;
  const live = await readLive(context, connector, hint);
  const now = context.clock();
  await context.db.transaction().execute(async (tx) => {
    const person = await link(tx, context, connector, hint, live);
    context.crash('intake-linked');
    const event = toEvent(connector, hint, live, person);
    if (!(await recordEvent(tx, event, person === null ? 'ambiguous' : 'recorded', now))) return;
    if (person === null) return;
    await noteOutcome(tx, connector, hint.eventId, await act(tx, context, event, live, now));
  });
  context.crash('intake-committed');
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

/** @returns `null` when the keys point to two people: an exception, never a guess. */
async function link(
  tx: Tx,
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
  live: DirectoryPerson | null,
): Promise<string | null> {
  const account = {
    connector,
    externalId: hint.externalId,
    state: live?.state ?? null,
    leaveAt: live?.leaveAt ?? null,
  };
  const found = await linkPerson(tx, account, profileOf(hint, live), context.linkBy);
  if (typeof found === 'string') return found;
  const now = context.clock();
  await openException(
    tx,
    {
      stream: `connector:${connector}`,
      code: 'person-ambiguous',
      gate: null,
      round: 0,
      owner: 'operator',
      blocking: true,
      dueAt: new Date(now.getTime() + DECISION_DUE_MS),
      caseId: null,
      deviceId: null,
      occurrence: hint.externalId,
    },
    now,
  );
  return null;
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

/** @returns What was made of the event, for its row. */
async function act(
  tx: Tx,
  context: EngineContext,
  event: LifecycleEvent,
  live: DirectoryPerson | null,
  now: Date,
): Promise<string> {
  if (event.personId === null) return 'ambiguous';
  if (event.kind === 'joiner' || event.kind === 'mover' || event.kind === 'suspension') return 'recorded';
  if (await isSuperseded(tx, event)) return 'superseded';
  if (event.kind === 'leaver') return leave(tx, context, event, event.personId, live, now);
  if (context.connectors.identity.has(event.connector) && live?.state !== 'active') return 'not-confirmed';
  const cancelled = await cancelCaseOf(
    tx,
    event.personId,
    event.kind === 'rehire' ? 'rehired' : 'withdrawn',
    event.connector,
    now,
  );
  return cancelled === null ? 'nothing-open' : 'cancelled';
}

async function leave(
  tx: Tx,
  context: EngineContext,
  event: LifecycleEvent,
  personId: string,
  live: DirectoryPerson | null,
  now: Date,
): Promise<string> {
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
  if (await isOffboarded(tx, personId)) return 'already-offboarded';
  const late = now.getTime() - effective.getTime() > LATE_AFTER_MS;
  const { outcome } = await openOrMoveCase(
    tx,
    { personId, source: event.connector, eventKey: event.eventId, effectiveAt: effective, late },
    context.terms,
    now,
  );
  return outcome;
}
