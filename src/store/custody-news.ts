/**
 * What news of a device does beside being a fact: it shows in lists at once, and wakes the workflow when it changes what comes
 * next. Most does not: a device that is back while its wipe is pending, or that the vendor has received, is waited for
 * further.
 */
import type { CustodyState } from '../domain/custody-state.ts';
import type { RuleContext } from '../domain/judgement.ts';
import { custodyCompletion, custodyGates, custodySteps } from '../domain/rules/custody.ts';
import { hasWork, untilOf } from '../domain/steps.ts';
import { toMs } from '../domain/time.ts';
import { wakeCustody } from './cases.ts';
import type { Tx } from './database.ts';
import { loadCustody, readPolicy } from './rule-facts.ts';
import { showCustody } from './shown.ts';
import type { Standing } from './shown.ts';

/**
 * A workflow's own timer is for the moment it knew of. An earlier one that is further ahead than this is left to the reconcile
 * sweep, which wakes whoever is past their time: it comes some minutes late, and adds nothing to the history before.
 */
const SOON_MS = 3_600_000;

/** How a custody stands. */
export function standingOf(custody: CustodyState, rules: RuleContext, until: number | null): Standing {
  const ended = custody.closed !== null || custody.cancelled !== null;
  return {
    gates: custodyGates(custody, rules),
    blockedBy: ended ? [] : custodyCompletion(custody, rules).blockedBy,
    until,
  };
}

/** To be called in the transaction that appended the facts. */
export async function announceCustody(tx: Tx, deviceId: string, epoch: number, now: Date): Promise<void> {
  const custody = await loadCustody(tx, deviceId, epoch);
  const { policyDigest } = custody.opened.data;
  const policy = await readPolicy(tx, policyDigest);
  // Which carrier and inventory there are decides how the workflow goes on, not whether.
  const rules = { policy, policyDigest, now: now.getTime(), carrier: null, inventory: null };
  const steps = custodySteps(custody, rules);
  const until = untilOf(steps);
  const lookedAt = await showCustody(tx, deviceId, epoch, standingOf(custody, rules, until));
  const isSooner = until !== null && (lookedAt === null || until < toMs(lookedAt));
  const isSoon = until !== null && until < rules.now + SOON_MS;
  if (hasWork(steps) || (isSooner && isSoon)) await wakeCustody(tx, deviceId, epoch);
}
