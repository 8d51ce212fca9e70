/** Exceptions that activities meet: what a vendor refuses is somebody's to decide, never a silent end. */
import type { CaseState } from '../domain/case-state.ts';
import type { CustodyState, OpenException } from '../domain/custody-state.ts';
import { isOpen, timesOpened } from '../domain/exceptions.ts';
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { Gate } from '../domain/gates.ts';
import { openException } from '../store/exceptions.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { inTransaction } from '../store/transactions.ts';

export interface Raised {
  readonly code: string;
  readonly gate: Gate;
  readonly owner: string;
  /** Whether nothing ends before it is decided; yes, unless said otherwise. */
  readonly blocking?: boolean;
}

export async function raiseOnCase(context: EngineContext, state: CaseState, raised: Raised): Promise<void> {
  await raise(context, raised, {
    stream: caseStream(state.caseId),
    round: state.generation,
    caseId: state.caseId,
    deviceId: null,
    exceptions: state.exceptions,
    policyDigest: state.policyDigest,
  });
}

export async function raiseOnCustody(
  context: EngineContext,
  state: CustodyState,
  raised: Raised,
): Promise<void> {
  await raise(context, raised, {
    stream: deviceStream(state.deviceId),
    round: state.epoch,
    caseId: state.opened.data.caseId,
    deviceId: state.deviceId,
    exceptions: state.exceptions,
    policyDigest: state.policyDigest,
  });
}

interface Subject {
  readonly stream: string;
  readonly round: number;
  readonly caseId: string;
  readonly deviceId: string | null;
  readonly exceptions: readonly OpenException[];
  readonly policyDigest: string;
}

async function raise(context: EngineContext, raised: Raised, subject: Subject): Promise<void> {
  const { stream, round, caseId, deviceId, exceptions, policyDigest } = subject;
  // Tried again after a crash, or met by two: one open exception of a kind is enough.
  if (exceptions.some((one) => isOpen(one) && one.opened.data.code === raised.code)) return;
  const policy = await readPolicy(context.db, policyDigest);
  const now = context.clock();
  const occurrence = String(timesOpened(exceptions, raised.code) + 1);
  const dueAt = new Date(now.getTime() + policy.exceptions.dueMs);
  await inTransaction(context.db, (tx) =>
    openException(tx, { blocking: true, ...raised, stream, round, caseId, deviceId, dueAt, occurrence }, now),
  );
}
