/** Kept in sealed storage by the decision of two people: parked until its review, and never shown as stuck before. */
import type { CustodyState } from '../custody-state.ts';
import type { DeviceGate } from '../gates.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import { toMs } from '../time.ts';
import { waiting } from './standing.ts';

export function inStorage<G extends DeviceGate>(
  gate: G,
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<G> {
  const reviewAt = custody.routeChanged?.data.reviewAt ?? null;
  return waiting(
    {
      gate,
      state: 'held',
      since: readySince,
      deviceId: custody.deviceId,
      block: { kind: 'decision', code: 'in-legal-retention', owner: 'legal', parked: true },
      dueAt: reviewAt === null ? null : toMs(reviewAt),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}
