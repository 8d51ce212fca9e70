import { isThrough } from '../../domain/gates.ts';
import { isOpen } from '../../domain/exceptions.ts';
import type { CustodyState } from '../../domain/custody-state.ts';
import type { CaseState } from '../../domain/case-state.ts';
import type { Judgement } from '../../domain/judgement.ts';
import { caseGates } from '../../domain/rules/case.ts';
import { custodyGates } from '../../domain/rules/custody.ts';
import type { Tx } from '../../store/database.ts';
import type { Notification } from '../../store/notifications.ts';
import { loadCase, loadCustody } from '../../store/rule-facts.ts';
import type { EngineContext } from '../context.ts';
import { isStillOfUse, parcelOf } from './parcels.ts';
import { custodyRuleContext, ruleContext } from '../rule-context.ts';

/**
 * Whether what a message is about still waits: nobody is reminded of a laptop that came back over the weekend. The stream is
 * locked.
 */
export async function isStillNeeded(
  context: EngineContext,
  tx: Tx,
  row: Notification,
  now: Date,
): Promise<boolean> {
  const { case_id: caseId, device_id: deviceId, round, gate, exception_id: exceptionId } = row;
  if (deviceId !== null) {
    const custody = await loadCustody(tx, deviceId, round);
    const rules = await custodyRuleContext(context, tx, custody, now.getTime());
    return (
      custody.cancelled === null &&
      custody.closed === null &&
      (parcelOf(row.kind) === null || isStillOfUse(custody, row)) &&
      waits(custody, custodyGates(custody, rules), gate, exceptionId)
    );
  }
  const state = await loadCase(tx, caseId, round);
  const rules = await ruleContext(context, tx, state.policyDigest, now.getTime());
  return (
    state.cancelled === null &&
    state.completed === null &&
    waits(state, caseGates(state, rules), gate, exceptionId)
  );
}

function waits(
  { exceptions }: Pick<CustodyState | CaseState, 'exceptions'>,
  gates: Readonly<Partial<Record<string, Judgement>>>,
  gate: string | null,
  exceptionId: string | null,
): boolean {
  if (exceptionId !== null)
    return exceptions.some((one) => one.opened.data.exceptionId === exceptionId && isOpen(one));
  const judged = gate === null ? undefined : gates[gate];
  return judged === undefined || !isThrough(judged.status.state);
}
